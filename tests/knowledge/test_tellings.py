"""What lines in inboxes, feeds and mails say of a question and answer."""

import sqlalchemy as sa

from portal.core.db import db
from portal.directory.roles import Role
from portal.knowledge.models import QaState
from portal.notifications.models import Notification
from tests.factories.knowledge import make_entry
from tests.factories.people import make_member
from tests.notifications.conftest import tell

__all__ = ["tell"]


def test_a_line_names_the_first_line_of_the_question_alone(arrange, tell):
    with arrange():
        make_member("152226", Role.LOCAL_MANAGER)
        make_entry(QaState.PUBLISHED, question="期限はいつか\n\n根拠も知りたい。")
    tell()
    with arrange():
        lines = sa.select(Notification).where(Notification.kind == "qa_published")
        assert {line.facts["title"] for line in db.session.scalars(lines)} == {"期限はいつか"}
