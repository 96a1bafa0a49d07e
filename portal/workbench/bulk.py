"""One step for several chosen issues at once: which can take it, which cannot and why, and doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.issues import policy as issue_policy
from portal.issues import queue, service
from portal.issues.content import required_text
from portal.issues.models import Issue
from portal.issues.queue import QueueRow
from portal.issues.states import IssueState
from portal.themes.queries import list_routes
from portal.workbench import claims, policy
from portal.workbench.states import TEXTED, BulkAction

MOST = 200

_STATES = {
    BulkAction.TRIAGE: {IssueState.SUBMITTED},
    BulkAction.ROUTE: {IssueState.TRIAGED},
    BulkAction.RETURN: {IssueState.SUBMITTED, IssueState.TRIAGED},
}
_CAN = {
    BulkAction.TRIAGE: issue_policy.can_triage,
    BulkAction.ROUTE: issue_policy.can_route,
    BulkAction.RETURN: issue_policy.can_return,
    BulkAction.NOTE: issue_policy.can_write_note,
    BulkAction.CLAIM: policy.can_claim,
    BulkAction.FOLLOW: issue_policy.can_follow,
    BulkAction.UNFOLLOW: issue_policy.can_follow,
}
_NOT_IN_STATE = N_("いまの状態では行えません。")
_PROPOSED = N_("対象外の提案を判断しています。")
_NOT_YOURS = N_("行う権限がありません。")
_NO_DIVISION = N_("割振り表に割振り先がありません。")
_NO_THEME = N_("テーマが選ばれていません。")
_CHANGED = N_("選んだ後に、ほかの人が更新しました。")
_EMPTY = {
    BulkAction.RETURN: N_("補足してほしい内容を入力してください。"),
    BulkAction.NOTE: N_("内部メモを入力してください。"),
}


@dataclass(frozen=True)
class Choice:
    """A chosen issue: ``obstacle`` says why it cannot take the step, None that it can; ``leads_to`` where it goes."""

    row: QueueRow
    obstacle: str | None
    leads_to: str | None = None

    @property
    def issue(self) -> Issue:
        """The issue itself."""
        return self.row.issue


@dataclass
class Outcome:
    """What was done, and what was not and why (message and its parameters), by number."""

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, str, Mapping[str, object]]] = field(default_factory=list)


def list_steps(actor: Actor) -> list[BulkAction]:
    """The steps to offer somebody of this role, in their order."""
    return [action for action in BulkAction if action in policy.bulk_steps_of(actor)]


def list_choices(actor: Actor, action: BulkAction, numbers: Sequence[str]) -> list[Choice]:
    """Exactly the chosen issues that the actor may see, each with what stands in the step's way."""
    rows = queue.list_chosen(actor, numbers[:MOST])
    routes = list_routes() if action is BulkAction.ROUTE else {}
    choices = []
    for row in rows:
        issue = row.issue
        division = routes.get((issue.theme_id or 0, issue.sub_topic_id)) or routes.get((issue.theme_id or 0, None))
        obstacle = _obstacle(actor, action, issue)
        if obstacle is None and action is BulkAction.ROUTE and division is None:
            obstacle = _NO_DIVISION
        choices.append(Choice(row, obstacle, division.name if division is not None else None))
    return choices


def apply_step(
    actor: Actor, action: BulkAction, versions: Mapping[str, int | None], *, text: str = "", confirmed: bool = False
) -> Outcome:
    """Take the step for each chosen issue that can take it: ``versions`` maps a number to the version that was seen.

    Each goes through its ordinary service, which asks for the right anew; what one refuses leaves no trace and does
    not stop the others. All of it is one transaction. Raises Invalid at ``text``.
    """
    if action not in policy.bulk_steps_of(actor):
        raise Forbidden(N_("この操作を行う権限がありません。"))
    if action in TEXTED:
        text = required_text("text", text, _EMPTY[action], confirmed=confirmed)
    outcome = Outcome()
    choices = {choice.issue.number or "": choice for choice in list_choices(actor, action, list(versions))}
    for number in sorted(versions):
        choice = choices.get(number)
        refusal: DomainError | None = NotFound(N_("見つかりません。")) if choice is None else None
        if choice is not None:
            refusal = _attempt(actor, action, choice, versions[number], text)
        if refusal is None:
            outcome.done.append(number)
        else:
            outcome.refused.append((number, refusal.message, refusal.params))
    return outcome


def _attempt(actor: Actor, action: BulkAction, choice: Choice, version: int | None, text: str) -> DomainError | None:
    if choice.obstacle is not None:
        return Conflict(choice.obstacle)
    issue = choice.issue
    try:
        with db.session.begin_nested():
            if action in _STATES:
                issue.check_version(version)
            _take(actor, action, issue, text)
            db.session.flush()
            if action is BulkAction.READ or not choice.row.is_unread:  # one's own doing is no news to oneself
                service.reading_of_issue(actor, issue).write()
    except orm.exc.StaleDataError:
        return Conflict(_CHANGED)
    except (Conflict, Forbidden, Invalid) as refusal:
        return refusal
    return None


def _take(actor: Actor, action: BulkAction, issue: Issue, text: str) -> None:
    if action is BulkAction.TRIAGE:
        service.triage_issue(
            actor, issue, theme_id=issue.theme_id or 0, sub_topic_id=issue.sub_topic_id, urgency=issue.urgency
        )
    elif action is BulkAction.ROUTE:
        service.route_issue(actor, issue)
    elif action is BulkAction.RETURN:
        service.return_issue(actor, issue, reason=text, confirmed=True)
    elif action is BulkAction.NOTE:
        service.write_note(actor, issue, text=text, confirmed=True)
    elif action is BulkAction.CLAIM:
        claims.claim_issue(actor, issue)
    else:
        _follow(actor, action, issue)


def _follow(actor: Actor, action: BulkAction, issue: Issue) -> None:
    if action is BulkAction.FOLLOW:
        service.follow_issue(actor, issue)
    elif action is BulkAction.UNFOLLOW:
        service.unfollow_issue(actor, issue)


def _obstacle(actor: Actor, action: BulkAction, issue: Issue) -> str | None:
    can = _CAN.get(action)
    if can is None:
        return None
    if action is BulkAction.TRIAGE and issue.theme_id is None:
        return _NO_THEME
    if can(actor, issue):
        return None
    states = _STATES.get(action)
    if states is None:
        return _NOT_YOURS
    if issue.state not in states:
        return _NOT_IN_STATE
    return _PROPOSED if issue.decline_desk is not None else _NOT_YOURS
