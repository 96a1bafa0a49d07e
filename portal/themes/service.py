"""Changing themes, their sub-topics and the routing table."""

import re
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.errors import Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.changes import facts_added, set_facts
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.themes import policy
from portal.themes.events import RouteChanged, ThemeChanged
from portal.themes.models import RoutingRule, SubTopic, Theme


@dataclass(frozen=True, kw_only=True)
class TopicFacts:
    """What may change about a theme or a sub-topic."""

    name: str
    name_en: str
    is_active: bool = True


def add_theme(
    actor: Actor, *, code: str, letter: str, facts: TopicFacts, division_id: int, confirmed: bool = False
) -> Theme:
    """Add a theme at the end with its route. Code and letter never change afterwards: they stand in issue numbers."""
    _authorize(actor)
    values = _checked(facts, confirmed)
    identity = {"code": _free_code(code), "letter": _free_letter(letter)}
    theme = Theme(position=_last_position(sa.select(sa.func.max(Theme.position))), **identity, **values)
    db.session.add(theme)
    db.session.flush()
    emit(actor, ThemeChanged(theme_id=theme.id, changes=facts_added({**identity, **values})))
    set_route(actor, theme, None, division_id=division_id)
    return theme


def change_theme(
    actor: Actor, theme: Theme, *, version: int | None, facts: TopicFacts, division_id: int, confirmed: bool = False
) -> None:
    """Change a theme's names, whether it can be chosen, and its route. Raises Conflict for a stale version."""
    _authorize(actor)
    theme.check_version(version)
    changes = set_facts(theme, _checked(facts, confirmed))
    if changes:
        emit(actor, ThemeChanged(theme_id=theme.id, changes=changes))
    set_route(actor, theme, None, division_id=division_id)


def add_sub_topic(
    actor: Actor, theme: Theme, *, facts: TopicFacts, division_id: int | None = None, confirmed: bool = False
) -> SubTopic:
    """Add a sub-topic at the end of the theme; without a division of its own it follows the theme's route."""
    _authorize(actor)
    values = _checked(facts, confirmed)
    _refuse_twin(theme.id, facts.name, None)
    last = sa.select(sa.func.max(SubTopic.position)).where(SubTopic.theme_id == theme.id)
    sub_topic = SubTopic(theme_id=theme.id, position=_last_position(last), **values)
    db.session.add(sub_topic)
    db.session.flush()
    emit(actor, ThemeChanged(theme_id=theme.id, sub_topic_id=sub_topic.id, changes=facts_added(values)))
    set_route(actor, theme, sub_topic, division_id=division_id)
    return sub_topic


def change_sub_topic(
    actor: Actor,
    sub_topic: SubTopic,
    *,
    version: int | None,
    facts: TopicFacts,
    division_id: int | None,
    confirmed: bool = False,
) -> None:
    """Change a sub-topic (loaded with its theme) and its route. Raises Conflict for a stale version."""
    _authorize(actor)
    sub_topic.check_version(version)
    values = _checked(facts, confirmed)
    _refuse_twin(sub_topic.theme_id, facts.name, sub_topic.id)
    changes = set_facts(sub_topic, values)
    if changes:
        emit(actor, ThemeChanged(theme_id=sub_topic.theme_id, sub_topic_id=sub_topic.id, changes=changes))
    set_route(actor, sub_topic.theme, sub_topic, division_id=division_id)


def set_route(actor: Actor, theme: Theme, sub_topic: SubTopic | None, *, division_id: int | None) -> None:
    """Lead a theme or sub-topic to a division; None takes a sub-topic's own rule away, so that the theme's holds."""
    _authorize(actor)
    sub_topic_id = sub_topic.id if sub_topic else None
    rule = db.session.scalar(
        sa.select(RoutingRule).where(
            RoutingRule.theme_id == theme.id, RoutingRule.sub_topic_id.is_not_distinct_from(sub_topic_id)
        )
    )
    before = rule.division_id if rule else None
    if division_id is None:
        if sub_topic is None:
            raise Invalid(N_("テーマの担当課を選んでください。"), field="division_id")
        if rule is not None:
            db.session.delete(rule)
    else:
        _check_division(division_id)
        if rule is None:
            db.session.add(RoutingRule(theme_id=theme.id, sub_topic_id=sub_topic_id, division_id=division_id))
        else:
            rule.division_id = division_id
    if before != division_id:
        emit(
            actor,
            RouteChanged(
                theme_id=theme.id, sub_topic_id=sub_topic_id, previous_division_id=before, division_id=division_id
            ),
        )
    db.session.flush()


def move_theme(actor: Actor, theme: Theme, *, up: bool) -> None:
    """Exchange the theme with its neighbour in the order."""
    _authorize(actor)
    rows = list(db.session.scalars(sa.select(Theme).order_by(Theme.position, Theme.id)))
    before = theme.position
    if _move(rows, theme, up=up):
        emit(actor, ThemeChanged(theme_id=theme.id, changes={"position": [before, theme.position]}))
    db.session.flush()


def move_sub_topic(actor: Actor, sub_topic: SubTopic, *, up: bool) -> None:
    """Exchange the sub-topic with its neighbour within its theme."""
    _authorize(actor)
    rows = list(
        db.session.scalars(
            sa.select(SubTopic).where(SubTopic.theme_id == sub_topic.theme_id).order_by(SubTopic.position, SubTopic.id)
        )
    )
    before = sub_topic.position
    if _move(rows, sub_topic, up=up):
        emit(
            actor,
            ThemeChanged(
                theme_id=sub_topic.theme_id,
                sub_topic_id=sub_topic.id,
                changes={"position": [before, sub_topic.position]},
            ),
        )
    db.session.flush()


def _authorize(actor: Actor) -> None:
    if not policy.can_administer_themes(actor):
        raise Forbidden


def _checked(facts: TopicFacts, confirmed: bool) -> dict[str, str | bool]:
    values = asdict(facts)
    for name, message in (("name", N_("名称を入力してください。")), ("name_en", N_("英語の名称を入力してください。"))):
        check_text(name, values[name], confirmed)
        values[name] = " ".join(values[name].split())
        if not values[name]:
            raise Invalid(message, field=name)
    return values


def _free_code(text: str) -> str:
    code = text.strip().lower()
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,31}", code):
        raise Invalid(N_("コードは半角の英小文字、数字、ハイフンで入力してください。"), field="code")
    if db.session.scalar(sa.select(Theme.id).where(Theme.code == code)) is not None:
        raise Invalid(N_("このコードは、すでに使われています。"), field="code")
    return code


def _free_letter(text: str) -> str:
    letter = text.strip().upper()
    if not re.fullmatch(r"[A-Z]", letter):
        raise Invalid(N_("番号の文字は、半角の英大文字1字で入力してください。"), field="letter")
    if db.session.scalar(sa.select(Theme.id).where(Theme.letter == letter)) is not None:
        raise Invalid(N_("この文字は、すでに使われています。"), field="letter")
    return letter


def _refuse_twin(theme_id: int, name: str, sub_topic_id: int | None) -> None:
    twin = db.session.scalar(
        sa.select(SubTopic.id).where(SubTopic.theme_id == theme_id, SubTopic.name == " ".join(name.split()))
    )
    if twin is not None and twin != sub_topic_id:
        raise Invalid(N_("このテーマには、同じ名称の小分類があります。"), field="name")


def _check_division(division_id: int) -> None:
    division = db.session.get(Organisation, division_id)
    if division is None or division.kind is not OrganisationKind.DIVISION:
        raise Invalid(N_("担当課を選んでください。"), field="division_id")


def _last_position(highest: sa.Select[int]) -> int:
    last = db.session.scalar(highest)
    return 0 if last is None else last + 1


def _move(rows: list[Any], row: Theme | SubTopic, *, up: bool) -> bool:
    """Number the rows from 0 with ``row`` one place up or down; False at the end of the list."""
    place = rows.index(row)
    target = place - 1 if up else place + 1
    if not 0 <= target < len(rows):
        return False
    rows[place], rows[target] = rows[target], rows[place]
    for position, other in enumerate(rows):
        other.position = position
    return True
