"""Questions on a paper of the demonstration: one whose answer was published, one that is being looked into."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.demo.answers import APPROVER, morning
from portal.demo.papers import actor_at
from portal.directory.actor import Actor, find_actor
from portal.directory.models import LiaisonAssignment, Organisation
from portal.directory.roles import AssignmentRank
from portal.guidance.models import Guidance
from portal.guidance.records import find_own_recipient
from portal.issues import service as issues
from portal.issues.content import IssueContent
from portal.issues.models import Issue
from portal.issues.states import IssueKind, Leak
from portal.knowledge import service as knowledge
from portal.links.models import LinkRelation
from portal.links.service import add_link
from portal.questions.paragraphs import Paragraph, list_paragraphs
from portal.questions.service import Place, raise_question, remember_place
from portal.themes.models import SubTopic

_PAPER, _SUB_TOPIC = "総行住第90号", "申請・交付の体制"
_ANSWERED = (
    "152226-staff@lg.example",
    "国外から転入した方の特急発行の申請は、転入届と同じ日でなければならないか",
    "転入届と同じ日に申請することが望ましいのですが、届出の日から14日以内であれば、後日の申請も受け付けて差し支えありません。",
)
_OPEN = ("151009-staff@lg.example", "施行の日より前に受け付けた申請を、施行の日以後に特急発行に切り替えられるか")


def add_questions() -> None:
    """Two cities ask about paragraphs of one notice; the first answer stands beside its paragraph for everybody."""
    paper = db.session.scalars(sa.select(Guidance).where(Guidance.document_number == _PAPER)).first()
    topic = db.session.scalars(sa.select(SubTopic).where(SubTopic.name == _SUB_TOPIC)).first()
    if paper is None or topic is None or len(places := list_paragraphs(paper.body)) < 3:
        return
    email, question, answer = _ANSWERED
    with clock.pretending(morning(12)):
        asked = _ask(actor_at(email), paper, topic, places[1], question)
    with clock.pretending(morning(7)):
        office = _answer(asked, answer)
    with clock.pretending(morning(5)):
        _publish(office, asked, question, answer)
    email, question = _OPEN
    with clock.pretending(morning(1)):
        _ask(actor_at(email), paper, topic, places[2], question)


def _ask(actor: Actor, paper: Guidance, topic: SubTopic, paragraph: Paragraph, question: str) -> Issue:
    content = IssueContent(
        kind=IssueKind.QUESTION,
        title=f"{_PAPER}の疑問",
        body=f"[{_PAPER}「{paper.title}」](/guidance/{paper.id}#paragraph-{paragraph.position})\n\n"
        f"> {paragraph.quote}\n\n{question}を確認したいです。",
        theme_id=topic.theme_id,
        sub_topic_id=topic.id,
        leak=Leak.NO,
    )
    issue = issues.draft_issue(actor, content)
    remember_place(actor, issue, paper, find_own_recipient(actor, paper), Place(paragraph=paragraph))
    issues.submit_issue(actor, issue)
    raise_question(actor, issue)
    return issue


def _answer(issue: Issue, answer: str) -> str:
    """Whoever it concerns moves it on to the answer; the division's code."""
    liaison = find_actor(
        db.session.scalars(
            sa.select(LiaisonAssignment.membership_id).where(
                LiaisonAssignment.post_id == issue.post_id, LiaisonAssignment.rank == AssignmentRank.PRIMARY
            )
        ).first()
        or 0
    ) or actor_at(APPROVER)
    theme_id, urgency = issue.theme_id or 0, issue.urgency
    issues.triage_issue(liaison, issue, theme_id=theme_id, sub_topic_id=issue.sub_topic_id, urgency=urgency)
    division: Organisation = issues.route_issue(liaison, issue)
    issues.accept_issue(actor_at(f"{division.code}@mic.example"), issue)
    issues.answer_officially(actor_at(f"{division.code}-head@mic.example"), issue, text=answer)
    return division.code


def _publish(office: str, issue: Issue, question: str, answer: str) -> None:
    drafter = actor_at(f"{office}@mic.example")
    theme_id = issue.theme_id or 0
    entry = knowledge.draft_entry(drafter, theme_id=theme_id, question=question, answer=answer)
    add_link(drafter, ("qa_entry", entry.id), ("issue", issue.id), LinkRelation.DERIVED)
    knowledge.send_for_review(drafter, entry, names_nobody=True)
    with clock.pretending(clock.now() + timedelta(hours=2)):
        knowledge.publish_entry(actor_at(APPROVER), entry)
