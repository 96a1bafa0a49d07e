"""Paging by key, in both directions, with equal and empty keys."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.pagination import paginate
from portal.directory.models import Organisation


def _walk(query, order, size=100):
    pages, cursor = [], None
    while True:
        page = paginate(db.session, query, order=order, cursor=cursor, size=size)
        pages.append(page)
        cursor = page.next_cursor
        if cursor is None:
            return pages


@pytest.mark.parametrize("order", [
    (Organisation.id,), (Organisation.county, Organisation.id), (Organisation.county.desc(), Organisation.id.desc()),
    (Organisation.latitude.desc(), Organisation.id),
])
def test_every_row_once_forwards_and_backwards(app, order):
    query = sa.select(Organisation)
    with app.app_context():
        pages = _walk(query, order)
        forwards = [body.id for page in pages for body in page.items]
        backwards, page = list(pages[-1].items), pages[-1]
        while page.previous_cursor:
            page = paginate(db.session, query, order=order, cursor=page.previous_cursor, size=100)
            backwards = [*page.items, *backwards]

    assert len(forwards) == len(set(forwards)) == 1817
    assert [body.id for body in backwards] == forwards
    assert pages[0].previous_cursor is None


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "eyJhIjogMX0", "WyJmIiwgW11d", "é"])
def test_a_broken_cursor_leads_to_the_first_page(app, cursor):
    with app.app_context():
        page = paginate(db.session, sa.select(Organisation), order=(Organisation.id,), cursor=cursor, size=2)

    assert page.previous_cursor is None
    assert len(page.items) == 2


def test_the_total_is_counted_no_further_than_the_cap(app):
    with app.app_context():
        page = paginate(db.session, sa.select(Organisation), order=(Organisation.id,), cursor=None, with_total=True)

    assert page.total == 1000
    assert page.is_capped
