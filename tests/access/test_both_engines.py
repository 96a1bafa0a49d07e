"""PostgreSQL takes the SQL of every route: each is opened there by somebody who may, and its form sent empty.

The tests of pages run on one engine each (tests/support/engines.py); this is the net below them.
"""

import pytest

from tests.access.conftest import House, furnish
from tests.access.matrix import MAY, Row, allows, read_matrix
from tests.access.test_matrix import methods_of
from tests.support.databases import find_postgresql


@pytest.fixture
def house_on_postgresql(prepared) -> House:
    """The same world there; nothing is undone between the routes."""
    if find_postgresql() is None:
        pytest.skip("PostgreSQL's server is not installed")
    app = prepared.app("postgresql")
    prepared.database("postgresql").reset()
    return House(app, furnish(app), lambda: None)


def test_every_route_answers_on_postgresql(house_on_postgresql):
    asked = [
        (method, row, _viewer(row, place))
        for place, row in enumerate(read_matrix())
        for method in methods_of(house_on_postgresql, row)
    ]
    wrong = [
        _ask(house_on_postgresql, *each) for each in sorted(asked, key=lambda each: each[0])
    ]  # GET changes nothing

    assert [answer for answer in wrong if answer] == []


def _viewer(row: Row, place: int) -> str | None:
    """One of those who may, another at each row, so that all kinds come by."""
    able = [letter for letter, mark in row.marks.items() if mark == MAY]
    return able[place % len(able)] if able else None


def _ask(house: House, method: str, row: Row, letter: str | None) -> str:
    """What is wrong with the answer; a form may find that one sent before it has changed its thing."""
    if letter is None:
        return ""
    path = house.path(row.template)
    status = (house.get if method == "GET" else house.post)(letter, path).status_code
    right = allows(MAY, method, status) if method == "GET" else status < 500
    return "" if right else f"{method} {path} {letter}: {status}"
