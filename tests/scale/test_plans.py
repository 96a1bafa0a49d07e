"""At 100,000 issues no page reads a big table from end to end, and none sends more statements than at ten."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.guidance.models import Guidance
from portal.issues.models import Issue
from portal.issues.states import IssueState
from tests.scale.plans import explain, recorded_selects

pytestmark = pytest.mark.slow

MOST = 60_000  # the planner's unit; reading the table of issues once costs about 12,000
ROLES = (
    "staff",
    "manager",
    "prefecture",
    "liaison",
    "division",
    "secretariat",
    "chief",
    "ministry",
    "association",
    "executive",
    "auditor",
    "admin",
)
QUEUES = (
    "",
    "?view=waiting",
    "?view=all",
    "?view=all&sort=due",
    "?view=open&sort=activity",
    "?state=closed",
    "?state=answered&sort=due",
    "?flags=overdue",
    "?flags=unread",
    "?flags=leak",
    "?view=all&flags=changed",
    "?view=all&sort=priority",
    "?flags=claimed",
    "?urgency=urgent",
    "?holder=division",
    "?older_than=14",
    "?view=all&theme_id=1",
    "?view=all&flags=unread",
    "?view=all&prefecture=15",
)
OFFICES = ("liaison", "division", "secretariat", "admin")


def _check(filled, visitor, url: str) -> None:
    with filled.app.app_context():
        engine = db.engine
    with recorded_selects(engine) as sent:
        page = visitor.get(url)
    for each in explain(engine, sent):
        assert not each.scanned, f"{url} reads all of {each.scanned}:\n{each.statement}\n{each.parameters}"
        assert each.cost < MOST, f"{url} costs {each.cost:.0f}:\n{each.statement}\n{each.parameters}"
    assert len(page.statements) <= 15


@pytest.mark.parametrize("query", QUEUES)
@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"chief", "executive", "admin"}])
def test_the_queue_is_served_by_indexes(filled, role, query):
    _check(filled, filled.visit(getattr(filled.cast, role)), f"/issues{query}")


@pytest.mark.parametrize("role", ROLES)
def test_home_inbox_and_guidance_are_served_by_indexes(filled, role):
    visitor = filled.visit(getattr(filled.cast, role))
    for url in ("/", "/inbox", "/inbox?view=unread", "/inbox?view=action", "/guidance", "/guidance?waiting=unreceived"):
        _check(filled, visitor, url)


@pytest.mark.parametrize("role", ["manager", "prefecture", "liaison", "division", "secretariat", "admin", "executive"])
def test_one_issue_and_one_paper_are_served_by_indexes(filled, role):
    membership = getattr(filled.cast, role)
    visitor = filled.visit(membership)
    with filled.app.app_context():
        body = filled.cast.manager.organisation_id
        number = db.session.scalar(
            sa.select(Issue.number)
            .where(Issue.organisation_id == body, Issue.state == IssueState.CLOSED, Issue.is_shared_with_prefecture)
            .limit(1)
        )
        post = db.session.scalar(sa.select(Issue.post_id).where(Issue.number == number))
        paper = db.session.scalar(sa.select(sa.func.max(Guidance.id)))
        assert post is not None
    _check(filled, visitor, f"/issues/{number}")
    _check(filled, visitor, f"/guidance/{paper}")
    if role != "manager":
        _check(filled, visitor, f"/guidance/{paper}/recipients")


@pytest.mark.parametrize("role", ["manager", "auditor", "admin"])
def test_the_record_is_served_by_indexes(filled, role):
    _check(filled, filled.visit(getattr(filled.cast, role)), "/audit")


@pytest.mark.parametrize("role", OFFICES)
def test_pages_far_on_cost_what_the_first_costs(filled, role):
    visitor = filled.visit(getattr(filled.cast, role))
    url = "/issues?view=all"
    for _ in range(4):
        following = visitor.get(url).soup.select_one("a[rel=next]")
        if following is None:
            break
        url = following["href"] if following["href"].startswith("/") else f"/issues{following['href']}"
        _check(filled, visitor, url)
