"""What a body sees of its own answers: each procedure with its progress, what came back, which section answers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from portal.answering import policy
from portal.answering.models import AnswerAssignment, AnswerReturn
from portal.answering.question_sets import QuestionSet, load_question_set
from portal.campaigns.answers import Problem
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.campaigns.queries import loaded
from portal.campaigns.states import ANSWERABLE, CampaignState, EntryState
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import NotFound
from portal.directory.actor import Actor

_MOST_TASKS = 100


@dataclass(frozen=True, kw_only=True)
class OwnLine:
    """A procedure of the body: how far it is, what is missing, what came back and waits, who answers it."""

    entry: Entry
    answered: int
    asked: int
    problems: Sequence[Problem]
    returns: Sequence[AnswerReturn]
    assignments: Sequence[AnswerAssignment]

    @property
    def is_open(self) -> bool:
        """Whether the body still has to submit it."""
        return self.entry.state in ANSWERABLE

    @property
    def is_untouched(self) -> bool:
        """Whether it came back and nothing has been changed since."""
        changed_at = self.entry.changed_at
        return any(changed_at is None or changed_at <= each.returned_at for each in self.returns)

    @property
    def is_ready(self) -> bool:
        """Whether it could be submitted as it stands."""
        is_waiting = self.entry.state is EntryState.PENDING or self.is_untouched
        return self.is_open and not self.problems and not is_waiting


@dataclass(frozen=True, kw_only=True)
class SectionTask:
    """What the actor's section is to answer in a running campaign."""

    campaign: Campaign
    entry: Entry
    assignment: AnswerAssignment

    @property
    def due_on(self) -> date | None:
        """The inner due, else the body's."""
        return self.assignment.due_on or self.entry.participation.due_on or self.campaign.survey_due_on


@dataclass(frozen=True, kw_only=True)
class SectionLine:
    """How far a section of the body is: parts given to it, those ready, those whose inner due has passed."""

    section_id: int
    name: str
    given: int
    ready: int
    late: int


def list_own_entries(actor: Actor, campaign: Campaign) -> Sequence[Entry]:
    """The procedures that the actor's body answers, those of bodies merged into it included. One statement."""
    return db.session.scalars(
        sa.select(Entry)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .join(Participation, Participation.id == Entry.participation_id)
        .where(Entry.campaign_id == campaign.id, Entry.organisation_id == actor.organisation_id)
        .options(*loaded())
        .order_by(
            Participation.organisation_id != actor.organisation_id,
            Participation.organisation_code,
            Procedure.position,
            Procedure.id,
        )
    ).all()


def list_own_lines(actor: Actor, campaign: Campaign) -> list[OwnLine]:
    """Every procedure that the body answers. Five statements, whatever their number."""
    entries = list_own_entries(actor, campaign)
    asked = load_question_set(campaign)
    ids = [each.id for each in entries]
    returns: dict[int, list[AnswerReturn]] = {}
    for each in db.session.scalars(
        sa.select(AnswerReturn)
        .where(AnswerReturn.entry_id.in_(ids), AnswerReturn.settled_at.is_(None))
        .order_by(AnswerReturn.id)
    ):
        returns.setdefault(each.entry_id, []).append(each)
    assignments: dict[int, list[AnswerAssignment]] = {}
    for given in list_assignments(actor, ids):
        assignments.setdefault(given.entry_id, []).append(given)
    return [_line(each, asked, returns.get(each.id, []), assignments.get(each.id, [])) for each in entries]


def list_assignments(actor: Actor, entry_ids: Sequence[int]) -> Sequence[AnswerAssignment]:
    """What the actor's body gave to its sections of these entries; nothing for anybody else. One statement."""
    return db.session.scalars(
        sa.select(AnswerAssignment)
        .join(Entry, Entry.id == AnswerAssignment.entry_id)
        .where(AnswerAssignment.entry_id.in_(entry_ids), policy.assignments_viewable_by(actor))
        .options(orm.contains_eager(AnswerAssignment.entry))
        .order_by(AnswerAssignment.id)
    ).all()


def get_assignment(actor: Actor, campaign: Campaign, assignment_id: int) -> AnswerAssignment:
    """One of them, with its entry. Raises NotFound."""
    found = db.session.scalar(
        sa.select(AnswerAssignment)
        .join(Entry, Entry.id == AnswerAssignment.entry_id)
        .where(
            AnswerAssignment.id == assignment_id,
            Entry.campaign_id == campaign.id,
            policy.assignments_viewable_by(actor),
        )
        .options(orm.contains_eager(AnswerAssignment.entry))
    )
    if found is None:
        raise NotFound
    return found


def list_section_tasks(actor: Actor) -> list[SectionTask]:
    """What the actor's section has to answer in running campaigns, by due. One statement."""
    if not actor.is_local or actor.section_id is None:
        return []
    due = sa.func.coalesce(AnswerAssignment.due_on, Participation.due_on, Campaign.survey_due_on)
    rows = db.session.execute(
        sa.select(Campaign, Entry, AnswerAssignment)
        .join(Entry, Entry.id == AnswerAssignment.entry_id)
        .join(Campaign, Campaign.id == Entry.campaign_id)
        .join(Participation, Participation.id == Entry.participation_id)
        .where(
            AnswerAssignment.section_id == actor.section_id,
            AnswerAssignment.ready_at.is_(None),
            policy.assignments_viewable_by(actor),
            Campaign.state == CampaignState.PUBLISHED,
            Entry.state.in_(ANSWERABLE),
        )
        .options(
            orm.joinedload(Campaign.office),
            orm.contains_eager(Entry.participation),
            orm.joinedload(Entry.procedure),
            orm.contains_eager(AnswerAssignment.entry),
        )
        .order_by(due, AnswerAssignment.id)
        .limit(_MOST_TASKS)
    )
    return [SectionTask(campaign=campaign, entry=entry, assignment=given) for campaign, entry, given in rows]


def count_by_section(lines: Sequence[OwnLine]) -> list[SectionLine]:
    """How far each section is with what it was given, those behind first."""
    today = japan_date(clock.now())
    by_section: dict[int, list[AnswerAssignment]] = {}
    for line in lines:
        for each in line.assignments:
            if line.is_open or each.ready_at is not None:
                by_section.setdefault(each.section_id, []).append(each)
    found = [
        SectionLine(
            section_id=section_id,
            name=given[0].section_name,
            given=len(given),
            ready=sum(each.ready_at is not None for each in given),
            late=sum(each.ready_at is None and each.due_on is not None and each.due_on < today for each in given),
        )
        for section_id, given in by_section.items()
    ]
    return sorted(found, key=lambda each: (-each.late, each.ready - each.given, each.name))


def _line(
    entry: Entry, asked: QuestionSet, returns: Sequence[AnswerReturn], assignments: Sequence[AnswerAssignment]
) -> OwnLine:
    answered, total = asked.progress_of(entry)
    problems = asked.problems_of(entry) if entry.state in ANSWERABLE else []
    return OwnLine(
        entry=entry, answered=answered, asked=total, problems=problems, returns=returns, assignments=assignments
    )


def count_own_states(actor: Actor, campaign: Campaign) -> dict[EntryState, int] | None:
    """How many of the body's procedures stand in each state; None where it is not asked. One statement."""
    rows = db.session.execute(
        sa.select(Entry.state, sa.func.count())
        .where(Entry.campaign_id == campaign.id, Entry.organisation_id == actor.organisation_id)
        .group_by(Entry.state)
    )
    return {state: count for state, count in rows} or None
