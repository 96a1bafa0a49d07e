"""How the tests are dealt out to the processes of a run."""

import pytest

from tests.support.dealing import portion_of

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
