"""Columns of types of our own: what goes in comes out, and nothing else goes in."""

import pytest
import sqlalchemy as sa

from portal.core.db import EnumColumn, db, read_rows
from portal.directory.roles import OrganisationKind
from portal.themes.models import Theme


def test_json_keeps_text_as_it_is_and_makes_keys_strings(arrange):
    with arrange():
        held = sa.literal({1: "紐付け", "二": [1, None, True]}, sa.JSON())
        (row,) = read_rows(sa.select(held))
        assert row[0] == {"1": "紐付け", "二": [1, None, True]}


@pytest.mark.parametrize("value", [7, 1.5, True, "7", "紐付け", [], {}, ["a", {"b": None}]])
def test_a_json_column_keeps_any_value(arrange, value):
    table = sa.Table("kept", sa.MetaData(), sa.Column("value", sa.JSON), prefixes=["TEMPORARY"])
    with arrange():
        connection = db.session.connection()
        table.create(connection)
        connection.execute(table.insert().values(value=value))
        assert connection.scalar(sa.select(table.c.value)) == value
        table.drop(connection)  # it would outlive the test with the connection


def test_an_enum_is_written_from_its_member_or_its_value_and_read_as_its_member(arrange):
    with arrange():
        kind = EnumColumn(OrganisationKind)
        for given in (OrganisationKind.PREFECTURE, "prefecture"):
            ((found,),) = read_rows(sa.select(sa.literal(given, kind)))
            assert found is OrganisationKind.PREFECTURE


def test_an_enum_takes_no_other_word(arrange):
    with arrange(), pytest.raises(sa.exc.StatementError, match="nonsense"):
        read_rows(sa.select(sa.literal("nonsense", EnumColumn(OrganisationKind))))


def test_rows_are_read_after_what_the_session_holds_is_written(arrange):
    with arrange():
        theme = db.session.scalars(sa.select(Theme).limit(1)).one()
        theme.name = "改めた名称"
        assert "改めた名称" in [name for (name,) in read_rows(sa.select(Theme.name))]
