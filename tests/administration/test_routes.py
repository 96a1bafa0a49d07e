"""The administration's pages, from the form to the effect, and who may open them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.models import SingleUseLink
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import LiaisonAssignment, Membership, Organisation, Person, Section
from portal.directory.roles import Role
from portal.themes.models import Theme
from portal.themes.queries import division_for, list_themes
from tests.factories.directory import csv_file, people_row
from tests.factories.people import make_liaison, make_member, make_person, make_section, organisation

JOETSU = "152226"
PLACES = {
    Role.ADMIN: "hq",
    Role.SECRETARIAT: "secretariat",
    Role.EXECUTIVE: "hq",
    Role.DIVISION: "juumin",
    Role.LIAISON: "hq",
    Role.LOCAL_MANAGER: JOETSU,
    Role.LOCAL_STAFF: JOETSU,
    Role.ASSOCIATION: "chijikai",
    Role.MINISTRY: "digital",
    Role.AUDITOR: "hq",
}
A, S, M, U = Role.ADMIN, Role.SECRETARIAT, Role.LOCAL_MANAGER, Role.AUDITOR
PAGES = {
    "/administration": {A, S, M, U},
    "/administration/people": {A, S, M, U},
    "/administration/organisations": {A},
    "/administration/organisations/new": {A},
    f"/administration/organisations/{JOETSU}/edit": {A},
    f"/administration/organisations/{JOETSU}/merge": {A},
    f"/administration/organisations/{JOETSU}/people/new": {A, S, M},
    f"/administration/organisations/{JOETSU}/sections": {A, M},
    "/administration/organisations/152021/people/new": {A, S},
    "/administration/organisations/152021/sections": {A},
    "/administration/organisations/juumin/people/new": {A},
    "/administration/liaisons": {A, S, U},
    "/administration/liaisons/150002": {A, S, U},
    "/administration/themes": {A, U},
    "/administration/themes/new": {A},
    "/administration/themes/1/edit": {A},
    "/administration/themes/1/sub-topics/new": {A},
    "/administration/sub-topics/1/edit": {A},
    "/administration/imports/people": {A, S, M},
    "/administration/imports/populations": {A, S},
}


@pytest.fixture
def admin(arrange):
    with arrange():
        return make_member("hq", Role.ADMIN)


@pytest.fixture
def manager(arrange):
    with arrange():
        return make_member(JOETSU, Role.LOCAL_MANAGER)


def _kinds():
    return list(db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id)))


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_pages_open_for_the_roles_of_the_matrix_only(visit, arrange, role):
    with arrange():
        visitor = make_member(PLACES[role], role)
        make_section(JOETSU, "市民課")
    browser = visit(visitor)

    for url, roles in PAGES.items():
        browser.get(url, status=200 if visitor.role in roles else 404)


@pytest.mark.parametrize(
    "url", ["/administration/people/1/invite", "/administration/themes/1/move", "/administration/sub-topics/1/move"]
)
@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.DIVISION, Role.LIAISON, Role.LOCAL_STAFF, Role.AUDITOR])
def test_posts_of_other_roles_have_no_effect(visit, arrange, url, role):
    with arrange():
        member = make_member(PLACES[role], role)

    visit(member).post_with_token(url, {"direction": "up"}, status=404)

    with arrange():
        assert _kinds() == []


def test_manager_adds_and_invites_a_colleague(visit, arrange, manager):
    with arrange():
        section = make_section(JOETSU, "市民課")
    page = visit(manager).get(f"/administration/organisations/{JOETSU}/people/new")
    done = page.form().submit(
        name="山田 花子",
        kana="やまだはなこ",
        email="Hanako@city.example",
        role="local_staff",
        title="主任",
        section_id=str(section.id),
        duty_ids=["2", "3"],
        invite="y",
    )

    assert done.h1 == "山田 花子"
    assert "市民課" in done.main
    with arrange():
        person = db.session.scalars(sa.select(Person).where(Person.email == "hanako@city.example")).one()
        assert db.session.scalars(sa.select(SingleUseLink.person_id)).all() == [person.id]
        assert _kinds() == ["person_changed", "membership_granted", "person_invited"]


def test_double_click_adds_one_person(visit, arrange, manager):
    form = visit(manager).get(f"/administration/organisations/{JOETSU}/people/new").form()
    for _ in range(2):
        done = form.submit(name="山田 花子", email="hanako@city.example", role="local_staff")
        assert done.h1 == "山田 花子"

    with arrange():
        assert db.session.scalar(sa.select(sa.func.count(Person.id)).where(Person.email == "hanako@city.example")) == 1


def test_errors_stand_at_their_fields_and_keep_what_was_typed(visit, manager):
    page = (
        visit(manager)
        .get(f"/administration/organisations/{JOETSU}/people/new")
        .form()
        .submit(name="山田 花子", email="hanako", role="local_staff", follow=False)
    )

    assert page.status == 422
    assert "形式" in page.error_of("email")
    assert page.soup.find(attrs={"name": "name"})["value"] == "山田 花子"


def test_manager_cannot_reach_the_administrators_role_by_a_forged_form(visit, arrange, manager):
    page = (
        visit(manager)
        .get(f"/administration/organisations/{JOETSU}/people/new")
        .form()
        .submit(name="山田", email="y@city.example", role="admin", follow=False)
    )

    assert page.status == 422
    with arrange():
        assert _kinds() == []


def test_approver_is_offered_to_administrators_alone(visit, arrange, admin, manager):
    with arrange():
        member = make_member("secretariat", Role.SECRETARIAT)
        staff = make_member(JOETSU, Role.LOCAL_STAFF)

    assert visit(admin).get(f"/administration/memberships/{member.id}/edit").soup.find(attrs={"name": "is_approver"})
    page = visit(manager).get(f"/administration/memberships/{staff.id}/edit")
    assert page.soup.find(attrs={"name": "is_approver"}) is None
    page.form().submit(is_approver="y", title="課長")
    with arrange():
        assert db.session.get(Membership, staff.id).is_approver is False
        assert db.session.get(Membership, staff.id).title == "課長"


def test_own_membership_is_not_offered_and_refused(visit, manager):
    visitor = visit(manager)
    page = visitor.get(f"/administration/people/{manager.person_id}")

    assert "自分自身の所属" in page.main
    assert page.soup.find("a", href=f"/administration/memberships/{manager.id}/edit") is None
    visitor.get(f"/administration/memberships/{manager.id}/edit", status=403)
    visitor.get(f"/administration/memberships/{manager.id}/end", status=403)


def test_people_of_other_bodies_do_not_exist_for_a_manager(visit, arrange, manager):
    with arrange():
        other = make_member("152021", Role.LOCAL_STAFF)
    visitor = visit(manager)

    for url in (
        f"people/{other.person_id}",
        f"people/{other.person_id}/edit",
        f"memberships/{other.id}/edit",
        f"memberships/{other.id}/end",
        "people/999999",
    ):
        visitor.get(f"/administration/{url}", status=404)
    assert "152021" not in visitor.get("/administration/people").main


def test_stale_change_is_told(visit, arrange, manager):
    with arrange():
        staff = make_member(JOETSU, Role.LOCAL_STAFF)
    form = visit(manager).get(f"/administration/memberships/{staff.id}/edit").form()
    visit(manager).get(f"/administration/memberships/{staff.id}/edit").form().submit(title="課長")

    assert form.submit(title="部長", follow=False).status == 409


def test_ended_membership_loses_everything_on_the_next_request(visit, arrange, manager):
    with arrange():
        staff = make_member(JOETSU, Role.LOCAL_STAFF)
    other = visit(staff)
    other.get("/directory")

    visit(manager).get(f"/administration/memberships/{staff.id}/end").form().submit()

    assert other.get("/directory", status=302).location.endswith("/memberships/none")
    page = other.get(f"/directory/{JOETSU}", status=302)
    assert "上越市" not in page.text
    with arrange():
        assert "membership_ended" in _kinds()


def test_only_who_may_name_sections_is_led_there(visit, arrange, admin):
    with arrange():
        head = make_member("secretariat", Role.SECRETARIAT, is_head=True)
    page = "/administration/organisations/chijikai/people/new"

    assert "/administration/organisations/chijikai/sections" in visit(admin).get(page).text
    assert "/sections" not in visit(head).get(page).text
    assert "/administration/organisations/chijikai/sections" in visit(admin).get("/directory/chijikai").text
    assert "/sections" not in visit(head).get("/directory/chijikai").text


def test_admin_grants_a_further_membership(visit, arrange, admin):
    with arrange():
        person = make_member(JOETSU, Role.LOCAL_STAFF).person_id
    visitor = visit(admin)

    assert "団体コード" in visitor.get(f"/administration/people/{person}/memberships/new").main
    assert "団体がないか" in visitor.get(f"/administration/people/{person}/memberships/new?code=x").main
    page = visitor.get(f"/administration/people/{person}/memberships/new?code=hq").form().submit(role="liaison")

    assert "リエゾン" in page.main
    with arrange():
        assert len(db.session.scalars(sa.select(Membership).where(Membership.person_id == person)).all()) == 2


def test_new_address_ends_the_persons_sessions(visit, arrange, manager):
    with arrange():
        staff = make_member(JOETSU, Role.LOCAL_STAFF)
    other = visit(staff)
    other.get("/directory")

    visit(manager).get(f"/administration/people/{staff.person_id}/edit").form().submit(email="moved@city.example")

    assert "/sign-in" in other.get("/directory", status=302).location


def test_people_are_searched_by_kana_and_body(visit, arrange, admin):
    with arrange():
        person = make_person("高橋 一郎", "t@city.example")
        person.kana = "タカハシイチロウ"
        make_member(JOETSU, Role.LOCAL_STAFF, person=person)
        make_member("152021", Role.LOCAL_STAFF)
    visitor = visit(admin)

    for text in ("たかはし", "ﾀｶﾊｼ", "高橋一郎", "高橋 一郎", "上越市", "152226", "t@city"):
        rows = visitor.get(f"/administration/people?q={text}").soup.select("tbody tr")
        assert [row.a.get_text() for row in rows] == ["高橋 一郎"], text


def test_people_list_keeps_to_its_statements(visit, arrange, admin):
    with arrange():
        for _ in range(120):
            make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")
    visitor = visit(admin)

    first = visitor.get("/administration/people")
    assert len(first.soup.select("tbody tr")) == 50
    assert len(visitor.get(first.soup.find("a", rel="next")["href"]).soup.select("tbody tr")) == 50


def test_roster_shows_vacancies_first_and_assigns(visit, arrange):
    with arrange():
        secretariat = make_member("secretariat", Role.SECRETARIAT)
        liaison = make_liaison(person=make_person("連絡 太郎"))
        make_liaison("010006")
    visitor = visit(secretariat)
    rows = visitor.get("/administration/liaisons").soup.select("tbody tr")

    assert len(rows) == 67
    assert "北海道" in rows[-1].get_text()
    page = visitor.get("/administration/liaisons/150002").form().submit(membership_id=str(liaison.id), rank="primary")
    assert "連絡 太郎" in page.main
    again = (
        visitor.get("/administration/liaisons/150002")
        .form()
        .submit(membership_id=str(liaison.id), rank="primary", follow=False)
    )
    assert again.status == 422
    assert "すでにこの団体を担当" in again.error_of("membership_id")
    with arrange():
        assert _kinds() == ["liaison_assigned"]


def test_second_primary_is_refused_at_the_field(visit, arrange, admin):
    with arrange():
        make_liaison("150002")
        other = make_liaison()

    page = (
        visit(admin)
        .get("/administration/liaisons/150002")
        .form()
        .submit(membership_id=str(other.id), rank="primary", follow=False)
    )

    assert page.status == 422
    assert "すでに主担当がいます" in page.main


def test_assignment_ends_and_stays_in_the_history(visit, arrange, admin):
    with arrange():
        make_liaison("150002", person=make_person("交代 一郎"))
        held = db.session.scalars(sa.select(LiaisonAssignment)).one()
    visitor = visit(admin)

    page = visitor.get(f"/administration/assignments/{held.id}/end").form().submit()

    assert "交代 一郎" in page.main
    assert "終了" in page.main
    assert "担当のリエゾンは決まっていません" in visitor.get("/directory/150002").main


def test_last_day_in_the_past_is_refused(visit, arrange, admin):
    with arrange():
        make_liaison("150002")
        held = db.session.scalars(sa.select(LiaisonAssignment)).one()
    yesterday = (japan_date(clock.now()) - timedelta(days=1)).isoformat()

    page = (
        visit(admin).get(f"/administration/assignments/{held.id}/end").form().submit(last_day=yesterday, follow=False)
    )

    assert page.status == 422
    assert "今日より前" in page.error_of("last_day")


def test_organisation_is_changed_and_merged(visit, arrange, admin):
    visitor = visit(admin)
    page = (
        visitor.get(f"/administration/organisations/{JOETSU}/edit")
        .form()
        .submit(population="１８２，０００", population_on="令和8年1月1日")
    )
    assert "182,000" in page.main
    page = (
        visitor.get("/administration/organisations/153079/merge")
        .form()
        .submit(successor_code=JOETSU, effective_on="2026-04-01")
    )

    assert "合併" in page.main
    assert page.soup.find("a", href=f"/directory/{JOETSU}") is not None
    with arrange():
        assert _kinds() == ["organisation_changed", "organisation_changed"]


def test_municipality_is_added(visit, arrange, admin):
    page = (
        visit(admin)
        .get("/administration/organisations/new")
        .form()
        .submit(code="152994", kind="city", name="新しい市", kana="あたらしいし")
    )

    assert page.h1 == "新しい市"
    assert "アタラシイシ" in page.main


def test_sections_are_added_and_renamed(visit, arrange, manager):
    visitor = visit(manager)
    page = (
        visitor.get(f"/administration/organisations/{JOETSU}/sections")
        .form()
        .submit(name="市民課", is_general_desk="y")
    )
    assert "市民課" in page.main
    with arrange():
        section = db.session.scalars(sa.select(Section)).one()
    page = (
        visitor.get(f"/administration/organisations/{JOETSU}/sections/{section.id}/edit")
        .form()
        .submit(name="市民窓口課")
    )

    assert "市民窓口課" in page.main
    visitor.get(f"/administration/organisations/152021/sections/{section.id}/edit", status=404)


def test_my_number_shaped_digits_ask_for_confirmation(visit, arrange, manager):
    visitor = visit(manager)
    page = (
        visitor.get(f"/administration/organisations/{JOETSU}/sections")
        .form()
        .submit(name="第123456789018課", follow=False)
    )

    assert page.status == 422
    box = page.soup.find(attrs={"name": "my_number_confirmed"})
    assert box is not None
    done = page.form().submit(my_number_confirmed="y")
    assert "第123456789018課" in done.main


def test_themes_are_routed_ordered_and_added(visit, arrange, admin):
    visitor = visit(admin)
    with arrange():
        linkage = db.session.scalars(sa.select(Theme).where(Theme.code == "linkage")).one().id
        zaisei = organisation("zaisei").id
    visitor.get(f"/administration/themes/{linkage}/edit").form().submit(division_id=str(zaisei))
    visitor.get("/administration/themes").form(f"/themes/{linkage}/move").submit(direction="up")
    page = (
        visitor.get("/administration/themes/new")
        .form()
        .submit(code="disaster", letter="D", name="災害対応", name_en="Disasters", division_id=str(zaisei))
    )

    assert "災害対応" in page.main
    with arrange():
        assert division_for(linkage).code == "zaisei"
        assert [theme.code for theme in list_themes()] == ["vaccine", "linkage", "card", "other", "disaster"]
        assert _kinds() == ["route_changed", "theme_changed", "theme_changed", "route_changed"]


def test_sub_topic_follows_its_theme_when_it_has_no_division(visit, arrange, admin):
    visitor = visit(admin)
    with arrange():
        linkage = db.session.scalars(sa.select(Theme).where(Theme.code == "linkage")).one().id

    page = (
        visitor.get(f"/administration/themes/{linkage}/sub-topics/new").form().submit(name="新しい論点", name_en="New")
    )

    assert "新しい論点" in page.main
    assert "テーマの担当課に従う" in page.main


def test_people_are_taken_in_by_two_steps(visit, arrange, admin):
    visitor = visit(admin)
    content = csv_file(people_row(), people_row(氏名="鈴木 次郎", メールアドレス="jiro@city.example"), encoding="cp932")
    preview = visitor.get("/administration/imports/people").form().submit(file=("名簿.csv", content))
    assert preview.h1 == "取り込む内容の確認"
    assert "新規 2件" in preview.main
    with arrange():
        assert _kinds() == []
    done = preview.form().submit()

    assert done.h1 == "取込みが終わりました"
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count(SingleUseLink.id))) == 2
        assert _kinds().count("people_imported") == 1
    assert "鈴木 次郎" in visitor.get(f"/directory/{JOETSU}").main


def test_a_broken_row_is_named_and_nothing_is_taken_in(visit, arrange, admin):
    page = (
        visit(admin)
        .get("/administration/imports/people")
        .form()
        .submit(file=("people.csv", csv_file(people_row(), people_row(メールアドレス="x", 役割="課長"))), follow=False)
    )

    assert page.status == 422
    assert "2件の誤りがあります" in page.main
    assert "3行目 メールアドレス" in page.main
    assert "この役割はありません：課長" in page.main
    with arrange():
        assert _kinds() == []


def test_file_must_be_chosen_and_be_a_table(visit, admin):
    form = visit(admin).get("/administration/imports/people").form()

    assert form.submit(follow=False).status == 422
    assert "見出し" in form.submit(file=("x.csv", b"a,b\r\n1,2"), follow=False).error_of("file")


def test_preview_belongs_to_its_uploader(visit, arrange, admin):
    with arrange():
        other = make_member("hq", Role.ADMIN)
    preview = visit(admin).get("/administration/imports/people").form().submit(file=("p.csv", csv_file(people_row())))

    visit(other).get(preview.url, status=404)


def test_large_preview_is_paged_within_its_statements(visit, arrange, admin):
    rows = [people_row(メールアドレス=f"p{number}@city.example") for number in range(250)]
    visitor = visit(admin)
    preview = visitor.get("/administration/imports/people").form().submit(file=("p.csv", csv_file(*rows)))

    page = visitor.get(preview.url)
    assert len(page.soup.select("tbody tr")) == 100
    page = visitor.get(page.soup.find("a", rel="next")["href"])
    assert page.soup.select("tbody tr")[0].td.get_text() == "102"


def test_populations_are_taken_in(visit, arrange, admin):
    content = csv_file([JOETSU, "上越市", "182000", "2026-01-01"], headings=["団体コード", "団体名", "人口", "基準日"])
    preview = visit(admin).get("/administration/imports/populations").form().submit(file=("p.csv", content))
    assert "1団体の人口が変わります" in preview.main
    preview.form().submit()

    with arrange():
        assert db.session.scalars(sa.select(Organisation.population).where(Organisation.code == JOETSU)).one() == 182000


@pytest.mark.parametrize("kind", ["people", "populations"])
def test_forms_can_be_downloaded(visit, admin, kind):
    visitor = visit(admin)

    excel = visitor.get(f"/administration/imports/{kind}/form.xlsx").response
    assert excel.data.startswith(b"PK")
    assert "attachment" in excel.headers["Content-Disposition"]
    assert visitor.get(f"/administration/imports/{kind}/form.csv").response.data.startswith("\ufeff団体コード".encode())


def test_index_lists_what_the_role_administers(visit, arrange, admin, manager):
    def entries(member):
        return [link.get_text() for link in visit(member).get("/administration").soup.main.select("ul li a")]

    with arrange():
        auditor = make_member("hq", Role.AUDITOR)

    assert {"人と所属", "団体", "テーマと割振り", "リエゾンの担当割当"} <= set(entries(admin))
    assert "団体" not in entries(manager)
    assert "名簿の取込み" not in entries(auditor)


def test_a_thousand_people_are_taken_in_and_invited(visit, arrange, admin):
    with arrange():
        codes = db.session.scalars(sa.select(Organisation.code).where(Organisation.prefecture_code.is_not(None))).all()
    rows = [
        people_row(団体コード=code, 団体名="", メールアドレス=f"p{number}@{code}.example")
        for code in codes
        for number in range(3)
    ][:1000]
    visitor = visit(admin)
    preview = visitor.get("/administration/imports/people").form().submit(file=("p.csv", csv_file(*rows)))
    visitor.get(preview.url)

    assert preview.form().submit().h1 == "取込みが終わりました"
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count(SingleUseLink.id))) == 1000
