"""What liaisons and the secretariat do: triage, return, route, quote, and find out of scope."""

from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.issues import policy
from portal.issues.ball import DESK_DAYS, pass_ball, target, touch
from portal.issues.clocks import begin_pause, next_due, note_answered, note_ended, note_routed, note_triaged
from portal.issues.content import required_text
from portal.issues.events import (
    IssueAnsweredByQuote,
    IssueDeclined,
    IssueDeclineProposed,
    IssueDeclineRejected,
    IssueReturned,
    IssueRouted,
    IssueTriaged,
)
from portal.issues.models import Issue, Post
from portal.issues.states import Holder, IssueState, Leak, PauseKind, PostKind, Urgency
from portal.issues.submission import require
from portal.issues.thread import add_post
from portal.themes.models import SubTopic
from portal.themes.queries import division_for


def triage_issue(
    actor: Actor, issue: Issue, *, theme_id: int, sub_topic_id: int | None, urgency: Urgency, version: int | None = None
) -> None:
    """submitted → triaged: theme, urgency and duplicates are checked. The number keeps its letter."""
    require(issue, IssueState.SUBMITTED)
    authorize(policy.can_triage, actor, issue)
    issue.check_version(version)
    if sub_topic_id is not None and db.session.get_one(SubTopic, sub_topic_id).theme_id != theme_id:
        raise Invalid(N_("選んだテーマの細目を選んでください。"), field="sub_topic_id")
    if issue.leak is not Leak.NO and urgency is not Urgency.URGENT:
        raise Invalid(N_("漏えい（おそれを含む）の報告は、緊急として扱います。"), field="urgency")
    wanted = {"theme_id": theme_id, "sub_topic_id": sub_topic_id, "urgency": urgency}
    changes = {
        name: [_plain(getattr(issue, name)), _plain(value)]
        for name, value in wanted.items()
        if getattr(issue, name) != value
    }
    issue.theme_id, issue.sub_topic_id, issue.urgency = theme_id, sub_topic_id, urgency
    issue.state = IssueState.TRIAGED
    pass_ball(issue, *_desk(issue), due_on=note_triaged(issue))
    touch(issue, Audience.PUBLIC)
    emit(actor, IssueTriaged(issue_id=issue.id, changes=changes, organisation_id=issue.organisation_id))


def return_issue(actor: Actor, issue: Issue, *, reason: str, confirmed: bool = False) -> None:
    """submitted or triaged → returned: ask the submitter for information; the clock pauses for this reason."""
    require(issue, IssueState.SUBMITTED, IssueState.TRIAGED)
    authorize(policy.can_return, actor, issue)
    text = required_text("reason", reason, N_("補足してほしい内容を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.RETURN, Audience.PUBLIC, text)
    issue.state = IssueState.RETURNED
    pass_ball(issue, Holder.SUBMITTER, issue.organisation_id)
    begin_pause(issue, PauseKind.SUBMITTER, post.id)
    touch(issue, Audience.PUBLIC)
    emit(actor, IssueReturned(issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id))


def proposed_division(issue: Issue) -> Organisation | None:
    """The division that the routing table names for the issue's theme and sub-topic."""
    return division_for(issue.theme_id, issue.sub_topic_id) if issue.theme_id is not None else None


def route_issue(actor: Actor, issue: Issue, *, division_id: int | None = None) -> Organisation:
    """triaged → assigned to the division of the routing table; only the secretariat names another.

    Raises Invalid at ``division_id`` when the table has no division, or the one named is none.
    """
    require(issue, IssueState.TRIAGED)
    authorize(policy.can_route, actor, issue)
    division = proposed_division(issue)
    if division_id is not None and (division is None or division_id != division.id):
        authorize(policy.can_choose_division, actor)
        division = db.session.get(Organisation, division_id)
    if division is None or division.kind is not OrganisationKind.DIVISION:
        raise Invalid(N_("割振り先の幹事課がありません。事務局に割振りを依頼してください。"), field="division_id")
    issue.state, issue.division_id, issue.accepted_at = IssueState.ASSIGNED, division.id, None
    pass_ball(issue, Holder.DIVISION, division.id, due_on=note_routed(issue))
    touch(issue, Audience.PUBLIC)
    emit(actor, IssueRouted(issue_id=issue.id, division_id=division.id, organisation_id=issue.organisation_id))
    return division


def answer_by_quote(actor: Actor, issue: Issue, *, text: str, source: str, confirmed: bool = False) -> Post:
    """triaged → answered by the liaison, only by quoting what is published.

    ``source`` names what is quoted (R8-Q-0001 or a document number with its title); that the actor may see it and
    that it is published, the route has made sure.
    """
    require(issue, IssueState.TRIAGED)
    authorize(policy.can_quote_answer, actor, issue)
    if not source.strip():
        raise Invalid(N_("引用するQ&Aまたは通知等を選んでください。"), field="source")
    my_number.check_text("text", text, confirmed)
    body = f"{text.strip()}\n\n> {source.strip()}".strip()
    post = add_post(actor, issue, PostKind.QUOTED_ANSWER, Audience.PUBLIC, body)
    issue.state, issue.answered_at = IssueState.ANSWERED, clock.now()
    pass_ball(issue, Holder.SUBMITTER, issue.organisation_id)
    note_answered(issue)
    touch(issue, Audience.PUBLIC)
    emit(actor, IssueAnsweredByQuote(issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id))
    return post


def propose_decline(actor: Actor, issue: Issue, *, desk: str, reason: str, confirmed: bool = False) -> None:
    """Hold it to be out of scope and name the right desk; the secretariat decides, and until then nobody outside
    headquarters sees the proposal."""
    require(issue, IssueState.SUBMITTED, IssueState.TRIAGED)
    authorize(policy.can_propose_decline, actor, issue)
    desk = required_text("desk", desk, N_("正しい窓口を入力してください。"), confirmed=confirmed)
    text = required_text("reason", reason, N_("対象外とする理由を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.DECISION, Audience.INTERNAL, text)
    issue.decline_desk = desk
    pass_ball(issue, Holder.SECRETARIAT, due_on=target(issue, DESK_DAYS))
    touch(issue, Audience.INTERNAL)
    emit(
        actor,
        IssueDeclineProposed(
            issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id, audience=Audience.INTERNAL
        ),
    )


def confirm_decline(actor: Actor, issue: Issue, *, text: str, confirmed: bool = False) -> None:
    """submitted or triaged → declined: the secretariat tells the body, with the right desk."""
    require(issue, IssueState.SUBMITTED, IssueState.TRIAGED)
    authorize(policy.can_confirm_decline, actor, issue)
    text = required_text("text", text, N_("団体に伝える内容を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.DECISION, Audience.PUBLIC, text)
    issue.state, issue.closed_at = IssueState.DECLINED, clock.now()
    pass_ball(issue, Holder.NOBODY)
    note_ended(issue)
    touch(issue, Audience.PUBLIC)
    emit(actor, IssueDeclined(issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id))


def reject_decline(actor: Actor, issue: Issue, *, reason: str, confirmed: bool = False) -> None:
    """The secretariat does not confirm; the liaison goes on."""
    require(issue, IssueState.SUBMITTED, IssueState.TRIAGED)
    authorize(policy.can_confirm_decline, actor, issue)
    text = required_text("reason", reason, N_("理由を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.NOTE, Audience.INTERNAL, text)
    issue.decline_desk = None
    pass_ball(issue, *_desk(issue))
    issue.due_on = next_due(issue)
    touch(issue, Audience.INTERNAL)
    emit(
        actor,
        IssueDeclineRejected(
            issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id, audience=Audience.INTERNAL
        ),
    )


def _desk(issue: Issue) -> tuple[Holder, int | None]:
    """Whose desk an issue lies on before it is routed."""
    return (Holder.LIAISON, issue.post_id) if issue.post_id is not None else (Holder.SECRETARIAT, None)


def _plain(value: object) -> object:
    return getattr(value, "value", value)
