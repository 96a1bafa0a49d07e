"""Every route for every viewer, as the table in ``matrix.txt`` says."""

import pytest

from tests.access.matrix import LETTERS, MAY, SIGN_IN, Row, allows, read_matrix
from tests.access.world import NOBODY

ROWS = read_matrix()


def test_every_route_stands_in_the_table(house):
    assert {row.endpoint for row in ROWS} == set(house.app.view_functions) - {"static"}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_route_answers_each_viewer_as_the_table_says(house, row):
    path = house.path(row.template)
    endpoint, _ = house.app.url_map.bind("localhost").match(path.split("?")[0], method=row.method)
    assert endpoint == row.endpoint

    wrong = []
    for method in methods_of(house, row):
        answers = {letter: _ask(house, method, path, letter, row.marks[letter]) for letter in LETTERS}
        wrong += [
            f"{method} {letter}: {answers[letter].status_code} for {row.marks[letter]}"
            for letter in LETTERS
            if not allows(row.marks[letter], method, answers[letter].status_code)
        ]
        if row.marks[NOBODY] == SIGN_IN and answers[NOBODY].status_code == 302:
            assert answers[NOBODY].headers["Location"].startswith("/sign-in")

    assert wrong == []


def _ask(house, method: str, path: str, letter: str, mark: str):
    """Whoever may see a page is shown it whole; of the others only the status counts."""
    return house.get(letter, path, drawn=mark == MAY) if method == "GET" else house.post(letter, path)


def methods_of(house, row: Row) -> list[str]:
    """The row's own method, and POST where the route takes it too and no row says otherwise."""
    if any(other.method == "POST" and other.endpoint == row.endpoint for other in ROWS):
        return [row.method]
    takes_posts = any("POST" in rule.methods for rule in house.app.url_map.iter_rules(row.endpoint))
    return [row.method, "POST"] if takes_posts and row.method == "GET" else [row.method]
