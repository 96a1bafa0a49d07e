"""What a form is made from: the entries that an office answers, the questions, last round's answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.answering.extending import due_of
from portal.answering.queries import list_questions_before
from portal.answering.taking_over import LastRound
from portal.campaigns.models import Campaign, Entry, Participation, Procedure, Question
from portal.campaigns.queries import find_participation, list_questions, loaded
from portal.campaigns.states import ANSWERED
from portal.core.db import db
from portal.core.errors import NotFound
from portal.directory.actor import Actor
from portal.workbooks import policy
from portal.workbooks.marks import EntryMark, FormMark, digest_of
from portal.workbooks.states import FormKind


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was read of another copy of the form: the mark of an entry, and its cells by the key of their slot."""

    mark: EntryMark
    cells: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class FormContent:
    """Everything that stands in a form of answers.

    ``previous`` holds last round's answers by body and code of the procedure; ``kept`` by entry what a clean copy
    takes over.
    """

    campaign: Campaign
    mark: FormMark
    office: str
    due_on: date | None
    entries: Sequence[Entry]
    questions: Sequence[Question]
    shown: frozenset[int]
    answerable: frozenset[int]
    previous: Mapping[tuple[int, str], Mapping[str, Any]] = field(default_factory=dict)
    kept: Mapping[int, Kept] = field(default_factory=dict)

    @property
    def is_area(self) -> bool:
        """Whether many bodies stand in it, each in a row."""
        return self.mark.scope.startswith("A")

    def questions_of(self, procedure: Procedure) -> list[Question]:
        """What is asked about the procedure."""
        return [each for each in self.questions if each.procedure_id in {None, procedure.id}]

    def by_procedure(self) -> list[tuple[Procedure, list[Entry]]]:
        """The entries of each procedure, in the order of procedures."""
        found: dict[int, tuple[Procedure, list[Entry]]] = {}
        for entry in self.entries:
            found.setdefault(entry.procedure_id, (entry.procedure, []))[1].append(entry)
        return list(found.values())

    def mark_of(self, entry: Entry) -> EntryMark:
        """The mark that the entry's sheet or row carries."""
        kept = self.kept.get(entry.id)
        if kept is not None:
            return kept.mark
        return EntryMark(entry_id=entry.id, version=entry.version, is_shown=entry.id in self.shown)

    def answers_of(self, entry: Entry) -> Mapping[str, Any]:
        """What stands in the form of the entry's answers."""
        return entry.answers if entry.id in self.shown else {}

    def previous_of(self, entry: Entry) -> Mapping[str, Any]:
        """Last round's answers of the entry."""
        return self.previous.get((entry.organisation_id, entry.procedure.code), {})


def scope_of(actor: Actor, campaign: Campaign, *, is_area: bool) -> str:
    """Whose form it is: one body's part, or a prefecture's area. Raises NotFound where there is none."""
    if is_area:
        if not policy.is_area(actor) or not actor.prefecture_code:
            raise NotFound
        return f"A{actor.prefecture_code}"
    own = find_participation(actor, campaign)
    if own is None:
        raise NotFound
    return f"B{own.id}"


def collect_form(
    actor: Actor, campaign: Campaign, *, is_area: bool, kept: Mapping[int, Kept] | None = None
) -> FormContent:
    """What the actor's form holds. Raises NotFound where the actor has none. Five statements."""
    scope = scope_of(actor, campaign, is_area=is_area)
    entries = list_entries(actor, campaign, is_area=is_area)
    if not entries:
        raise NotFound
    questions = list_questions(campaign)
    own = None if is_area else entries[0].participation
    return FormContent(
        campaign=campaign,
        mark=FormMark(kind=FormKind.ANSWERS, campaign_id=campaign.id, scope=scope, digest=digest_of(questions)),
        office=f"{actor.organisation_name}内の市区町村" if is_area else actor.organisation_name,
        due_on=due_of(campaign, own),
        entries=entries,
        questions=questions,
        shown=frozenset(each.id for each in entries if policy.is_shown(actor, each)),
        answerable=frozenset(each.id for each in entries if policy.can_fill_in(actor, campaign, each)),
        previous=_list_previous(campaign, questions, entries, is_area=is_area),
        kept=kept or {},
    )


def list_entries(actor: Actor, campaign: Campaign, *, is_area: bool) -> Sequence[Entry]:
    """The entries of the actor's own body, or of all municipalities of the prefecture, by procedure and body."""
    select = sa.select(Entry).join(Procedure, Procedure.id == Entry.procedure_id)
    select = select.join(Participation, Participation.id == Entry.participation_id)
    if is_area:
        scope = sa.and_(Entry.prefecture_code == actor.prefecture_code, sa.not_(Participation.is_prefecture))
    else:
        scope = Entry.organisation_id == actor.organisation_id
    return db.session.scalars(
        select.where(Entry.campaign_id == campaign.id, scope)
        .options(*loaded())
        .order_by(Procedure.position, Procedure.id, Participation.organisation_code)
    ).all()


def has_area(actor: Actor, campaign: Campaign) -> bool:
    """Whether the actor's prefecture has municipalities in the campaign. One statement, for prefectures alone."""
    if not policy.is_area(actor):
        return False
    of_area = sa.exists().where(
        Participation.campaign_id == campaign.id,
        Participation.prefecture_code == actor.prefecture_code,
        sa.not_(Participation.is_prefecture),
    )
    return bool(db.session.scalar(sa.select(of_area)))


def _list_previous(
    campaign: Campaign, questions: Sequence[Question], entries: Sequence[Entry], *, is_area: bool
) -> dict[tuple[int, str], Mapping[str, Any]]:
    """Last round's answers that fit what is asked now."""
    if campaign.previous_id is None:
        return {}
    asked = {each.code: each for each in list_questions_before(campaign)}
    other = orm.aliased(Procedure)
    select = (
        sa.select(Entry.organisation_id, other.code, Entry.answers)
        .join(other, other.id == Entry.procedure_id)
        .where(
            Entry.campaign_id == campaign.previous_id,
            Entry.organisation_id.in_({each.organisation_id for each in entries}),
        )
    )
    if is_area:
        select = select.where(Entry.state.in_(ANSWERED))  # what came back may be being written anew
    return {
        (body, code): LastRound(answers=answers, asked=asked).shown(questions)
        for body, code, answers in db.session.execute(select)
    }
