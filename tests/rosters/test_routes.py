"""A manager replaces the roster over the pages: upload, preview with what is left behind, schedule, call off, apply."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.directory.absence_models import RosterReplacement, RosterState
from portal.directory.actor import find_actor
from portal.directory.models import Person
from portal.issues.states import IssueState
from tests.factories.directory import csv_file, people_row
from tests.factories.issues import make_cast, make_issue


def test_a_roster_from_file_to_effect(arrange, visit):
    with arrange():
        cast = make_cast()
        make_issue(cast)
        make_issue(cast, IssueState.DRAFT)
        leaver, outsider = cast.staff, cast.other_body
        own = db.session.get_one(Person, cast.manager.person_id)
        rows = [
            people_row(氏名=own.name, メールアドレス=own.email, 役割="団体管理者", 所属="総務課"),
            people_row(氏名="新任 花", メールアドレス="shin@city.example", 所属="市民課"),
        ]
    browser = visit(cast.manager)
    page = browser.get("/administration/rosters")
    wrong = page.form("/rosters").submit(file=("名簿.csv", csv_file(people_row(役割="知事"))))
    assert wrong.status == 422
    page = wrong.form("/rosters").submit(file=("名簿.csv", csv_file(*rows)))
    assert "進行中の課題・照会 1件" in page.main
    assert "下書き 1件" in page.main
    today = japan_date(clock.now())
    day = {"effective_on-year": str(today.year + 1), "effective_on-month": "4", "effective_on-day": "1"}
    assert page.form().submit(**{**day, "effective_on-year": "2020"}).status == 422
    done = page.form().submit(**day)
    assert "午前0時に反映します" in done.main
    browser.get(done.url)
    assert "取り消しました" in done.form("/cancel").submit().main

    page = browser.get("/administration/rosters").form("/rosters").submit(file=("名簿.csv", csv_file(*rows)))
    number = page.url.rsplit("/", 1)[1]
    visit(outsider).get(f"/administration/rosters/{number}", status=404)
    now = {"effective_on-year": str(today.year), "effective_on-month": str(today.month)}
    page = page.form().submit(**now, **{"effective_on-day": str(today.day)})
    assert "反映しました" in page.main
    with arrange():
        states = db.session.scalars(sa.select(RosterReplacement.state).order_by(RosterReplacement.id)).all()
        assert states == [RosterState.CANCELLED, RosterState.APPLIED]
        assert find_actor(leaver.id) is None
