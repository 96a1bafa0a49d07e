"""Asking about a place of a paper: remembered with the draft, raised when the issue is submitted."""

from dataclasses import dataclass

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance.models import Guidance, Recipient
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.issues.states import IssueState
from portal.links.models import LinkRelation
from portal.links.service import add_link
from portal.questions import policy
from portal.questions.events import ParagraphQuestioned
from portal.questions.models import ParagraphQuestion
from portal.questions.paragraphs import Paragraph
from portal.questions.queries import find_question

LONGEST_PLACE = 100
_SUBMITTED = N_("この課題・照会は既に提出されています。")


@dataclass(frozen=True, kw_only=True)
class Place:
    """What is asked about: a paragraph, a file and where in it; nothing of these means the paper as a whole."""

    paragraph: Paragraph | None = None
    file_name: str = ""
    words: str = ""


def remember_place(
    actor: Actor,
    issue: Issue,
    guidance: Guidance,
    recipient: Recipient | None,
    place: Place,
    *,
    confirmed: bool = False,
) -> ParagraphQuestion:
    """Keep with a draft what it asks about.

    Raises Forbidden for whoever may not ask, Conflict once it was submitted, Invalid for words that are too long or
    hold an individual number.
    """
    authorize(policy.can_ask, actor, guidance, recipient)
    authorize(issue_policy.can_edit, actor, issue)
    if issue.state is not IssueState.DRAFT:
        raise Conflict(_SUBMITTED)
    words = " ".join(place.words.split())
    check_text("body", words, confirmed)
    if len(words) > LONGEST_PLACE:
        raise Invalid(N_("%(max)s文字以内で入力してください。"), field="body", max=LONGEST_PLACE)
    paragraph = place.paragraph
    question = ParagraphQuestion(
        guidance_id=guidance.id,
        issue_id=issue.id,
        position=paragraph.position if paragraph else None,
        paragraph=paragraph.key if paragraph else None,
        quote=paragraph.quote if paragraph else "",
        file_name=place.file_name[:255],
        place=words,
    )
    db.session.add(question)
    db.session.flush()
    return question


def raise_question(actor: Actor, issue: Issue) -> bool:
    """Tie a submitted issue to the paper that it asks about; False when it asks about none, or was tied before.

    Raises Conflict while it is a draft.
    """
    if issue.state is IssueState.DRAFT:
        raise Conflict(N_("提出していない課題・照会です。"))
    question = find_question(issue.id)
    if question is None or question.asked_at is not None:
        return False
    question.asked_at = clock.now()
    add_link(actor, ("issue", issue.id), ("guidance", question.guidance_id), LinkRelation.FOLLOW_UP)
    emit(
        actor,
        ParagraphQuestioned(issue_id=issue.id, guidance_id=question.guidance_id, organisation_id=issue.organisation_id),
    )
    return True
