"""Whether a person may (still) see what a line tells of: asked when a mail is sent and when a line is shown."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.circulation import policy as circulation_policy
from portal.circulation.models import Circulation, PassedPaper
from portal.core import clock
from portal.core.db import db
from portal.core.events import Audience
from portal.directory.absence_models import Absence, RosterReplacement
from portal.directory.actor import Actor, list_actors_of
from portal.directory.models import Membership, Organisation
from portal.directory.roles import HEADQUARTERS_ROLES, Role
from portal.directory.substitutes import stand_ins
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.knowledge import edition_policy
from portal.knowledge import policy as knowledge_policy
from portal.knowledge.collection_models import QaEdition
from portal.knowledge.models import QaEntry
from portal.liaison import policy as liaison_policy
from portal.liaison.models import Contact
from portal.notifications.models import Notification

# That a Q&A is withdrawn everybody may know: the line holds its number and theme and nothing of its text.
_KNOWN_TO_ALL = frozenset({"qa_withdrawn"})
_SEES_NOTES = HEADQUARTERS_ROLES - {Role.AUDITOR}
# Subjects that a role alone opens.
_BY_ROLE = {
    "reading_grant": frozenset({Role.ADMIN}),
    "inbound_mail": frozenset({Role.ADMIN, Role.SECRETARIAT}),
    "redaction": frozenset({Role.ADMIN, Role.SECRETARIAT}),
}
_MOST_COLUMNS = 1000  # in the answer to one statement: PostgreSQL gives 1,664
_Id = orm.InstrumentedAttribute[int]
_Condition = Callable[[Actor], sa.ColumnElement[bool]]
_Asked = tuple[Actor, int]  # whether this actor may see this subject


def who_may_see(line: Notification, person_ids: Collection[int]) -> set[int]:
    """Which of these people may see the line's subject, under a membership as which they may act now and in
    the line's audience. One statement."""
    viewers = _viewers(line)
    if viewers is None:
        return set()
    seats = viewers.with_only_columns(Membership.id, Membership.person_id).subquery("seats")
    pairs = stand_ins()
    own = sa.select(seats.c.person_id).where(seats.c.person_id.in_(person_ids))
    in_place = (
        sa.select(pairs.c.person_id)
        .join(seats, seats.c.id == pairs.c.membership_id)
        .where(pairs.c.person_id.in_(person_ids))
    )
    return set(db.session.scalars(sa.union(own, in_place)))


def visible_lines(actors: Sequence[Actor], lines: Iterable[Notification]) -> set[int]:
    """The ids of those lines whose subject one of the actors may see. One statement for each kind of subject."""
    return _visible([(line, actors) for line in lines])


def visible_to_readers(lines: Collection[Notification]) -> set[int]:
    """The ids of those lines whose own reader may see their subject, under any membership as which they may act now.

    As ``visible_lines`` of one reader after the other, but with no more statements for many than for one.
    """
    actors = list_actors_of({line.person_id for line in lines}) if lines else {}
    return _visible([(line, actors[line.person_id]) for line in lines])


def body_of(line: Notification) -> int | None:
    """Of a line about one body's part in a campaign the body, which fewer may see than the campaign."""
    return line.facts.get("body_id") if line.subject_kind == "campaign" else None


def _visible(shown: Sequence[tuple[Notification, Sequence[Actor]]]) -> set[int]:
    """The ids of those lines whose subject one of the actors beside the line may see."""
    seen = {line.id for line, actors in shown if line.kind in _KNOWN_TO_ALL and actors}
    for kind in {line.subject_kind for line, _ in shown}:
        heard = [
            (line, [actor for actor in actors if _hears(actor, *_circle(line))])
            for line, actors in shown
            if line.subject_kind == kind
        ]
        asked = {(actor, line.subject_id) for line, actors in heard for actor in actors}
        allowed = _allowed(kind, asked)
        seen |= {line.id for line, actors in heard if any((actor, line.subject_id) in allowed for actor in actors)}
    return seen - _of_hidden_bodies([(line, actors) for line, actors in shown if line.id in seen])


def _of_hidden_bodies(shown: Sequence[tuple[Notification, Sequence[Actor]]]) -> set[int]:
    """The lines about bodies that none of the actors may see. One statement, none without such lines."""
    bodies = [(line, body, actors) for line, actors in shown if (body := body_of(line)) is not None]
    asked = {(actor, body) for _, body, actors in bodies for actor in actors}
    allowed = _answered(Organisation.id, campaign_policy.bodies_viewable_by, asked)
    return {line.id for line, body, actors in bodies if not any((actor, body) in allowed for actor in actors)}


def _circle(line: Notification) -> tuple[Audience, int | None]:
    """Among whom the line may be known: its audience, and of a consultation the ministry that was asked."""
    return line.audience, line.facts.get("ministry_id") if line.audience is Audience.CONSULT else None


def _hears(actor: Actor, audience: Audience, ministry_id: int | None) -> bool:
    if audience is Audience.PUBLIC or actor.role in _SEES_NOTES:
        return True
    is_asked = actor.role is Role.MINISTRY and actor.organisation_id == ministry_id
    return audience is Audience.CONSULT and is_asked


def _viewers(line: Notification) -> sa.Select[Membership] | None:
    if line.subject_kind == "issue":
        issue = db.session.get(Issue, line.subject_id)
        if issue is None:
            return None
        return issue_policy.viewers_of(issue, audience=line.audience, ministry_id=line.facts.get("ministry_id"))
    if line.subject_kind == "guidance":
        guidance = db.session.get(Guidance, line.subject_id)
        return None if guidance is None else guidance_policy.viewers_of(guidance)
    if line.subject_kind == "circulation":
        circulation = db.session.get(Circulation, line.subject_id)
        return None if circulation is None else circulation_policy.viewers_of(circulation)
    if line.subject_kind == "contact":
        contact = db.session.get(Contact, line.subject_id)
        return None if contact is None else liaison_policy.viewers_of(contact)
    may = _other_viewers(line)
    return None if may is None else sa.select(Membership).where(Membership.current_at(clock.now()), may)


def _other_viewers(line: Notification) -> sa.ColumnElement[bool] | None:
    """Who may see what is neither an issue nor guidance, as a condition on Membership; None when it is gone."""
    if line.subject_kind in _BY_ROLE:
        return Membership.role.in_(_BY_ROLE[line.subject_kind])
    thing = db.session.get(_OTHERS[line.subject_kind], line.subject_id) if line.subject_kind in _OTHERS else None
    if isinstance(thing, QaEntry):
        return sa.true() if line.kind in _KNOWN_TO_ALL else knowledge_policy.viewers_of(thing)
    if isinstance(thing, QaEdition):
        return edition_policy.viewers_of(thing)
    if isinstance(thing, Campaign | PassedPaper):
        return _listed_viewers(thing, body_of(line))
    if isinstance(thing, Absence):
        return Membership.id.in_([key for key in (thing.membership_id, thing.substitute_id) if key is not None])
    return Membership.id == thing.membership_id if isinstance(thing, RosterReplacement) else None


def _listed_viewers(thing: Campaign | PassedPaper, body_id: int | None) -> sa.ColumnElement[bool]:
    """The viewers of what says itself who they are; of one body's part in a campaign fewer."""
    if isinstance(thing, PassedPaper):
        return Membership.id.in_(circulation_policy.viewers_of_passed(thing).with_only_columns(Membership.id))
    may = Membership.id.in_(campaign_policy.viewers_of(thing).with_only_columns(Membership.id))
    if body_id is None:
        return may
    return sa.and_(may, Membership.id.in_(campaign_policy.viewers_of_body(body_id).with_only_columns(Membership.id)))


def _allowed(kind: str, asked: Collection[_Asked]) -> set[_Asked]:
    """Which of these actors may see which of these subjects."""
    if kind in _BY_ROLE:
        return {(actor, subject_id) for actor, subject_id in asked if actor.role in _BY_ROLE[kind]}
    return _answered(*_CONDITIONS[kind], asked) if kind in _CONDITIONS else set()


def _answered(column: _Id, condition: _Condition, asked: Collection[_Asked]) -> set[_Asked]:
    """The same by a policy's condition: a row for each subject, with a column for each actor. One statement.

    Actors stand in the order of their roles, so that statements for similar readers are alike and compiled once.
    """
    ids = {subject_id for _, subject_id in asked}
    everyone = sorted({actor for actor, _ in asked}, key=lambda actor: (actor.role.value, actor.membership_id))
    found: set[_Asked] = set()
    for start in range(0, len(everyone), _MOST_COLUMNS):
        actors = everyone[start : start + _MOST_COLUMNS]
        answers = [condition(actor).label(f"actor_{place}") for place, actor in enumerate(actors)]
        for subject_id, *may_see in db.session.execute(sa.select(column, *answers).where(column.in_(ids))):
            found |= {(actor, subject_id) for actor, may in zip(actors, may_see, strict=True) if may}
    return found


_OTHERS: dict[str, type[Any]] = {
    "qa_entry": QaEntry,
    "qa_edition": QaEdition,
    "absence": Absence,
    "campaign": Campaign,
    "passed_paper": PassedPaper,
    "roster_replacement": RosterReplacement,
}


def _condition_of(viewable_by: Callable[[Actor], sa.Select[Any]]) -> _Condition:
    """What a policy demands that says it as a whole select."""

    def condition(actor: Actor) -> sa.ColumnElement[bool]:
        demanded = viewable_by(actor).whereclause
        return sa.true() if demanded is None else demanded

    return condition


def _absence_condition(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.or_(Absence.membership_id == actor.membership_id, Absence.substitute_id == actor.membership_id)


def _roster_condition(actor: Actor) -> sa.ColumnElement[bool]:
    own = RosterReplacement.membership_id == actor.membership_id
    return sa.false() if actor.is_standing_in else own


_CONDITIONS: dict[str, tuple[_Id, _Condition]] = {
    "issue": (Issue.id, issue_policy.viewable_by),
    "guidance": (Guidance.id, _condition_of(guidance_policy.viewable_by)),
    "qa_entry": (QaEntry.id, knowledge_policy.viewable_by),
    "circulation": (Circulation.id, circulation_policy.viewable_by),
    "passed_paper": (PassedPaper.id, circulation_policy.passed_viewable_by),
    "campaign": (Campaign.id, _condition_of(campaign_policy.viewable_by)),
    "contact": (Contact.id, liaison_policy.viewable_by),
    "qa_edition": (QaEdition.id, edition_policy.viewable_by),
    "absence": (Absence.id, _absence_condition),
    "roster_replacement": (RosterReplacement.id, _roster_condition),
}
