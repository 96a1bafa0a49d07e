"""Bodies × facts of one guidance item: figures, figures by prefecture, and the list by status."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind, Role
from portal.guidance import policy
from portal.guidance.models import Guidance, Receipt, Recipient
from portal.guidance.states import BodyClass, Fact, ResponseState

LEAST_COUNTED = 3  # of fewer bodies a figure would say what one of them did
_INSTANT_OF: dict[Fact, Any] = {
    Fact.DELIVERED: Recipient.delivered_at,
    Fact.OPENED: Recipient.opened_at,
    Fact.RECEIVED: Recipient.received_at,
    Fact.RESPONDED: Recipient.responded_at,
}


@dataclass(frozen=True, kw_only=True)
class FactCounts:
    """How many bodies there are and how many of them each fact holds of."""

    total: int = 0
    delivered: int = 0
    opened: int = 0
    received: int = 0
    responded: int = 0

    def of(self, fact: Fact) -> int:
        """The figure of one fact."""
        return int(getattr(self, fact.value))

    def share(self, fact: Fact) -> int:
        """The figure in per cent of the bodies, cut, not rounded: 100 means all."""
        return self.of(fact) * 100 // self.total if self.total else 0


@dataclass(frozen=True, kw_only=True)
class PrefectureFacts:
    """The figures of one prefecture; ``code`` is None for associations and ministries."""

    code: str | None
    name: str
    name_en: str | None
    facts: FactCounts


@dataclass(frozen=True, kw_only=True)
class ClassFacts:
    """The figures of one class of bodies."""

    body_class: BodyClass
    facts: FactCounts


@dataclass(frozen=True, kw_only=True)
class RecipientFilters:
    """What narrows the list: a prefecture, a class of bodies, a fact that holds or is missing, a response."""

    prefecture: str | None = None
    body_class: BodyClass | None = None
    fact: Fact | None = None
    is_missing: bool = False
    response: ResponseState | None = None


@dataclass(frozen=True, kw_only=True)
class RecipientRow:
    """One body of the list with the receipts of its sections."""

    recipient: Recipient
    receipts: list[Receipt]


def count_facts(actor: Actor, guidance: Guidance) -> FactCounts:
    """The four figures over the recipients that count for the actor. One statement."""
    row = db.session.execute(
        sa.select(*_figures()).where(
            Recipient.guidance_id == guidance.id, policy.recipients_countable_by(actor, guidance)
        )
    ).one()
    return _counts(row)


def count_facts_of(actor: Actor, items: Sequence[Guidance]) -> dict[int, FactCounts]:
    """The figures of several items, by guidance id, for those whose recipients the actor may see. One statement."""
    ways = [
        sa.and_(Recipient.guidance_id == item.id, policy.recipients_countable_by(actor, item))
        for item in items
        if policy.can_see_matrix(actor, item)
    ]
    if not ways:
        return {}
    rows = db.session.execute(
        sa.select(Recipient.guidance_id, *_figures())
        .where(Recipient.guidance_id.in_([item.id for item in items]), sa.or_(*ways))
        .group_by(Recipient.guidance_id)
    )
    return {row[0]: _counts(row[1:]) for row in rows}


def count_facts_by_prefecture(actor: Actor, guidance: Guidance) -> list[PrefectureFacts]:
    """The figures of each prefecture in the order of codes, others last; see ``_all_or_none``. One statement."""
    prefecture = sa.orm.aliased(Organisation)
    rows = db.session.execute(
        sa.select(Recipient.prefecture_code, prefecture.name, prefecture.name_en, *_figures())
        .outerjoin(
            prefecture,
            sa.and_(
                prefecture.prefecture_code == Recipient.prefecture_code, prefecture.kind == OrganisationKind.PREFECTURE
            ),
        )
        .where(Recipient.guidance_id == guidance.id, policy.recipients_countable_by(actor, guidance))
        .group_by(Recipient.prefecture_code, prefecture.name, prefecture.name_en)
    )
    found = [PrefectureFacts(code=row[0], name=row[1] or "", name_en=row[2], facts=_counts(row[3:])) for row in rows]
    told = _all_or_none(actor, [each.facts for each in found if each.code is not None or each.facts.total > 1])
    return sorted(found, key=lambda each: (each.code is None, each.code)) if told else []


def count_facts_by_class(actor: Actor, guidance: Guidance) -> list[ClassFacts]:
    """The figures of each class of bodies that the paper went to, in the order of the classes.

    See ``_all_or_none``. One statement.
    """
    body_class = _class_of()
    rows = db.session.execute(
        sa.select(body_class, *_figures())
        .join(Organisation, Organisation.id == Recipient.organisation_id)
        .where(Recipient.guidance_id == guidance.id, policy.recipients_countable_by(actor, guidance))
        .group_by(body_class)
    )
    found = {row[0]: _counts(row[1:]) for row in rows}
    told = [ClassFacts(body_class=each, facts=found[each.value]) for each in BodyClass if each.value in found]
    others = [each.facts for each in told if each.body_class is not BodyClass.ASSOCIATION or each.facts.total > 1]
    return told if _all_or_none(actor, others) else []


def _all_or_none(actor: Actor, lines: Sequence[FactCounts]) -> bool:
    """Whether the actor may read these lines: for an association none may tell of one or two bodies alone."""
    return actor.role is not Role.ASSOCIATION or all(line.total >= LEAST_COUNTED for line in lines)


def count_responses(actor: Actor, guidance: Guidance) -> list[tuple[ResponseState, int]]:
    """How many bodies stand at each response, in the order of the enumeration. One statement."""
    rows = db.session.execute(
        sa.select(Recipient.response, sa.func.count())
        .where(Recipient.guidance_id == guidance.id, policy.recipients_countable_by(actor, guidance))
        .group_by(Recipient.response)
    )
    counts = dict(rows.all())
    return [(state, counts[state]) for state in ResponseState if state in counts]


def list_recipients(
    actor: Actor, guidance: Guidance, filters: RecipientFilters, *, cursor: str | None = None, size: int = 100
) -> Page[RecipientRow]:
    """The recipients that the actor may see one by one, in the order of codes, with their receipts. Two statements."""
    select = select_recipients(actor, guidance, filters)
    page: Page[Recipient] = paginate(db.session, select, order=[Recipient.organisation_code], cursor=cursor, size=size)
    receipts: dict[int, list[Receipt]] = {}
    for receipt in db.session.scalars(
        sa.select(Receipt).where(Receipt.recipient_id.in_([row.id for row in page])).order_by(Receipt.id)
    ):
        receipts.setdefault(receipt.recipient_id, []).append(receipt)
    return page.with_items([RecipientRow(recipient=row, receipts=receipts.get(row.id, [])) for row in page])


def select_recipients(actor: Actor, guidance: Guidance, filters: RecipientFilters) -> sa.Select[Recipient]:
    """The recipients that the actor may see one by one, narrowed."""
    select = sa.select(Recipient).where(
        Recipient.guidance_id == guidance.id, policy.recipients_viewable_by(actor, guidance)
    )
    if filters.prefecture:
        select = select.where(Recipient.prefecture_code == filters.prefecture)
    if filters.body_class:
        of_class = sa.select(Organisation.id).where(_class_of() == filters.body_class.value)
        select = select.where(Recipient.organisation_id.in_(of_class))
    if filters.fact:
        instant = _INSTANT_OF[filters.fact]
        select = select.where(instant.is_(None) if filters.is_missing else instant.is_not(None))
    if filters.response:
        select = select.where(Recipient.response == filters.response)
    return select


def get_recipient(actor: Actor, guidance: Guidance, recipient_id: int) -> Recipient:
    """One recipient that the actor may see. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Recipient).where(
            Recipient.id == recipient_id,
            Recipient.guidance_id == guidance.id,
            policy.recipients_viewable_by(actor, guidance),
        )
    )
    if found is None:
        raise NotFound
    return found


def _class_of() -> sa.ColumnElement[str]:
    """The class of an organisation: its kind, but for the cities that are core cities."""
    is_core = sa.and_(Organisation.kind == OrganisationKind.CITY, Organisation.is_core_city)
    return sa.case((is_core, sa.literal(BodyClass.CORE_CITY.value)), else_=sa.cast(Organisation.kind, sa.String))


def _figures() -> list[sa.ColumnElement[int]]:
    return [sa.func.count(Recipient.id), *(sa.func.count(_INSTANT_OF[fact]) for fact in Fact)]


def _counts(row: Any) -> FactCounts:
    total, delivered, opened, received, responded = row
    return FactCounts(total=total, delivered=delivered, opened=opened, received=received, responded=responded)
