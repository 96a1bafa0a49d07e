"""Which function says whom an event concerns; an event that stands here nowhere is told to nobody."""

from collections.abc import Callable
from typing import Any

from portal.accounts.events import PasswordChanged, PasswordResetRequested, PersonInvited
from portal.audit.events import ReadingGranted
from portal.circulation.events import PaperPassed
from portal.core.events import Event, EventRecord, restore
from portal.decisions.events import DecisionsRecalculated
from portal.directory.events import AbsenceEnded, AbsenceEntered, RosterApplied, RosterFailed
from portal.drafts.events import AnswerDraftCommented, AnswerPromiseDue, ChecklistStepAdded, ChecklistStepDone
from portal.escalation.events import DivisionFollowedUp, LeakUnanswered, SameProblemReported, TargetMissed
from portal.extensions.events import ExtensionAsked, ExtensionGranted, ExtensionRefused
from portal.forwarding.events import GuidanceForwarded, SupplementAdded
from portal.guidance.events import (
    GuidanceAbolished,
    GuidanceApproved,
    GuidanceIssued,
    GuidanceRestored,
    GuidanceReturned,
    GuidanceSentForReview,
    GuidanceSuperseded,
)
from portal.inspections.events import LeakReported, MislinkReported
from portal.issuing.events import GuidanceHeld, GuidanceRecalled, ScheduledAddresseesChanged
from portal.knowledge.events import (
    QaEditionPublished,
    QaEditionReturned,
    QaEditionSentForReview,
    QaPublished,
    QaReturned,
    QaRevised,
    QaRevisionReturned,
    QaRevisionSentForReview,
    QaSentForReview,
    QaWithdrawn,
)
from portal.liaison.events import ContactCorrected, HearingRecorded, PhoneNoteTaken, PromiseFellDue
from portal.notifications.answering_tellings import TOLD as TOLD_OF_ANSWERS
from portal.notifications.answering_tellings import tell_answers
from portal.notifications.campaign_tellings import TOLD as TOLD_OF_CAMPAIGNS
from portal.notifications.campaign_tellings import tell_campaign
from portal.notifications.circulation_tellings import TOLD, tell_circulation, tell_passed
from portal.notifications.contact_tellings import tell_contact
from portal.notifications.decision_tellings import tell_recalculation
from portal.notifications.directory_tellings import tell_absence, tell_roster
from portal.notifications.draft_tellings import tell_draft
from portal.notifications.drafting_tellings import TOLD as TOLD_OF_DRAFTING
from portal.notifications.drafting_tellings import tell_drafting
from portal.notifications.escalation_tellings import tell_escalation
from portal.notifications.events import ReplyHeld
from portal.notifications.extension_tellings import tell_extension
from portal.notifications.forwarding_tellings import tell_forwarding
from portal.notifications.inspection_tellings import tell_inspection
from portal.notifications.issue_tellings import TABLE, tell_issue
from portal.notifications.issuing_tellings import tell_plan, tell_recall
from portal.notifications.knowledge_tellings import tell_edition, tell_knowledge
from portal.notifications.other_tellings import tell_account, tell_guidance, tell_held_reply, tell_reading
from portal.notifications.redaction_tellings import tell_redaction
from portal.notifications.reminder_tellings import tell_campaign_reminder, tell_reminder
from portal.notifications.report_tellings import tell_report
from portal.notifications.revision_tellings import tell_correction, tell_correction_step, tell_restored, tell_superseded
from portal.notifications.section_tellings import TOLD as TOLD_OF_SECTIONS
from portal.notifications.section_tellings import tell_sections
from portal.notifications.telling import Telling
from portal.redaction.events import RedactionAsked
from portal.reminders.events import BodiesReminded, CampaignBodiesReminded
from portal.reporting.events import ReportPublished
from portal.revisions.events import CorrectionReturned, CorrectionSentForReview, GuidanceCorrected

Handler = Callable[[Any, EventRecord], list[Telling]]

HANDLERS: dict[type[Event], Handler] = {
    **dict.fromkeys(TABLE, tell_issue),
    **dict.fromkeys(
        (GuidanceSentForReview, GuidanceReturned, GuidanceApproved, GuidanceIssued, GuidanceAbolished), tell_guidance
    ),
    **dict.fromkeys(
        (QaSentForReview, QaReturned, QaPublished, QaWithdrawn, QaRevisionSentForReview, QaRevisionReturned, QaRevised),
        tell_knowledge,
    ),
    **dict.fromkeys((QaEditionSentForReview, QaEditionReturned, QaEditionPublished), tell_edition),
    **dict.fromkeys((PersonInvited, PasswordResetRequested, PasswordChanged), tell_account),
    ReadingGranted: tell_reading,
    **dict.fromkeys((PhoneNoteTaken, HearingRecorded, ContactCorrected, PromiseFellDue), tell_contact),
    **dict.fromkeys((DivisionFollowedUp, TargetMissed, LeakUnanswered, SameProblemReported), tell_escalation),
    **dict.fromkeys((AnswerDraftCommented, AnswerPromiseDue, ChecklistStepAdded, ChecklistStepDone), tell_draft),
    **dict.fromkeys((AbsenceEntered, AbsenceEnded), tell_absence),
    **dict.fromkeys((RosterApplied, RosterFailed), tell_roster),
    ReplyHeld: tell_held_reply,
    **dict.fromkeys((GuidanceHeld, ScheduledAddresseesChanged), tell_plan),
    GuidanceRecalled: tell_recall,
    **dict.fromkeys((CorrectionSentForReview, CorrectionReturned), tell_correction_step),
    GuidanceCorrected: tell_correction,
    BodiesReminded: tell_reminder,
    CampaignBodiesReminded: tell_campaign_reminder,
    **dict.fromkeys((GuidanceForwarded, SupplementAdded), tell_forwarding),
    **dict.fromkeys((ExtensionAsked, ExtensionGranted, ExtensionRefused), tell_extension),
    **dict.fromkeys((MislinkReported, LeakReported), tell_inspection),
    **dict.fromkeys(TOLD_OF_CAMPAIGNS, tell_campaign),
    **dict.fromkeys(TOLD_OF_ANSWERS, tell_answers),
    **dict.fromkeys(TOLD_OF_SECTIONS, tell_sections),
    ReportPublished: tell_report,
    DecisionsRecalculated: tell_recalculation,
    **dict.fromkeys(TOLD, tell_circulation),
    PaperPassed: tell_passed,
    RedactionAsked: tell_redaction,
    **dict.fromkeys(TOLD_OF_DRAFTING, tell_drafting),
    GuidanceSuperseded: tell_superseded,
    GuidanceRestored: tell_restored,
}


def tellings_of(record: EventRecord) -> list[Telling]:
    """Whom the event concerns and what they are told. Raises KeyError for an event that this version does not know."""
    event = restore(record)
    handler = HANDLERS.get(type(event))
    return handler(event, record) if handler else []
