"""What pages note of their being read: once, before they are made, and without waiting where nothing is new."""

import time
from contextlib import closing, contextmanager

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.directory.roles import Role
from portal.drafts.models import DraftPresence
from portal.guidance.models import Opening
from portal.guidance.states import Nature
from portal.issues.models import Issue, Reading
from portal.issues.service import post_reply
from portal.issues.states import IssueState
from portal.knowledge.collection_models import QaEditionReading
from portal.knowledge.models import QaState
from portal.notifications.models import Notification
from tests.factories.guidance import make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.knowledge import make_collection, make_entry
from tests.factories.people import actor_of, make_member

pytestmark = pytest.mark.both_engines
NOTED = (Reading, Opening, QaEditionReading, DraftPresence)
PAGES = ("issue", "pane", "draft", "guidance", "qa", "edition")


@pytest.fixture
def pages(arrange):
    """For each page that notes something who reads it, and where it stands."""
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
        body = make_member("152226", Role.LOCAL_MANAGER)
        paper = make_issued(nature=Nature.INFORMATION, reply_due_on=None)
        entry = make_entry(QaState.PUBLISHED, drafter=cast.division)
        edition = make_collection(cast.division, [entry])
        return {
            "issue": (cast.manager, f"/issues/{issue.number}"),
            "pane": (cast.liaison, f"/issues/{issue.number}/pane"),
            "draft": (cast.division, f"/issues/{issue.number}/draft/edit"),
            "guidance": (body, f"/guidance/{paper.id}"),
            "qa": (body, f"/qa/{entry.id}"),
            "edition": (body, f"/qa/collections/{edition.collection_id}/editions/{edition.number}"),
        }


@contextmanager
def _somebody_writes(app):
    """A long import at work: on SQLite it keeps everybody else from writing, on PostgreSQL whoever notes here."""
    tables = ", ".join(table.__tablename__ for table in (*NOTED, Notification))
    with app.app_context(), closing(db.engine.raw_connection()) as writer:
        is_sqlite = db.engine.dialect.name == "sqlite"
        writer.cursor().execute("BEGIN IMMEDIATE" if is_sqlite else f"LOCK TABLE {tables} IN SHARE MODE")
        yield
        writer.rollback()


@pytest.mark.parametrize("name", PAGES)
def test_read_again_it_writes_nothing_and_waits_for_nobody_who_writes(app, arrange, visit, pages, name):
    reader, path = pages[name]
    browser = visit(reader)
    assert browser.get(path).status == 200
    with arrange():
        counts = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in NOTED]
        assert sum(counts) == (0 if name == "qa" else 1)
    with _somebody_writes(app):
        began = time.monotonic()
        again = browser.get(path)
        took = time.monotonic() - began
    assert again.status == 200
    assert took < 8  # who waits for the lock waits fifteen seconds, and then fails
    assert not [text for text in again.statements if text.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_an_issue_is_read_anew_once_something_happened_that_one_may_see(arrange, app, visit, pages):
    reader, path = pages["issue"]
    browser = visit(reader)
    browser.get(path)
    number = path.rpartition("/")[2]
    with arrange():
        before = db.session.scalars(sa.select(Reading.read_at)).one()
        post_reply(
            actor_of(reader),
            db.session.scalars(sa.select(Issue).where(Issue.number == number)).one(),
            text="補足します。",
        )
    browser.get(path)
    with arrange():
        assert db.session.scalars(sa.select(Reading.read_at)).one() > before
