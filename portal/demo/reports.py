"""The issues of the demonstration: 240 reports of many bodies, moved on by everyone whose work it is."""

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from portal.attachments.service import store_attachments
from portal.core import clock
from portal.core.calendar import JAPAN, add_business_days, is_business_day, japan_date
from portal.core.db import db
from portal.demo import phrases
from portal.demo.report_texts import Report, content_of, file_of, read_reports
from portal.directory.actor import Actor, find_actor
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, AssignmentRank, Role
from portal.issues import service
from portal.issues.content import IssueContent
from portal.issues.models import Consultation, Issue
from portal.issues.states import IssueState
from portal.themes.models import SubTopic, Theme

_PREFERRED = ("152226", "150002", "151009", "152021", "011002", "131016", "271004", "401307")
# How far a report has come by its age in business days: (youngest, oldest, state it reaches).
_COURSES: tuple[tuple[int, int, IssueState, int], ...] = (
    (0, 1, IssueState.SUBMITTED, 16),
    (1, 3, IssueState.TRIAGED, 10),
    (2, 8, IssueState.RETURNED, 14),
    (3, 12, IssueState.ASSIGNED, 42),
    (5, 14, IssueState.CONSULTING, 16),
    (7, 12, IssueState.ANSWERED, 34),
    (18, 60, IssueState.CLOSED, 78),
    (5, 50, IssueState.DECLINED, 8),
    (4, 50, IssueState.WITHDRAWN, 8),
    (0, 10, IssueState.DRAFT, 14),
)


class _Cast:
    """Actors by place and role, each looked up once."""

    def __init__(self) -> None:
        self._actors: dict[int, Actor] = {}
        self._memberships: dict[tuple[int, Role, bool], list[int]] = {}
        rows = db.session.execute(
            sa.select(Membership.organisation_id, Membership.role, Membership.is_head, Membership.id).order_by(
                Membership.id
            )
        )
        for organisation_id, role, is_head, key in rows:
            self._memberships.setdefault((organisation_id, role, is_head), []).append(key)
        self._liaisons = {
            post_id: key
            for post_id, key in db.session.execute(
                sa.select(LiaisonAssignment.post_id, LiaisonAssignment.membership_id).where(
                    LiaisonAssignment.rank == AssignmentRank.PRIMARY
                )
            )
        }
        self._by_code = {code: key for code, key in db.session.execute(sa.select(Organisation.code, Organisation.id))}

    def place(self, code: str) -> int:
        """The id of the organisation."""
        return self._by_code[code]

    def member(self, organisation_id: int, role: Role, *, is_head: bool = False) -> Actor:
        """The member of the organisation in the role."""
        return self._actor(self._memberships[organisation_id, role, is_head][0])

    def liaison(self, post_id: int) -> Actor:
        """The primary liaison of the post."""
        return self._actor(self._liaisons[post_id])

    def _actor(self, membership_id: int) -> Actor:
        if membership_id not in self._actors:
            found = find_actor(membership_id)
            if found is None:
                raise LookupError(f"membership {membership_id} does not hold")
            self._actors[membership_id] = found
        return self._actors[membership_id]


def add_reports(seed: int = 1123) -> int:
    """Submit every report as of its day and move it on; returns how many there are. The same each time."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable demonstration, not a secret
    cast, reports = _Cast(), list(read_reports())
    chance.shuffle(reports)
    bodies = _bodies(chance, len(reports))
    topics = {
        (theme, topic): (theme_id, topic_id)
        for theme, topic, theme_id, topic_id in db.session.execute(
            sa.select(Theme.code, SubTopic.name, Theme.id, SubTopic.id).join(SubTopic, SubTopic.theme_id == Theme.id)
        )
    }
    plan = [(low, high, state) for low, high, state, count in _COURSES for _ in range(count)]
    stories = []
    for report, body, (low, high, state) in zip(reports, bodies, plan, strict=False):
        began = _working_hour(chance, chance.randint(low, high))
        stories.append((began, report, body, state, topics[report.theme, report.sub_topic]))
    for began, report, body, state, topic in sorted(stories, key=lambda story: (story[0], story[1].title)):
        _tell(_Story(cast, chance, began), report, body, state, topic)
    return len(stories)


def _bodies(chance: random.Random, count: int) -> list[str]:
    codes = list(
        db.session.scalars(
            sa.select(Organisation.code).where(Organisation.kind.in_(LOCAL_GOVERNMENTS)).order_by(Organisation.code)
        )
    )
    chosen = [*_PREFERRED * 4, *chance.sample(codes, count)]
    chosen = chosen[:count]
    chance.shuffle(chosen)
    return chosen


def _working_hour(chance: random.Random, business_days_ago: int) -> datetime:
    day = add_business_days(japan_date(clock.now()), -business_days_ago)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(9, 0), JAPAN) + timedelta(minutes=chance.randint(0, 450))


class _Story:
    """The clock and the people of one report; each step happens some working hours after the one before."""

    def __init__(self, cast: _Cast, chance: random.Random, began: datetime) -> None:
        self.cast = cast
        self.chance = chance
        self.now = began
        self.latest = clock.now() - timedelta(minutes=20)

    def step(self, work: Callable[[], object], *, hours: float = 0) -> object:
        """Do the work at the story's time, after up to so many working hours."""
        self.now = min(self._later(hours), self.latest)
        with clock.pretending(self.now):
            return work()

    def draft(self, submitter: Actor, content: IssueContent) -> Issue:
        """Begin the issue at the story's time."""
        with clock.pretending(self.now):
            return service.draft_issue(submitter, content)

    def _later(self, hours: float) -> datetime:
        later = self.now + timedelta(hours=hours * self.chance.uniform(0.4, 1.0))
        while not is_business_day(later.astimezone(JAPAN).date()) or not 8 <= later.astimezone(JAPAN).hour < 18:
            later += timedelta(hours=7)
        return later


def _tell(story: _Story, report: Report, code: str, state: IssueState, topic: tuple[int, int]) -> None:
    place = story.cast.place(code)
    role = Role.LOCAL_MANAGER if story.chance.random() < 0.3 else Role.LOCAL_STAFF
    submitter = story.cast.member(place, role, is_head=role is Role.LOCAL_MANAGER)
    issue = story.draft(submitter, content_of(report, topic, story.chance, japan_date(story.now)))
    if report.count and report.count > 20 and story.chance.random() < 0.25:
        story.step(lambda: store_attachments(submitter, "issue", issue.id, [file_of(report)]))
    if state is IssueState.DRAFT:
        return
    story.step(lambda: service.submit_issue(submitter, issue), hours=1)
    liaison = story.cast.liaison(issue.post_id or 0)
    if story.chance.random() < 0.4:
        story.step(lambda: service.write_note(liaison, issue, text=phrases.note(story.chance)), hours=2)
    _return(story, issue, submitter, liaison, state, report)
    if state is IssueState.WITHDRAWN:
        story.step(lambda: service.withdraw_issue(submitter, issue, reason=phrases.withdrawal(story.chance)), hours=30)
    elif state is IssueState.DECLINED:
        _decline(story, issue, liaison)
    elif state not in {IssueState.SUBMITTED, IssueState.RETURNED}:
        _work(story, issue, submitter, liaison, state, report)


def _return(  # noqa: PLR0917 - everyone whom the step concerns
    story: _Story, issue: Issue, submitter: Actor, liaison: Actor, state: IssueState, report: Report
) -> None:
    if state is IssueState.RETURNED or (state is IssueState.CLOSED and story.chance.random() < 0.25):
        story.step(lambda: service.return_issue(liaison, issue, reason=phrases.question(story.chance)), hours=5)
        if state is IssueState.CLOSED:
            story.step(
                lambda: service.resubmit_issue(submitter, issue, text=phrases.supplement(story.chance, report.count)),
                hours=20,
            )


def _decline(story: _Story, issue: Issue, liaison: Actor) -> None:
    desk, reason = phrases.other_desk(story.chance)
    chief = story.cast.member(story.cast.place("secretariat"), Role.SECRETARIAT)
    story.step(lambda: service.propose_decline(liaison, issue, desk=desk, reason=reason), hours=6)
    story.step(lambda: service.confirm_decline(chief, issue, text=phrases.declined(desk)), hours=10)


def _work(  # noqa: PLR0917 - everyone whom the step concerns
    story: _Story, issue: Issue, submitter: Actor, liaison: Actor, state: IssueState, report: Report
) -> None:
    story.step(
        lambda: service.triage_issue(
            liaison, issue, theme_id=issue.theme_id or 0, sub_topic_id=issue.sub_topic_id, urgency=issue.urgency
        ),
        hours=6,
    )
    if state is IssueState.TRIAGED:
        return
    division: Organisation = story.step(lambda: service.route_issue(liaison, issue), hours=8)  # type: ignore[assignment]
    if state is IssueState.ASSIGNED and story.chance.random() < 0.35:
        return  # routed, not yet accepted
    member = story.cast.member(division.id, Role.DIVISION)
    story.step(lambda: service.accept_issue(member, issue), hours=6)
    if state is IssueState.CONSULTING or story.chance.random() < 0.2:
        _consult(story, issue, member, report, replies=state is not IssueState.CONSULTING)
    if state is IssueState.ASSIGNED and story.chance.random() < 0.4:
        promised = add_business_days(japan_date(clock.now()), story.chance.randint(2, 8))
        story.step(
            lambda: service.answer_provisionally(
                member, issue, text=phrases.provisional(story.chance), promised_on=promised
            ),
            hours=20,
        )
    if state in {IssueState.ANSWERED, IssueState.CLOSED}:
        head = story.cast.member(division.id, Role.DIVISION, is_head=True)
        story.step(
            lambda: service.answer_officially(
                head, issue, text=phrases.official(story.chance, report.kind, report.sub_topic)
            ),
            hours=40,
        )
    if state is IssueState.CLOSED:
        story.step(lambda: service.close_issue(submitter, issue), hours=30)


def _consult(story: _Story, issue: Issue, member: Actor, report: Report, *, replies: bool) -> None:
    ministry = {"vaccine": "mhlw", "linkage": "digital", "card": "digital", "other": "digital"}[report.theme]
    place = story.cast.place(ministry)
    asked: Consultation = story.step(
        lambda: service.consult_ministry(  # type: ignore[assignment]
            member, issue, ministry_id=place, question=phrases.consultation(story.chance, report.title)
        ),
        hours=10,
    )
    if replies:
        official = story.cast.member(place, Role.MINISTRY, is_head=True)
        story.step(
            lambda: service.reply_to_consultation(official, issue, asked, text=phrases.ministry_reply(story.chance)),
            hours=20,
        )
