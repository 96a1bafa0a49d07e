"""Themes, their sub-topics and the routing table that leads from them to a division."""

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, Key, Versioned
from portal.directory.models import Organisation


class Theme(Versioned, Base):
    """A theme of cooperation; ``letter`` stands in issue numbers (R8-L-000123) and never changes once used."""

    __tablename__ = "theme"

    id: orm.Mapped[Key]
    code: orm.Mapped[str] = orm.mapped_column(sa.String(32), unique=True)
    letter: orm.Mapped[str] = orm.mapped_column(sa.String(1), unique=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(50))
    name_en: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    position: orm.Mapped[int] = orm.mapped_column(default=0)
    is_active: orm.Mapped[bool] = orm.mapped_column(default=True)

    sub_topics: orm.Mapped[list["SubTopic"]] = orm.relationship(
        back_populates="theme", order_by="SubTopic.position", lazy="raise_on_sql"
    )

    def label(self, locale: str = "ja") -> str:
        """The name in the given locale."""
        return self.name_en if locale == "en" else self.name


class SubTopic(Versioned, Base):
    """A sub-topic of a theme, by which an issue finds its division."""

    __tablename__ = "sub_topic"
    __table_args__ = (sa.UniqueConstraint("theme_id", "name"),)

    id: orm.Mapped[Key]
    theme_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("theme.id"))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(50))
    name_en: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    position: orm.Mapped[int] = orm.mapped_column(default=0)
    is_active: orm.Mapped[bool] = orm.mapped_column(default=True)

    theme: orm.Mapped[Theme] = orm.relationship(back_populates="sub_topics", lazy="raise_on_sql")

    def label(self, locale: str = "ja") -> str:
        """The name in the given locale."""
        return self.name_en if locale == "en" else self.name


class RoutingRule(Versioned, Base):
    """The division that a theme's issues go to; a rule with a sub-topic goes before the theme's own."""

    __tablename__ = "routing_rule"
    __table_args__ = (
        sa.Index("uq_routing_rule_topic", "theme_id", "sub_topic_id", unique=True),
        sa.Index(
            "uq_routing_rule_theme",
            "theme_id",
            unique=True,
            sqlite_where=sa.text("sub_topic_id IS NULL"),
            postgresql_where=sa.text("sub_topic_id IS NULL"),
        ),
    )

    id: orm.Mapped[Key]
    theme_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("theme.id"))
    sub_topic_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("sub_topic.id"))
    division_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))

    theme: orm.Mapped[Theme] = orm.relationship(lazy="raise_on_sql")
    sub_topic: orm.Mapped[SubTopic | None] = orm.relationship(lazy="raise_on_sql")
    division: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
