"""The directory's pages: searching, a body's page, and whose people are shown to whom."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.db import db
from portal.directory.models import OrganisationSuccession
from portal.directory.roles import AssignmentRank, Role
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import make_liaison, make_member, make_person, make_section, organisation

JOETSU = "152226"


@pytest.fixture
def staff(arrange):
    with arrange():
        return make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")


@pytest.mark.parametrize("text", ["じょうえつ", "ｼﾞｮｳｴﾂ", "上越", "１５２２２６"])
def test_search_by_name_kana_and_code(visit, staff, text):
    page = visit(staff).get(f"/directory?q={text}")

    assert page.soup.find("a", href=f"/directory/{JOETSU}") is not None


def test_filters_stay_in_the_address_and_pages_follow_by_key(visit, staff):
    visitor = visit(staff)
    first = visitor.get("/directory?prefecture=01&kind=town")
    link = first.soup.find("a", rel="next")
    second = visitor.get(link["href"])

    assert "prefecture=01" in link["href"]
    assert {row.get_text() for row in first.soup.select("tbody a")}.isdisjoint(
        row.get_text() for row in second.soup.select("tbody a")
    )
    assert "札幌市" not in first.main + second.main


def test_search_without_a_result_says_how_to_find(visit, staff):
    assert "条件に合う団体はありません" in visit(staff).get("/directory?q=ない町").main


def test_unreadable_filters_show_everything(visit, staff):
    assert visit(staff).get("/directory?kind=planet&prefecture=99&cursor=broken").soup.select("tbody tr")


def test_body_shows_its_liaisons_with_their_numbers(visit, staff, arrange):
    with arrange():
        primary = make_person("主担当 太郎", "primary@mic.example")
        primary.phone = "03-0000-0001"
        make_liaison("150002", person=primary)
        make_liaison("150002", rank=AssignmentRank.DEPUTY, person=make_person("副担当 花子"))

    page = visit(staff).get(f"/directory/{JOETSU}")

    assert page.h1 == "上越市"
    assert page.main.index("主担当 太郎") < page.main.index("副担当 花子")
    assert page.soup.find("a", href="tel:0300000001") is not None


def test_body_without_a_liaison_says_so(visit, staff):
    assert "担当のリエゾンは決まっていません" in visit(staff).get(f"/directory/{JOETSU}").main


@pytest.mark.parametrize(
    ("code", "role", "sees"),
    [
        ("hq", Role.ADMIN, True),
        ("secretariat", Role.SECRETARIAT, True),
        ("hq", Role.EXECUTIVE, False),
        ("juumin", Role.DIVISION, False),
        ("hq", Role.LIAISON, True),
        (JOETSU, Role.LOCAL_MANAGER, True),
        (JOETSU, Role.LOCAL_STAFF, True),
        ("152021", Role.LOCAL_MANAGER, False),
        ("150002", Role.LOCAL_STAFF, False),
        ("chijikai", Role.ASSOCIATION, False),
        ("digital", Role.MINISTRY, False),
        ("hq", Role.AUDITOR, True),
    ],
)
def test_people_of_a_body_are_shown_as_the_matrix_says(visit, arrange, code, role, sees):
    with arrange():
        make_member(JOETSU, Role.LOCAL_STAFF, person=make_person("名簿 見太郎", "seen@city.example"))
        visitor = make_member(code, role)

    page = visit(visitor).get(f"/directory/{JOETSU}")

    assert ("名簿 見太郎" in page.text, "seen@city.example" in page.text) == (sees, sees)


def test_associations_and_ministries_see_their_own_people(visit, arrange):
    for code, role in (("chijikai", Role.ASSOCIATION), ("digital", Role.MINISTRY)):
        with arrange():
            member = make_member(code, role, person=make_person(f"同僚 {code}"))

        assert f"同僚 {code}" in visit(member).get(f"/directory/{code}").main


def test_unknown_code_is_not_found(visit, staff):
    visit(staff).get("/directory/999999", status=404)


def test_directory_demands_a_sign_in(visit):
    assert "/sign-in" in visit().get("/directory", status=302).location


def test_merged_body_points_to_its_successor(visit, staff, arrange):
    with arrange():
        town = organisation("153079")
        town.valid_until = clock.now().date()
        db.session.add(
            OrganisationSuccession(
                predecessor_id=town.id, successor_id=organisation(JOETSU).id, effective_on=town.valid_until
            )
        )
    visitor = visit(staff)

    page = visitor.get("/directory/153079")
    assert "に合併しました。" in page.main
    assert page.soup.find("a", href=f"/directory/{JOETSU}") is not None
    assert visitor.get(f"/directory/{JOETSU}").soup.find("a", href="/directory/153079") is not None


def test_a_merger_to_come_is_not_told_as_past(visit, staff, arrange):
    with arrange():
        town, day = organisation("153079"), clock.now().date() + timedelta(days=9)
        db.session.add(
            OrganisationSuccession(predecessor_id=town.id, successor_id=organisation(JOETSU).id, effective_on=day)
        )
    page = visit(staff).get("/directory/153079")
    assert "に合併します。" in page.main
    assert "に合併しました。" not in page.main


def test_many_people_take_no_more_statements(visit, arrange):
    with arrange():
        manager = make_member(JOETSU, Role.LOCAL_MANAGER)
        make_section(JOETSU, "市民課")
        for _ in range(60):
            make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")

    page = visit(manager).get(f"/directory/{JOETSU}")

    assert len(page.soup.find("table", string=None).select("tbody tr")) <= 50
    assert page.soup.find("a", rel="next") is not None


def test_page_in_english(visit, staff):
    page = visit(staff, locale="en").get(f"/directory/{JOETSU}")

    assert page.soup.html["lang"] == "en"


def test_recent_issues_are_shown_to_those_who_may_read_them(visit, arrange):
    with arrange():
        cast = make_cast()
        make_issue(cast)

    readers = ((cast.staff, True), (cast.liaison, True), (cast.other_liaison, False), (cast.other_body, False))
    for member, sees in readers:
        assert ("手帳番号の重複について" in visit(member).get(f"/directory/{JOETSU}").main) == sees
