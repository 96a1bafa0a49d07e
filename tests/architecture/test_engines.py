"""The rule that says on which engines a test runs."""

from collections import Counter

import pytest

from tests.support.engines import ENGINES, engines_of

SERVICE, PAGE = ("database", "app", "arrange"), ("database", "app", "arrange", "visit")
PAGES = [f"tests/issues/test_routes.py::test_page_{number}" for number in range(1000)]


def test_what_asks_sql_itself_runs_on_both():
    assert engines_of("tests/issues/test_service.py::test_an_issue", SERVICE) == ENGINES
    assert engines_of("tests/migrations/test_migrations.py::test_up", ("database",)) == ENGINES


def test_a_page_test_runs_on_one_engine_and_each_engine_sees_half():
    chosen = Counter(engines_of(name, PAGE) for name in PAGES)

    assert set(chosen) == {("sqlite",), ("postgresql",)}
    assert min(chosen.values()) > 0.4 * len(PAGES)
    assert Counter(engines_of(name, PAGE) for name in PAGES) == chosen


def test_a_mark_or_the_option_asks_for_more():
    for name in PAGES[:20]:
        assert engines_of(name, PAGE, marks=["both_engines"]) == ENGINES
        assert engines_of(name, PAGE, wanted="both") == ENGINES
        assert engines_of(name, PAGE, wanted="postgresql") == ("postgresql",)
        assert engines_of(name, SERVICE, wanted="sqlite", marks=["both_engines"]) == ("sqlite",)


def test_a_mark_asks_for_less_of_what_is_not_about_sql():
    names = [f"tests/reporting/test_files.py::test_file_{number}" for number in range(1000)]

    chosen = Counter(engines_of(name, SERVICE, marks=["one_engine"]) for name in names)

    assert set(chosen) == {("sqlite",), ("postgresql",)}
    assert engines_of(names[0], SERVICE, marks=["one_engine"], wanted="both") == ENGINES


def test_without_postgresql_every_page_is_seen_on_sqlite():
    assert {engines_of(name, PAGE, installed=False) for name in PAGES} == {("sqlite",)}


def test_the_application_alone_is_looked_at_once():
    assert engines_of("tests/architecture/test_laws.py::test_urls", ("database", "prepared_app")) == ("sqlite",)


@pytest.mark.both_engines
def test_a_marked_page_test_is_given_both(visit, request):
    assert request.node.callspec.params["database"] in ENGINES
