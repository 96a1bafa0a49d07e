"""Corrections and editions of papers; a factory flushes and never commits."""

from portal.directory.actor import Actor
from portal.guidance import service
from portal.guidance.models import Guidance
from portal.revisions import correcting, editions
from portal.revisions.correcting import CorrectionContent, ErratumContent
from portal.revisions.models import Correction
from tests.factories.guidance import issue, make_chief, make_drafter
from tests.factories.people import actor_of

LINE = ErratumContent(place="記の2", wrong="点検の方法", right="点検の手順")


def make_correction(guidance: Guidance, drafter: Actor | None = None, *lines: ErratumContent, asks_receipt=False):
    """A draft of a correction by 住民制度課."""
    content = CorrectionContent(reason="字句の誤り", errata=lines or (LINE,), asks_receipt=asks_receipt)
    return correcting.draft_correction(drafter or actor_of(make_drafter()), guidance, content)


def issue_correction(guidance: Guidance, *lines: ErratumContent, asks_receipt: bool = False) -> Correction:
    """A correction that was issued by the secretariat's head."""
    drafter = actor_of(make_drafter())
    correction = make_correction(guidance, drafter, *lines, asks_receipt=asks_receipt)
    correcting.send_correction_for_review(drafter, guidance, correction)
    correcting.issue_correction(actor_of(make_chief()), guidance, correction)
    return correction


def make_next_edition(guidance: Guidance, **options) -> Guidance:
    """The next edition of a paper as a draft by 住民制度課."""
    return editions.begin_edition(actor_of(make_drafter()), guidance, **options)


def issue_draft(draft: Guidance, number: str) -> Guidance:
    """Take a draft through review and approval to its issue."""
    draft.difference = draft.difference or "字句を改めた。"
    chief = actor_of(make_chief())
    service.send_for_review(actor_of(make_drafter()), draft)
    service.approve_guidance(chief, draft, document_number=number)
    issue(chief, draft)
    return draft
