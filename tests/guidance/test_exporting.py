"""The status of a paper by class of body, narrowed and taken out as a file."""

import io
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from portal.core.db import db
from portal.core.errors import Forbidden
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.guidance import exporting, matrix, receiving
from portal.guidance.matrix import RecipientFilters
from portal.guidance.states import BodyClass, Fact, GuidanceKind
from portal.issues.states import IssueState
from portal.links.models import LinkRelation
from portal.links.service import add_link
from tests.factories.guidance import EVERYONE, make_chief, make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_member


@pytest.fixture
def paper_id(arrange):
    """A paper to every body; 上越市 has received it under a number that looks like a formula."""
    with arrange():
        paper = make_issued(addressees=EVERYONE)
        official = actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))
        receiving.receive_guidance(official, paper, section_name="=市民課", receipt_number="12号")
        return paper.id


def find(paper_id):
    from portal.guidance.queries import get_guidance

    return get_guidance(actor_of(make_chief()), paper_id)


def test_figures_by_class_add_up_and_core_cities_stand_apart(arrange, paper_id):
    with arrange():
        chief, paper = actor_of(make_chief()), find(paper_id)
        by_class = {each.body_class: each.facts for each in matrix.count_facts_by_class(chief, paper)}
        assert by_class[BodyClass.PREFECTURE].total == 47
        assert by_class[BodyClass.DESIGNATED_CITY].total == 20
        assert by_class[BodyClass.CORE_CITY].total == 62
        assert sum(facts.total for facts in by_class.values()) == matrix.count_facts(chief, paper).total == 1788
        narrowed = RecipientFilters(body_class=BodyClass.CORE_CITY, prefecture="14")
        codes = [row.recipient.organisation_name for row in matrix.list_recipients(chief, paper, narrowed)]
        assert codes == ["横須賀市"]


def test_the_file_holds_what_is_chosen_and_visible_and_taking_it_is_recorded(arrange, paper_id):
    with arrange():
        chief, paper = actor_of(make_chief()), find(paper_id)
        received = RecipientFilters(fact=Fact.RECEIVED)
        (row,) = exporting.export_status(chief, paper, received)
        assert row[:2] == ["152226", "上越市"]
        assert row[5] == "=市民課 12号"
        text = exporting.as_csv(exporting.COLUMNS, [row]).decode("utf-8-sig")
        assert ",'=市民課 12号," in text
        book = CalamineWorkbook.from_filelike(io.BytesIO(exporting.as_excel(exporting.COLUMNS, [row])))
        assert book.get_sheet_by_index(0).to_python()[1][5] == "=市民課 12号"
        prefecture = actor_of(make_member("150002", Role.LOCAL_STAFF, section="市町村課"))
        assert len(exporting.export_status(prefecture, paper, RecipientFilters())) == 31
        assert len(exporting.export_status(chief, paper, RecipientFilters())) == 1788
        with pytest.raises(Forbidden):
            exporting.export_status(actor_of(make_member("152226", Role.LOCAL_STAFF)), paper, received)
        kept = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "status_exported")).all()
        assert [record.payload["count"] for record in kept] == [1, 31, 1788]


def test_the_page_narrows_by_class_exports_and_shows_what_headquarters_owes(arrange, visit, paper_id):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.SUBMITTED)
        add_link(actor_of(cast.secretariat), ("guidance", paper_id), ("issue", issue.id), LinkRelation.DERIVED)
        chief, number = make_chief(), issue.number
        prefecture = make_member("150002", Role.LOCAL_STAFF, section="市町村課")
    url = f"/guidance/{paper_id}/recipients"
    page = visit(chief).get(f"{url}?body_class=special_ward")
    assert "千代田区" in page.main
    assert "上越市" not in page.soup.select_one("section[aria-labelledby=bodies-head] table").text
    assert number in page.soup.select_one("section[aria-labelledby=owed-head]").text
    assert visit(prefecture).get(url).soup.select_one("section[aria-labelledby=owed-head]") is None
    answer = visit(chief).post_with_token(f"{url}/export", {"body_class": "special_ward", "ending": "csv"})
    assert answer.status == 200
    assert answer.response.data.decode("utf-8-sig").count("\r\n") == 24


def test_the_list_of_a_paper_without_a_number_is_named_after_it(arrange, visit):
    with arrange():
        chief = make_chief()
        memo = make_issued(None, kind=GuidanceKind.OFFICE_MEMO, title="総点検の進め方").id
    answer = visit(chief).post_with_token(f"/guidance/{memo}/recipients/export", {"ending": "csv"})
    assert quote("総点検の進め方_状況.csv") in answer.response.headers["Content-Disposition"]
