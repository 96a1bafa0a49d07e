"""How the tests are dealt out to the processes of a run."""

from pathlib import Path

import pytest

from tests.support.dealing import WAITING, next_portion, portion_of

ROOT = Path(__file__).parents[2]
PORTIONS = ["tests/browser/", "tests/issues/test_routes.py", "tests/jobs/test_worker.py"]
_seen: list[str] = []


def test_a_portion_is_a_module_and_all_that_needs_the_running_portal():
    assert portion_of("tests/issues/test_routes.py::test_a[1::2]") == "tests/issues/test_routes.py"
    assert portion_of("tests/browser/test_story.py::test_a") == portion_of("tests/browser/test_pages.py::test_b[c@d]")
    assert portion_of("tests/issues/test_routes.py::test_a") != portion_of("tests/issues/test_service.py::test_a")


@pytest.mark.parametrize("place", range(8))
def test_one_process_takes_all_of_a_module(request, place):
    chosen = [item.name for item in request.session.items if item.originalname == request.node.originalname]
    _seen.append(request.node.name)

    assert _seen == chosen[: chosen.index(request.node.name) + 1]


def test_one_process_takes_what_waits_and_the_others_what_works():
    assert next_portion(PORTIONS, waiting=True) == "tests/browser/"
    assert next_portion(PORTIONS[1:], waiting=True) == "tests/jobs/test_worker.py"
    assert next_portion(PORTIONS, waiting=False) == "tests/issues/test_routes.py"


@pytest.mark.parametrize(("left", "waiting"), [("tests/browser/", False), ("tests/issues/test_routes.py", True)])
def test_no_process_rests_while_anything_is_left(left, waiting):
    assert next_portion([left], waiting=waiting) == left


@pytest.mark.parametrize("name", WAITING)
def test_what_is_said_to_wait_is_there(name):
    assert (ROOT / name).exists()
