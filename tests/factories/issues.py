"""Issues in any state, moved there by the services themselves; a factory flushes and never commits."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.core.db import db
from portal.directory.actor import Actor
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.issues import service
from portal.issues.content import IssueContent
from portal.issues.models import Issue
from portal.issues.queries import get_issue
from portal.issues.states import IssueKind, IssueState, Leak, Urgency
from portal.themes.models import SubTopic, Theme
from tests.factories.people import Seat, actor_of, make_members


@dataclass(frozen=True)
class Cast:
    """Everyone whom an issue of 上越市 passes by."""

    staff: Membership
    manager: Membership
    prefecture: Membership
    liaison: Membership
    deputy: Membership
    other_liaison: Membership
    division: Membership
    division_head: Membership
    secretariat: Membership
    chief: Membership
    ministry: Membership
    other_ministry: Membership
    other_body: Membership
    association: Membership
    executive: Membership
    auditor: Membership
    admin: Membership


_CAST = {
    "staff": Seat("152226", Role.LOCAL_STAFF, section="市民課"),
    "manager": Seat("152226", Role.LOCAL_MANAGER, section="総務課"),
    "prefecture": Seat("150002", Role.LOCAL_STAFF, section="市町村課"),
    "liaison": Seat("hq", Role.LIAISON, posts=("150002",)),
    "deputy": Seat("hq", Role.LIAISON, posts=("150002",)),
    "other_liaison": Seat("hq", Role.LIAISON, posts=("010006",)),
    "division": Seat("mynumber", Role.DIVISION),
    "division_head": Seat("mynumber", Role.DIVISION, is_head=True),
    "secretariat": Seat("secretariat", Role.SECRETARIAT),
    "chief": Seat("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True),
    "ministry": Seat("digital", Role.MINISTRY),
    "other_ministry": Seat("mhlw", Role.MINISTRY),
    "other_body": Seat("151009", Role.LOCAL_MANAGER, section="区政推進課"),
    "association": Seat("shichokai", Role.ASSOCIATION),
    "executive": Seat("hq", Role.EXECUTIVE),
    "auditor": Seat("hq", Role.AUDITOR),
    "admin": Seat("hq", Role.ADMIN),
}


def make_cast() -> Cast:
    """One membership of each kind round 上越市 in 新潟県 and the division マイナンバー制度支援室."""
    members = make_members(list(_CAST.values()))
    return Cast(**dict(zip(_CAST, members, strict=True)))


def theme(code: str = "linkage") -> Theme:
    """A theme of the master data."""
    return db.session.scalars(sa.select(Theme).where(Theme.code == code)).one()


def sub_topic(name: str = "障害者手帳") -> SubTopic:
    """A sub-topic of the master data; this one leads to マイナンバー制度支援室."""
    return db.session.scalars(sa.select(SubTopic).where(SubTopic.name == name)).one()


def content(**changes) -> IssueContent:
    """A complete content."""
    values = {
        "kind": IssueKind.PROBLEM,
        "title": "手帳番号の重複について",
        "body": "同じ番号の手帳が26件見つかりました。",
        "tried": "発行元に照会しました。",
        "theme_id": theme().id,
        "sub_topic_id": sub_topic().id,
        "impact_count": 26,
        "leak": Leak.NO,
        **changes,
    }
    return IssueContent(**values)


def make_issue(
    cast: Cast, state: IssueState = IssueState.SUBMITTED, *, by: Membership | None = None, **changes
) -> Issue:
    """An issue of 上越市 in the state, moved there by whoever moves it in life."""
    submitter = actor_of(by or cast.staff)
    issue = service.draft_issue(submitter, content(**changes))
    if state is not IssueState.DRAFT:
        service.submit_issue(submitter, issue)
        _move(cast, submitter, issue, state)
    db.session.flush()
    return issue


def fetch(membership: Membership, issue: Issue) -> Issue:
    """The issue as this membership reads it; raises NotFound when it may not."""
    return get_issue(actor_of(membership), issue.number or "")


def _move(cast: Cast, submitter: Actor, issue: Issue, state: IssueState) -> None:
    if state is IssueState.RETURNED:
        service.return_issue(actor_of(cast.liaison), issue, reason="件数の内訳を教えてください。")
    elif state is IssueState.WITHDRAWN:
        service.withdraw_issue(submitter, issue, reason="解決しました。")
    elif state is IssueState.DECLINED:
        service.propose_decline(actor_of(cast.liaison), issue, desk="県の担当課", reason="所管外です。")
        service.confirm_decline(actor_of(cast.chief), issue, text="県の担当課にお尋ねください。")
    elif state is not IssueState.SUBMITTED:
        _triage(cast, issue)
        _work(cast, submitter, issue, state)


def _triage(cast: Cast, issue: Issue) -> None:
    service.triage_issue(
        actor_of(cast.liaison),
        issue,
        theme_id=issue.theme_id or 0,
        sub_topic_id=issue.sub_topic_id,
        urgency=Urgency.URGENT if issue.leak is not Leak.NO else Urgency.NORMAL,
    )


def _work(cast: Cast, submitter: Actor, issue: Issue, state: IssueState) -> None:
    if state is IssueState.TRIAGED:
        return
    service.route_issue(actor_of(cast.liaison), issue)
    service.accept_issue(actor_of(cast.division), issue)
    if state is IssueState.CONSULTING:
        ministry_id = cast.ministry.organisation_id
        service.consult_ministry(
            actor_of(cast.division), issue, ministry_id=ministry_id, question="見解を教えてください。"
        )
    elif state in {IssueState.ANSWERED, IssueState.CLOSED}:
        service.answer_officially(actor_of(cast.division_head), issue, text="登録する番号の前に記号を付けてください。")
        if state is IssueState.CLOSED:
            service.close_issue(submitter, issue)
