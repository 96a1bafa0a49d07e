"""One world in which every route has something to show: the viewers, and a thing in each state that a route needs."""

import io
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from portal.accounts.models import SignInSession
from portal.accounts.service import start_session
from portal.addressing.service import keep_list
from portal.answering import sections
from portal.answering.attaching import attach_files
from portal.answering.extending import ask_extension as ask_later_due
from portal.answering.own import list_section_tasks
from portal.attachments.inspection import Upload
from portal.attachments.service import store_attachments
from portal.campaigns.models import Campaign
from portal.campaigns.publishing import ask_review
from portal.campaigns.queries import list_checks, list_procedures, list_questions
from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.core.events import Audience, EventRecord
from portal.decisions.listing import record_targets
from portal.directory import imports, rosters
from portal.directory.models import LiaisonAssignment, Membership
from portal.directory.roles import ImportKind, Role
from portal.drafting.remarks import remark_on_draft
from portal.drafts import service as drafts
from portal.drafts.states import Side
from portal.extensions.service import ask_extension
from portal.forwarding.service import forward_guidance
from portal.guidance.models import DocumentNumber, Recipient
from portal.guidance.records import find_own_recipient
from portal.guidance.reviewing import ReviewWanted, list_open_steps
from portal.guidance.service import send_for_review
from portal.inbound.service import hold_unreadable
from portal.issues import service as issues
from portal.issues.models import Consultation, Issue, Post
from portal.issues.states import IssueState
from portal.knowledge.edition_queries import contents_of
from portal.knowledge.editions import send_edition
from portal.knowledge.models import QaState
from portal.knowledge.revising import begin_revision, send_revision
from portal.liaison.models import HearingItem, Promise
from portal.links.service import add_link
from portal.notifications.models import Delivery, DeliveryState, Dispatch, MailMode, Notification, Topic
from portal.proof import campaign_packing
from portal.redaction.service import Wanted, ask_redaction
from portal.redaction.targets import targets_of_paper
from portal.reporting.states import Edition
from portal.revisions.correcting import issue_correction, send_correction_for_review
from portal.takeover.columns import COLUMNS as OLD_PAPERS
from portal.takeover.service import stage_papers
from portal.targets.service import add_closed_day
from portal.themes.models import SubTopic, Theme
from portal.workbench.filters import save_filter
from tests.factories import guidance as papers
from tests.factories.absences import make_absence
from tests.factories.answering import make_whole_survey
from tests.factories.bundles import make_bundle, prepare
from tests.factories.campaigns import (
    answer,
    entry_of,
    in_days,
    make_author,
    make_campaign,
    make_running,
    make_survey,
    participation_of,
)
from tests.factories.circulation import compose, send_to
from tests.factories.directory import csv_file, people_row
from tests.factories.drafting import issue_paper_urgently
from tests.factories.inspections import entry_of as entry_to_inspect
from tests.factories.inspections import make_inspection
from tests.factories.issues import Cast, make_cast, make_issue
from tests.factories.issuing import plan_issue
from tests.factories.knowledge import make_collection, make_entry
from tests.factories.liaison import make_hearing, make_internal, make_note
from tests.factories.people import actor_of, make_member, organisation
from tests.factories.reporting import make_file, make_published, make_ready, make_report
from tests.factories.revisions import make_correction
from tests.factories.workbooks import make_asking, send_number, store_number

VIEWERS = {
    "A": "admin",
    "S": "secretariat",
    "C": "chief of the secretariat",
    "L": "executive",
    "D": "division (own)",
    "d": "division (another)",
    "N": "liaison (own post)",
    "n": "liaison (another post)",
    "M": "manager, own body",
    "T": "staff, own section",
    "t": "staff, another section",
    "B": "manager, another body",
    "P": "prefecture (shared with)",
    "p": "another prefecture",
    "K": "association",
    "O": "ministry (consulted)",
    "o": "ministry (another)",
    "U": "auditor",
}
NOBODY = "X"


@dataclass(frozen=True)
class World:
    """Addresses of things by name, and the membership behind each viewer's letter."""

    viewers: dict[str, Membership]
    names: dict[str, object]


def build_world() -> World:
    """Make everybody and everything; flushes and never commits."""
    cast = make_cast()
    viewers = {
        "A": cast.admin,
        "S": cast.secretariat,
        "C": cast.chief,
        "L": cast.executive,
        "D": cast.division,
        "d": make_member("juumin", Role.DIVISION),
        "N": cast.liaison,
        "n": cast.other_liaison,
        "M": cast.manager,
        "T": cast.staff,
        "t": make_member("152226", Role.LOCAL_STAFF, section="税務課"),
        "B": cast.other_body,
        "P": cast.prefecture,
        "p": make_member("010006", Role.LOCAL_STAFF, section="市町村課"),
        "K": cast.association,
        "O": cast.ministry,
        "o": cast.other_ministry,
        "U": cast.auditor,
    }
    names = {
        **_issues(cast),
        **_bundles(cast),
        **_guidance(cast),
        **_drafting(cast),
        **_revisions(cast),
        **_circulation(cast),
        **_answers(cast),
        **_directory(cast),
        **_contacts(cast),
        **_notifications(cast),
        **_campaigns(),
        **_inspections(),
        **_decisions(),
        **_answering(cast),
        **_workbooks(cast),
    }
    _list_targets(cast, names)
    names["campaign_proof"] = _campaign_proof(cast, names["inspection"])
    db.session.flush()
    return World(viewers, names)


def _file(name: str = "内訳.csv") -> list[Upload]:
    return [Upload(name, io.BytesIO("区分,件数\r\n確認済,26\r\n".encode("utf-8-sig")), "text/csv")]


def _issues(cast: Cast) -> dict[str, object]:
    made: dict[str, Issue] = {
        state.value: make_issue(cast, state) for state in IssueState if state is not IssueState.DRAFT
    }
    made["routed"] = make_issue(cast, IssueState.TRIAGED)
    issues.route_issue(actor_of(cast.liaison), made["routed"])
    made["paused"] = make_issue(cast, IssueState.ASSIGNED)
    until = japan_date(clock.now()) + timedelta(days=3)
    issues.stop_clock(actor_of(cast.division), made["paused"], reason="改正を待っています。", expected_on=until)
    made["promised"] = make_issue(cast, IssueState.ASSIGNED)
    issues.answer_provisionally(actor_of(cast.division), made["promised"], text="調査中です。", promised_on=until)
    made["proposed"] = make_issue(cast, IssueState.SUBMITTED)
    issues.propose_decline(actor_of(cast.liaison), made["proposed"], desk="県の担当課", reason="所管外です。")
    shown, draft = made["consulting"], make_issue(cast, IssueState.DRAFT)
    issues.write_note(actor_of(cast.liaison), shown, text="県とも電話で確認済み。")
    note = db.session.scalars(
        sa.select(Post).where(Post.issue_id == shown.id, Post.audience == Audience.INTERNAL)
    ).one()
    consultation = db.session.scalars(sa.select(Consultation).where(Consultation.issue_id == shown.id)).one()
    staff, liaison = actor_of(cast.staff), actor_of(cast.liaison)
    return {
        **{f"issue_{name}": issue.number for name, issue in made.items()},
        "draft": draft.id,
        "consultation": consultation.id,
        "issue_file": store_attachments(staff, "issue", shown.id, _file())[0].id,
        "note_file": store_attachments(liaison, "post", note.id, _file(), audience=Audience.INTERNAL)[0].id,
        "draft_file": store_attachments(staff, "issue", draft.id, _file())[0].id,
        "filter": save_filter(liaison, name="緊急", condition={"urgency": ["urgent"]}).id,
        **_together(cast, shown),
    }


def _together(cast: Cast, issue: Issue) -> dict[str, object]:
    division = actor_of(cast.division)
    drafts.save_draft(division, issue, text="案の一。", seen=0)
    drafts.save_draft(division, issue, text="案の二。", seen=1)
    steps = {
        side: drafts.add_step(division, issue, side=side, text="一覧を添付する") for side in (Side.BODY, Side.DIVISION)
    }
    done = drafts.add_step(division, issue, side=Side.DIVISION, text="府省に確認する")
    drafts.tick_step(division, issue, done)
    return {
        "step_body": steps[Side.BODY].id,
        "step_division": steps[Side.DIVISION].id,
        "step_done": done.id,
        "template": drafts.write_template(division, None, title="手帳番号", body="{団体名}様").id,
        "template_shared": drafts.write_template(
            actor_of(cast.secretariat), None, title="共通", body="回答します。", is_shared=True
        ).id,
    }


def _bundles(cast: Cast) -> dict[str, object]:
    bundle, tied = make_bundle(cast, IssueState.ASSIGNED, IssueState.ASSIGNED, IssueState.ASSIGNED)
    return {
        "bundle": bundle.id,
        "issue_tied": tied[1].number,
        "bulk": prepare(cast.liaison, [make_issue(cast, IssueState.SUBMITTED)]).id,
    }


def _guidance(cast: Cast) -> dict[str, object]:
    drafter, own = actor_of(cast.division), {"sender_id": cast.division.organisation_id}
    draft, review = papers.make_draft(drafter, **own), papers.make_review(drafter, **own)
    approved = papers.make_approved("総行マ第1号", actor_of(cast.chief), drafter=drafter, **own)
    scheduled = papers.make_approved("総行マ第3号", actor_of(cast.chief), drafter=drafter, **own)
    plan_issue(actor_of(cast.chief), scheduled)
    issued = papers.make_approved("総行マ第2号", actor_of(cast.chief), drafter=drafter, **own)
    paper = store_attachments(drafter, "guidance", issued.id, _file("様式.csv"))[0]
    papers.issue(actor_of(cast.chief), issued)
    recipient = db.session.scalars(
        sa.select(Recipient).where(
            Recipient.guidance_id == issued.id, Recipient.organisation_id == cast.manager.organisation_id
        )
    ).one()
    return {
        "guidance_draft": draft.id,
        "guidance_review": review.id,
        "guidance_approved": approved.id,
        "guidance_scheduled": scheduled.id,
        "guidance": issued.id,
        "addressee_list": keep_list(drafter, None, name="先行団体", codes="152226").id,
        "recipient": recipient.id,
        "guidance_file": paper.id,
        "redaction": _redaction(cast, issued.id),
        "guidance_draft_file": store_attachments(drafter, "guidance", draft.id, _file())[0].id,
    }


def _redaction(cast: Cast, guidance_id: int) -> int:
    target = targets_of_paper(guidance_id)[0]
    return ask_redaction(actor_of(cast.secretariat), target, Wanted(passage="点検", reason="誤って書いたため")).id


def _drafting(cast: Cast) -> dict[str, object]:
    """A draft with a remark, one in which offices are to concur, one issued before its approval, a number."""
    drafter, chief, own = actor_of(cast.division), actor_of(cast.chief), {"sender_id": cast.division.organisation_id}
    asked = papers.make_draft(drafter, **own)
    remarked, approved = (
        papers.make_draft(drafter, **own),
        papers.make_approved("総行マ第32号", chief, drafter=drafter, **own),
    )
    offices = (organisation("juumin").id, cast.chief.organisation_id)
    send_for_review(drafter, asked, wanted=ReviewWanted(check=True, organisations=offices))
    urgent = papers.make_draft(drafter, **own)
    issue_paper_urgently(chief, urgent, "総行マ第31号")
    line = db.session.scalars(sa.select(DocumentNumber).where(DocumentNumber.guidance_id == approved.id)).one()
    remark = remark_on_draft(drafter, remarked, text="件名を短くしてください。")
    return {
        "guidance_asked": asked.id,
        "guidance_remarked": remarked.id,
        "review_step": list_open_steps(asked)[0].id,
        "guidance_urgent": urgent.id,
        "document_number": line.id,
        "paper_remark": remark.id,
    }


def _revisions(cast: Cast) -> dict[str, object]:
    """Three papers that were corrected, or are about to be, and the second edition of one."""
    drafter, chief, own = actor_of(cast.division), actor_of(cast.chief), {"sender_id": cast.division.organisation_id}
    numbers = ("総行マ第11号", "総行マ第12号", "総行マ第13号", "総行マ第14号")
    corrected, first, waiting, second = (papers.make_approved(each, chief, drafter=drafter, **own) for each in numbers)
    second.predecessor_id, second.edition = first.id, 2
    for paper in (corrected, first, waiting, second):
        papers.issue(chief, paper)
    own_row = find_own_recipient(actor_of(cast.manager), corrected)
    asked = ask_extension(
        actor_of(cast.manager), corrected, own_row, wanted_on=papers.due_in(15), reason="点検の対象が多いため"
    )
    prefecture = actor_of(cast.prefecture)
    added = forward_guidance(prefecture, corrected, find_own_recipient(prefecture, corrected), note="県の補足です。")
    added_file = store_attachments(prefecture, "forwarding", added.id, _file("県様式.csv"))[0]
    done = make_correction(corrected, drafter)
    file = store_attachments(drafter, "correction", done.id, _file("差替え.csv"))[0]
    send_correction_for_review(drafter, corrected, done)
    issue_correction(chief, corrected, done)
    make_correction(corrected, drafter)
    send_correction_for_review(drafter, waiting, make_correction(waiting, drafter))
    return {
        "guidance_corrected": corrected.id,
        "guidance_waiting": waiting.id,
        "guidance_second": second.id,
        "correction_file": file.id,
        "extension": asked.id,
        "forwarding": added.id,
        "forwarding_file": added_file.id,
    }


def _circulation(cast: Cast) -> dict[str, object]:
    """What the body sent to its own sections: one part waits, one came back, and an answer is before the head."""
    drafter, chief, own = actor_of(cast.division), actor_of(cast.chief), {"sender_id": cast.division.organisation_id}
    collecting, confirming = (
        papers.make_approved(number, chief, drafter=drafter, **own) for number in ("総行マ第21号", "総行マ第22号")
    )
    papers.issue(chief, collecting)
    papers.issue(chief, confirming)
    staff = actor_of(cast.staff)
    part = send_to(staff, collecting, "税務課")[0]
    send_to(staff, confirming, "税務課")
    file = store_attachments(staff, "circulated_part", part.id, _file("結果.csv"))[0]
    _, answer = compose(staff, confirming)
    return {
        "guidance_collecting": collecting.id,
        "guidance_confirming": confirming.id,
        "part": part.id,
        "part_file": file.id,
        "composed_answer": answer.id,
    }


def _answers(cast: Cast) -> dict[str, object]:
    entries = {f"qa_{state.value}": make_entry(state, drafter=cast.division) for state in QaState}
    for name, is_sent in (("qa_revising", False), ("qa_revised", True)):
        drafter, entry = actor_of(cast.division), make_entry(QaState.PUBLISHED, drafter=cast.division)
        draft = begin_revision(drafter, entry, question="改める問い", answer="改める答え", change_note="改めました。")
        if is_sent:
            send_revision(drafter, entry, draft, names_nobody=True)
        entries[name] = entry
    held = [entries["qa_published"]]
    published = make_collection(cast.division, held)
    composed, reviewed = (make_collection(cast.division, held, is_published=False) for _ in range(2))
    send_edition(actor_of(cast.division), reviewed, version=reviewed.version, names_nobody=True)
    answered = db.session.scalars(sa.select(Issue.id).where(Issue.state == IssueState.ANSWERED)).first()
    add_link(actor_of(cast.division), ("qa_entry", entries["qa_published"].id), ("issue", answered or 0))
    return {
        **{name: entry.id for name, entry in entries.items()},
        "collection": published.collection_id,
        "composed": composed.collection_id,
        "reviewed": reviewed.collection_id,
        "qa_item": contents_of(composed).questions[0].item.id,
    }


def _open_day() -> date:
    return add_business_days(japan_date(clock.now()), 40)


def _old_papers(cast: Cast) -> int:
    heads = [column.heading for column in OLD_PAPERS]
    values = {
        "発出日": "令和5年6月1日",
        "種別": "事務連絡",
        "件名": "過去の連絡",
        "発信者": "住民制度課",
        "宛先": "新潟県",
        "本文": "本文",
    }
    content = csv_file([values.get(head, "") for head in heads], headings=heads)
    staged = stage_papers(actor_of(cast.secretariat), file_name="過去.csv", content=content)
    assert staged.waiting, staged.faults
    return staged.waiting.id


def _directory(cast: Cast) -> dict[str, object]:
    staged = imports.stage_import(
        actor_of(cast.manager), ImportKind.PEOPLE, file_name="名簿.csv", content=csv_file(people_row())
    )
    assert staged.waiting, staged.faults
    replaced = rosters.prepare_roster(
        actor_of(cast.manager), organisation("152226"), file_name="名簿.csv", content=csv_file(people_row(担当区分=""))
    )
    assert replaced.roster, replaced.faults
    theme = db.session.scalars(sa.select(Theme).where(Theme.code == "linkage")).one()
    colleague = make_member("152226", Role.LOCAL_STAFF, section="福祉課")
    return {
        "import": staged.waiting.id,
        "roster": replaced.roster.id,
        "paper_import": _old_papers(cast),
        "theme": theme.id,
        "closed_day": add_closed_day(actor_of(cast.admin), closed_on=_open_day(), reason="臨時の休日").id,
        "sub_topic": db.session.scalars(sa.select(SubTopic.id).where(SubTopic.theme_id == theme.id)).first(),
        "membership": colleague.id,
        "absence": make_absence(colleague, cast.staff).id,
        "person": colleague.person_id,
        "section": colleague.section_id,
        "body": organisation("152226").code,
        "assignment": db.session.scalars(
            sa.select(LiaisonAssignment.id).where(LiaisonAssignment.membership_id == cast.liaison.id)
        ).one(),
    }


def _contacts(cast: Cast) -> dict[str, object]:
    assigned = db.session.scalars(sa.select(Issue).where(Issue.state == IssueState.ASSIGNED)).first()
    assert assigned is not None
    note = make_note(cast.liaison, cast.staff, about=("issue", assigned.id))
    hearing = make_hearing(cast.liaison, cast.staff)
    return {
        "contact_note": note.id,
        "contact_internal": make_internal(cast.liaison).id,
        "contact_hearing": hearing.id,
        "hearing_item": db.session.scalars(sa.select(HearingItem.id)).first(),
        "promise": db.session.scalars(sa.select(Promise.id)).first(),
    }


def _campaigns() -> dict[str, object]:
    """A draft of the division that is not the paper's, and one that waits for its publication."""
    author = make_author()
    draft, waiting = make_campaign(author), make_survey(author, again_reason="定例のため")
    ask_review(author, waiting)
    return {
        "campaign_draft": draft.id,
        "campaign_procedure": list_procedures(draft)[0].id,
        "campaign_question": list_questions(draft)[-1].id,
        "campaign_check": list_checks(draft)[0].id,
        "campaign_review": waiting.id,
    }


def _inspections() -> dict[str, object]:
    campaign = make_inspection(("152226",), survey_due_on=in_days(20))
    published, draft, ready = make_published(campaign), make_report(campaign), make_ready(campaign)
    for edition in Edition:
        make_file(published, edition)
    return {
        "inspection": campaign.id,
        "inspection_entry": entry_to_inspect(campaign).id,
        "report_published": published.number,
        "report_draft": draft.number,
        "report_ready": ready.number,
    }


def _decisions() -> dict[str, object]:
    """An inspection of the body, run by the division d, that decides by a rule."""
    campaign = make_inspection(("152226",), rule="digital-2023-08")
    entry = entry_to_inspect(campaign)
    return {"decided": campaign.id, "decided_entry": entry.id, "decided_part": entry.participation_id}


def _list_targets(cast: Cast, names: dict[str, object]) -> None:
    """The issued paper tells the body what it must inspect."""
    record_targets(actor_of(cast.admin), db.session.get_one(Campaign, names["decided"]), names["guidance"])


def _campaign_proof(cast: Cast, campaign_id: object) -> int:
    """The proof of a campaign, which the secretariat asked for."""
    proof = campaign_packing.ask_proof(actor_of(cast.secretariat), db.session.get_one(Campaign, campaign_id))
    claim = campaign_packing.claim_proof(proof.id)
    assert claim is not None
    campaign_packing.keep_proof(claim, campaign_packing.pack_campaign(campaign_packing.get_claimed(claim), {}), "証拠")
    return proof.id


def _answering(cast: Cast) -> dict[str, object]:
    """An inspection run by the division d that the body answers, and a survey with a file in an open answer."""
    campaign, survey = make_running(), make_whole_survey(again_reason="体制を確かめるため")
    manager, staff = actor_of(cast.manager), actor_of(cast.staff)
    is_open, submitted = entry_of(campaign), entry_of(campaign, procedure="household")
    answer(campaign, submitted, manager)
    sections.assign_sections(manager, campaign, [is_open], section_ids=[staff.section_id or 0])
    asked_later = ask_later_due(
        manager, campaign, participation_of(campaign), wanted_on=in_days(30), reason="対象の事務が多いため"
    )
    with_file = entry_of(survey, procedure="whole")
    attach_files(staff, survey, with_file, "paper", _file())
    return {
        "answered": campaign.id,
        "answer_open": is_open.id,
        "answer_submitted": submitted.id,
        "answer_part": participation_of(campaign).id,
        "answer_assignment": list_section_tasks(staff)[0].assignment.id,
        "answer_extension": asked_later.id,
        "surveyed": survey.id,
        "survey_entry": with_file.id,
        "survey_file": with_file.answers["paper"][0],
    }


def _workbooks(cast: Cast) -> dict[str, object]:
    campaign, staff = make_asking(), actor_of(cast.staff)
    stored = store_number(staff, campaign, 7)
    waiting, refused = send_number(staff, campaign, 8).upload, send_number(staff, campaign, 9, hides=True).upload
    assert waiting is not None
    assert refused is not None
    return {
        "asking": campaign.id,
        "workbook_waiting": waiting.key,
        "workbook_refused": refused.key,
        "workbook": stored.id,
    }


def _notifications(cast: Cast) -> dict[str, object]:
    now = clock.now()
    event = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "issue_submitted")).first()
    assert event is not None
    event.handled_at = None
    line = Notification(
        event_id=event.id,
        person_id=cast.manager.person_id,
        kind=event.kind,
        topic=Topic.KNOWLEDGE,
        mode=MailMode.DIGEST,
        audience=Audience.PUBLIC,
        subject_kind="issue",
        subject_id=event.subject_id,
        facts={"number": "R8-L-000001", "title": "課題"},
        created_at=now,
    )
    delivery = Delivery(
        event_id=event.id,
        person_id=cast.manager.person_id,
        state=DeliveryState.FAILED,
        not_before_at=now,
        created_at=now,
    )
    mail = hold_unreadable(b"From: taro@joetsu.example\r\nTo: reply@portal.example\r\n\r\nA mail.")
    db.session.add_all([line, delivery, Dispatch(event_id=event.id, started_at=now)])
    db.session.flush()
    mail.delivery_id = delivery.id
    _, session = start_session(cast.manager.person_id)
    session.membership_id = cast.manager.id
    db.session.flush()
    assert isinstance(session, SignInSession)
    return {"line": line.id, "delivery": delivery.id, "event": event.id, "session": session.id, "mail": mail.id}
