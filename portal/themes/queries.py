"""Reading of themes, sub-topics and the routing table. Themes are no secret: nothing here depends on the actor."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import NotFound
from portal.directory.models import Organisation
from portal.themes.models import RoutingRule, SubTopic, Theme


def list_themes(*, with_inactive: bool = False, with_sub_topics: bool = True) -> Sequence[Theme]:
    """The themes in their order, each with all its sub-topics loaded unless told otherwise. Two statements, or one."""
    statement = sa.select(Theme).order_by(Theme.position, Theme.id)
    if with_sub_topics:
        statement = statement.options(orm.selectinload(Theme.sub_topics))
    if not with_inactive:
        statement = statement.where(Theme.is_active)
    return db.session.scalars(statement).all()


def list_sub_topics(theme_id: int | None = None, *, with_inactive: bool = False) -> Sequence[SubTopic]:
    """The sub-topics of a theme, or of all active themes, in the order of the themes, each with its theme loaded."""
    statement = (
        sa.select(SubTopic)
        .join(SubTopic.theme)
        .options(orm.contains_eager(SubTopic.theme))
        .order_by(Theme.position, Theme.id, SubTopic.position, SubTopic.id)
    )
    if theme_id is not None:
        statement = statement.where(SubTopic.theme_id == theme_id)
    if not with_inactive:
        statement = statement.where(SubTopic.is_active, Theme.is_active)
    return db.session.scalars(statement).all()


def find_theme(theme_id: int) -> Theme | None:
    """The theme with its sub-topics, active or not."""
    return db.session.scalar(sa.select(Theme).where(Theme.id == theme_id).options(orm.selectinload(Theme.sub_topics)))


def get_theme(theme_id: int) -> Theme:
    """The theme with its sub-topics. Raises NotFound."""
    theme = find_theme(theme_id)
    if theme is None:
        raise NotFound
    return theme


def get_sub_topic(sub_topic_id: int) -> SubTopic:
    """The sub-topic with its theme. Raises NotFound."""
    found = db.session.scalar(
        sa.select(SubTopic).where(SubTopic.id == sub_topic_id).options(orm.joinedload(SubTopic.theme))
    )
    if found is None:
        raise NotFound
    return found


def division_for(theme_id: int, sub_topic_id: int | None = None) -> Organisation | None:
    """The division that the routing table names: the sub-topic's own rule, else the theme's, else None."""
    topic: sa.ColumnElement[bool] = RoutingRule.sub_topic_id.is_(None)
    if sub_topic_id is not None:
        topic = sa.or_(topic, RoutingRule.sub_topic_id == sub_topic_id)
    return db.session.scalars(
        sa.select(Organisation)
        .join(RoutingRule, RoutingRule.division_id == Organisation.id)
        .where(RoutingRule.theme_id == theme_id, topic)
        .order_by(sa.case((RoutingRule.sub_topic_id.is_(None), 1), else_=0))
        .limit(1)
    ).first()


def list_routes() -> dict[tuple[int, int | None], Organisation]:
    """The routing table: (theme id, sub-topic id or None for the theme's own rule) → division."""
    rules = db.session.scalars(sa.select(RoutingRule).options(orm.joinedload(RoutingRule.division)))
    return {(rule.theme_id, rule.sub_topic_id): rule.division for rule in rules}
