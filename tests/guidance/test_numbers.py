"""The register of document numbers: reserved at approval, never given twice, cancelled with a reason."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.directory.roles import Role
from portal.guidance import numbers, service
from portal.guidance.models import DocumentNumber
from portal.guidance.numbers import RegisterFilters
from portal.guidance.states import GuidanceKind
from tests.factories.guidance import issue, make_approved, make_chief, make_drafter
from tests.factories.people import actor_of, make_member, organisation

NUMBER = "総行住第78号"


def lines_of(guidance):
    return db.session.scalars(
        sa.select(DocumentNumber).where(DocumentNumber.guidance_id == guidance.id).order_by(DocumentNumber.id)
    ).all()


def test_a_returned_paper_keeps_its_number_and_nobody_else_gets_it(arrange):
    with arrange():
        paper, chief, drafter = make_approved(NUMBER), actor_of(make_chief()), actor_of(make_drafter())
        service.return_to_draft(chief, paper, reason="本文に誤り")
        with pytest.raises(Invalid) as caught:
            make_approved(NUMBER)
        assert caught.value.field == "document_number"
        service.send_for_review(drafter, paper)
        service.approve_guidance(chief, paper, document_number=NUMBER)
        assert [line.cancelled_at for line in lines_of(paper)] == [None]


def test_a_paper_that_changes_its_number_leaves_the_old_one_unused_for_good(arrange):
    with arrange():
        paper, chief, drafter = make_approved(NUMBER), actor_of(make_chief()), actor_of(make_drafter())
        service.return_to_draft(chief, paper, reason="番号を改める")
        service.send_for_review(drafter, paper)
        service.approve_guidance(chief, paper, document_number="総行住第80号")
        assert [(line.number, line.cancelled_at is None) for line in lines_of(paper)] == [
            (NUMBER, False),
            ("総行住第80号", True),
        ]
        with pytest.raises(Invalid) as caught:
            make_approved(NUMBER)
        assert "欠番" in caught.value.message


def test_a_number_is_cancelled_only_before_the_paper_goes_out(arrange):
    with arrange():
        paper, chief = make_approved(NUMBER), actor_of(make_chief())
        (line,) = lines_of(paper)
        with pytest.raises(Conflict):
            numbers.cancel_number(chief, paper, line, reason="使わない")
        service.return_to_draft(chief, paper, reason="取りやめ")
        with pytest.raises(Forbidden):
            numbers.cancel_number(actor_of(make_drafter()), paper, line, reason="使わない")
        with pytest.raises(Invalid) as caught:
            numbers.cancel_number(chief, paper, line, reason=" ")
        assert caught.value.field == "reason"
        numbers.cancel_number(chief, paper, line, reason="発出を取りやめたため")
        assert (line.cancel_reason, paper.document_number) == ("発出を取りやめたため", None)
        with pytest.raises(Conflict):
            numbers.cancel_number(chief, paper, line, reason="もう一度")
        issued = make_approved("総行住第79号")
        issue(chief, issued)
        with pytest.raises(Conflict):
            numbers.cancel_number(chief, issued, lines_of(issued)[0], reason="誤り")


def test_the_next_number_follows_the_highest_of_the_year(arrange):
    with arrange():
        juumin = organisation("juumin").id
        assert numbers.suggest_number(juumin) is None
        make_approved("総行住第9号")
        make_approved("総行住第10号")
        assert numbers.suggest_number(juumin) == "総行住第11号"
        with clock.pretending(datetime(2031, 4, 10, tzinfo=UTC)):
            assert numbers.suggest_number(juumin) == "総行住第1号"


def test_each_office_reads_its_own_register(arrange):
    with arrange():
        make_approved("総行住第9号")
        make_approved("総行住第10号")
        book = RegisterFilters(sender_id=organisation("juumin").id, year=numbers.current_year())
        readers = {
            "chief": actor_of(make_chief()),
            "drafter": actor_of(make_drafter()),
            "other": actor_of(make_member("zaisei", Role.DIVISION)),
            "body": actor_of(make_member("152226", Role.LOCAL_MANAGER)),
        }
        assert {
            name: [line.serial for line in numbers.list_register(actor, book)] for name, actor in readers.items()
        } == {"chief": [10, 9], "drafter": [10, 9], "other": [], "body": []}
        assert [(sender.code, year) for sender, year in numbers.list_books(readers["drafter"])] == [
            ("juumin", book.year)
        ]
        assert numbers.list_books(readers["other"]) == []


def test_a_paper_without_a_number_enters_nothing(arrange):
    with arrange():
        assert lines_of(make_approved(None, kind=GuidanceKind.OFFICE_MEMO)) == []
