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
from portal.directory.actor import Actor
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
    """The ids of those lines whose subject one of the actors may see. One statement for each kind and circle."""
    wanted = list(lines)
    seen = {line.id for line in wanted if line.kind in _KNOWN_TO_ALL and actors}
    for kind in {line.subject_kind for line in wanted}:
        of_kind = [line for line in wanted if line.subject_kind == kind]
        for audience, ministry_id in {_circle(line) for line in of_kind}:
            allowed = [actor for actor in actors if _hears(actor, audience, ministry_id)]
            group = [line for line in of_kind if _circle(line) == (audience, ministry_id)]
            ids = _visible_ids(kind, allowed, {line.subject_id for line in group})
            seen |= {line.id for line in group if line.subject_id in ids}
    return seen - _of_hidden_bodies(actors, [line for line in wanted if line.id in seen])


def body_of(line: Notification) -> int | None:
    """Of a line about one body's part in a campaign the body, which fewer may see than the campaign."""
    return line.facts.get("body_id") if line.subject_kind == "campaign" else None


def _of_hidden_bodies(actors: Sequence[Actor], lines: Sequence[Notification]) -> set[int]:
    """The lines about bodies that none of the actors may see. One statement, none without such lines."""
    bodies = {line.id: body for line in lines if (body := body_of(line)) is not None}
    if not bodies:
        return set()
    may = sa.or_(*(campaign_policy.bodies_viewable_by(actor) for actor in actors))
    seen = set(db.session.scalars(sa.select(Organisation.id).where(Organisation.id.in_(set(bodies.values())), may)))
    return {line_id for line_id, body in bodies.items() if body not in seen}


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


def _visible_ids(kind: str, actors: Sequence[Actor], ids: set[int]) -> set[int]:
    if not actors or not ids:
        return set()
    if kind in _BY_ROLE:
        return ids if any(actor.role in _BY_ROLE[kind] for actor in actors) else set()
    if kind not in _CONDITIONS:
        return set()
    column, condition = _CONDITIONS[kind]
    may = sa.or_(*(condition(actor) for actor in actors))
    return set(db.session.scalars(sa.select(column).where(column.in_(ids), may)))


_OTHERS: dict[str, type[Any]] = {
    "qa_entry": QaEntry,
    "qa_edition": QaEdition,
    "absence": Absence,
    "campaign": Campaign,
    "passed_paper": PassedPaper,
    "roster_replacement": RosterReplacement,
}


def _guidance_condition(actor: Actor) -> sa.ColumnElement[bool]:
    return Guidance.id.in_(guidance_policy.viewable_by(actor).with_only_columns(Guidance.id).correlate(None))


def _campaign_condition(actor: Actor) -> sa.ColumnElement[bool]:
    return Campaign.id.in_(campaign_policy.viewable_by(actor).with_only_columns(Campaign.id).correlate(None))


def _absence_condition(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.or_(Absence.membership_id == actor.membership_id, Absence.substitute_id == actor.membership_id)


def _roster_condition(actor: Actor) -> sa.ColumnElement[bool]:
    own = RosterReplacement.membership_id == actor.membership_id
    return sa.false() if actor.is_standing_in else own


_CONDITIONS: dict[str, tuple[orm.InstrumentedAttribute[int], Callable[[Actor], sa.ColumnElement[bool]]]] = {
    "issue": (Issue.id, issue_policy.viewable_by),
    "guidance": (Guidance.id, _guidance_condition),
    "qa_entry": (QaEntry.id, knowledge_policy.viewable_by),
    "circulation": (Circulation.id, circulation_policy.viewable_by),
    "passed_paper": (PassedPaper.id, circulation_policy.passed_viewable_by),
    "campaign": (Campaign.id, _campaign_condition),
    "contact": (Contact.id, liaison_policy.viewable_by),
    "qa_edition": (QaEdition.id, edition_policy.viewable_by),
    "absence": (Absence.id, _absence_condition),
    "roster_replacement": (RosterReplacement.id, _roster_condition),
}
