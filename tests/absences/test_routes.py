"""An absence over the pages: entered, acted on by the substitute, told by inbox and mail, and over at the instant."""

from datetime import date

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.absence_models import Absence
from portal.issues.models import Post
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import make_liaison


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-year": str(value.year), f"{name}-month": str(value.month), f"{name}-day": str(value.day)}


def test_a_day_away(arrange, visit):
    with arrange():
        cast = make_cast()
        absent, other = cast.liaison, make_liaison(section="連絡班")
        number = make_issue(cast).number
    today = japan_date(clock.now())
    page = visit(absent).get(f"/absences/memberships/{absent.id}/new")
    chosen = {**day("first_day", today), **day("last_day", today), "substitute_id": str(other.id), "reason": "研修"}
    wrong = page.form("new").submit(**{**chosen, **day("last_day", date(9999, 12, 31))})
    assert wrong.status == 422
    assert wrong.error_of("last_day-year") or "1年以内" in wrong.main
    assert "研修" in wrong.form("new").submit(**chosen).main

    browser = visit(other)
    browser.get(f"/issues/{number}", status=404)
    browser.get("/absences").form("/memberships").submit()
    assert "代行中" in browser.get("/absences").main
    browser.get(f"/issues/{number}/reply").form("reply").submit(text="担当の代行です。確認します。")
    with arrange():
        post = db.session.scalars(sa.select(Post).order_by(Post.id.desc())).first()
        assert "代行" in post.signature
        assert (post.author_person_id, post.author_membership_id) == (absent.person_id, absent.id)
        event = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "reply_posted")).one()
        assert (event.actor_person_id, event.actor_membership_id) == (other.person_id, absent.id)
    assert "さんの代行" in visit(cast.admin).get("/audit").main

    unsent = browser.get(f"/issues/{number}/reply").form("reply")
    with arrange():
        db.session.execute(sa.update(Absence).values(ends_at=clock.now()))
        posts = db.session.scalar(sa.select(sa.func.count(Post.id)))
    assert "切り替えました" in unsent.submit(text="間に合いませんでした。").main
    browser.get(f"/issues/{number}/reply", status=404)
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count(Post.id))) == posts
