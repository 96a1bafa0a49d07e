"""Old papers on the pages: uploaded, looked at, taken over; shown as such to readers."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.directory.roles import Role
from portal.guidance.models import Guidance
from tests.factories.people import make_member
from tests.takeover.test_service import row, table

PAGE = "/administration/papers"


@pytest.fixture
def people(arrange):
    with arrange():
        return {
            "secretary": make_member("secretariat", Role.SECRETARIAT),
            "staff": make_member("152226", Role.LOCAL_STAFF),
            "division": make_member("juumin", Role.DIVISION),
        }


def test_a_table_is_checked_looked_at_and_taken_over(visit, people, arrange):
    secretary = visit(people["secretary"])
    assert "過去の通知等の移行" in secretary.get("/administration").main
    form = secretary.get(PAGE).form(PAGE)
    bad = form.submit(file=("過去.csv", table(row(SENDER="架空課"))))
    assert bad.status == 422
    assert "2行目" in bad.main
    assert "この発信者は名簿にありません。" in bad.main
    page = form.submit(
        file=("過去.csv", table(row(FILES="様式1.txt"), row(NUMBER="", KIND="事務連絡", TITLE="事務の連絡"))),
        attachments=[("様式1.txt", "様式".encode())],
    )
    assert "登録 2件" in page.main
    done = page.form().submit()
    assert "2件の通知等を移行しました。" in done.text
    assert "誰にも知らせていません。" in done.main
    again = visit(people["secretary"]).get(PAGE).form(PAGE).submit(file=("過去.csv", table(row(FILES=""))))
    assert "登録済み 1件" in again.main

    with arrange():
        paper = db.session.scalars(sa.select(Guidance).order_by(Guidance.id)).first()
    staff = visit(people["staff"])
    page = staff.get(f"/guidance/{paper.id}")
    assert "移行" in page.main
    assert "令和5年6月1日" in page.main
    assert "様式1.txt" in page.main
    assert "受領する" not in page.main
    assert "対応を登録" not in page.main
    assert "受領や回答は求めていません。" in page.main
    assert "受け付けていません。" in staff.get(f"/guidance/{paper.id}/receive", status=403).main
    staff.get(f"/guidance/{paper.id}/respond", status=403)
    refused = staff.post_with_token(f"/guidance/{paper.id}/receive", {"section_name": "市民課"})
    assert refused.status == 403
    listed = staff.get("/guidance")
    assert "移行" in listed.main
    assert "未受領" not in listed.soup.main.table.text
    visit(people["secretary"]).get(f"/guidance/{paper.id}")


def test_only_the_uploader_sees_what_waits(visit, people, arrange):
    page = visit(people["secretary"]).get(PAGE).form(PAGE).submit(file=("過去.csv", table(row())))
    with arrange():
        other = make_member("secretariat", Role.SECRETARIAT)
    visit(other).get(page.url, status=404)
    visit(people["division"]).get(PAGE, status=404)
    visit(people["staff"]).get(PAGE, status=404)


def test_the_form_to_fill_in(visit, people):
    secretary = visit(people["secretary"])
    for ending in ("csv", "xlsx"):
        answer = secretary.get(f"{PAGE}/form.{ending}")
        assert answer.response.headers["Content-Disposition"].endswith(f'papers.{ending}"')
