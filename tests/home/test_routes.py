"""The home page of every role, the language switch, the preview and the health check."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from portal.blueprints.home import routes
from portal.core import clock
from portal.core.db import db
from portal.core.events import Audience, EventRecord
from portal.directory.roles import Role
from portal.guidance import service
from portal.guidance.states import Nature
from portal.issues.clocks import note_answered
from portal.issues.models import Consultation
from portal.issues.states import Holder, IssueState, Leak, Urgency
from portal.notifications.models import Delivery, DeliveryState
from tests.factories.guidance import due_in, make_issued, make_review
from tests.factories.home import day, put_issue
from tests.factories.people import actor_of, make_liaison, make_member, organisation

JOETSU, NIIGATA = "152226", "150002"
ROLES = [
    ("hq", Role.ADMIN),
    ("secretariat", Role.SECRETARIAT),
    ("hq", Role.EXECUTIVE),
    ("mynumber", Role.DIVISION),
    ("hq", Role.LIAISON),
    (JOETSU, Role.LOCAL_MANAGER),
    (JOETSU, Role.LOCAL_STAFF),
    (NIIGATA, Role.LOCAL_MANAGER),
    (NIIGATA, Role.LOCAL_STAFF),
    ("chijikai", Role.ASSOCIATION),
    ("digital", Role.MINISTRY),
    ("hq", Role.AUDITOR),
]


def member_of(code, role):
    return make_liaison(NIIGATA) if role is Role.LIAISON else make_member(code, role)


def titles(page, section=None):
    """The titles of the resources of a section, else of the first list of the page."""
    main = page.soup.main
    scope = main.find(attrs={"aria-labelledby": section}) if section else main.find("ul", "resource-list")
    return [each.a.get_text(strip=True) for each in scope.find_all("p", "resource-list__title")] if scope else []


def put_many(staff):
    """Something of everything, more than a page shows."""
    for number in range(12):
        make_issued(f"総行住第{number + 1}号", title=f"通知{number}", reply_due_on=due_in(number + 3))
        put_issue(
            staff,
            due_on=day(-number - 1),
            days_old=30,
            holder=Holder.DIVISION,
            state=IssueState.ASSIGNED,
            division_id=organisation("mynumber").id,
            holder_organisation_id=organisation("mynumber").id,
        )
    make_review(title="決裁を待つ通知")


@pytest.mark.parametrize(("code", "role"), ROLES)
@pytest.mark.parametrize("locale", ["ja", "en"])
def test_home_opens_for_every_role_with_nothing_in_the_portal(visit, arrange, code, role, locale):
    with arrange():
        member = member_of(code, role)

    assert visit(member, locale).get("/").h1


def test_home_keeps_its_budget_for_every_role_with_much_in_the_portal(visit, arrange):
    with arrange():
        put_many(make_member(JOETSU, Role.LOCAL_STAFF))
        members = [member_of(code, role) for code, role in ROLES]

    for member in members:
        assert visit(member).get("/", budget=15).h1


def test_municipality_sees_what_to_do_earliest_due_first(visit, arrange):
    with arrange():
        make_issued("総行住第1号", title="あとで", reply_due_on=due_in(20))
        no_due = {"nature": Nature.INFORMATION, "reply_due_on": None, "required_action": "お読みください"}
        make_issued("総行住第2号", title="期限なし", **no_due)
        make_issued("総行住第3号", title="はやく", reply_due_on=due_in(4))
        member = make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")

    page = visit(member).get("/")

    assert page.h1 == "本日の対応"
    assert titles(page) == ["はやく", "あとで", "期限なし"]
    assert "あと4営業日" in page.main
    assert "受領する" in page.main
    assert "住民制度課" in page.main


def test_button_leads_to_the_step(visit, arrange):
    with arrange():
        guidance = make_issued()
        member = make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")
    visitor = visit(member)
    action = visitor.get("/").soup.main.find("div", "resource-list__action").a["href"]

    assert action == f"/guidance/{guidance.id}/receive"
    visitor.get(action)


def test_empty_home_says_what_would_appear(visit, arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)

    assert "期限の近い順にここに表示されます" in visit(member).get("/").main


def test_own_issues_say_where_the_ball_is(visit, arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")
        put_issue(
            member,
            title="手帳番号の重複",
            holder=Holder.DIVISION,
            state=IssueState.ASSIGNED,
            holder_organisation_id=organisation("mynumber").id,
            due_on=day(3),
        )
        put_issue(member, title="終わったもの", state=IssueState.CLOSED)
        put_issue(member, title="下書き", state=IssueState.DRAFT)
        put_issue(make_member("152021", Role.LOCAL_STAFF), title="よその団体のもの")

    page = visit(member).get("/")

    assert titles(page, "own-issues") == ["手帳番号の重複"]
    assert "いま：マイナンバー制度支援室" in page.main


def test_internal_activity_does_not_move_the_own_list(visit, arrange):
    """Ordering by what only headquarters knows would tell that a note was written."""
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")
        earlier = put_issue(member, title="先", last_public_activity_at=clock.now() - timedelta(days=2))
        put_issue(member, title="後", last_public_activity_at=clock.now() - timedelta(days=1))
        earlier.last_activity_at = clock.now() + timedelta(minutes=1)

    assert titles(visit(member).get("/"), "own-issues") == ["後", "先"]


def test_prefecture_sees_which_papers_its_bodies_have_not_received(visit, arrange):
    with arrange():
        make_issued(title="管内に未受領がある通知")
        member = make_member(NIIGATA, Role.LOCAL_STAFF, section="市町村課")

    page = visit(member).get("/")

    area = page.soup.find(attrs={"aria-labelledby": "area"})
    assert "管内に未受領がある通知" in area.get_text()
    assert "31団体" in area.get_text()


def test_municipality_is_not_shown_other_bodies(visit, arrange):
    with arrange():
        make_issued()
        member = make_member(JOETSU, Role.LOCAL_STAFF)

    assert visit(member).get("/").soup.find(attrs={"aria-labelledby": "area"}) is None


def test_liaison_sees_what_is_stuck_in_the_own_area_only(visit, arrange):
    with arrange():
        staff, other = make_member(JOETSU, Role.LOCAL_STAFF), make_member("131016", Role.LOCAL_STAFF)
        put_issue(staff, title="止まっている", days_old=20, holder=Holder.DIVISION, state=IssueState.ASSIGNED)
        put_issue(staff, title="動いている", days_old=1, holder=Holder.DIVISION, state=IssueState.ASSIGNED)
        put_issue(staff, title="自分が持っている", days_old=20)
        put_issue(other, title="東京都のもの", days_old=20, holder=Holder.DIVISION, state=IssueState.ASSIGNED)
        liaison = make_liaison(NIIGATA)

    assert titles(visit(liaison).get("/"), "stuck") == ["止まっている"]


def test_secretariat_sees_overdue_and_ownerless_issues_and_failed_mail(visit, arrange):
    with arrange():
        make_liaison(NIIGATA)
        staff, orphan = make_member(JOETSU, Role.LOCAL_STAFF), make_member("131016", Role.LOCAL_STAFF)
        put_issue(staff, title="ずっと前", due_on=day(-9))
        put_issue(staff, title="きのう", due_on=day(-1))
        put_issue(staff, title="まだ先", due_on=day(5))
        put_issue(staff, title="回答済", due_on=day(-3), state=IssueState.ANSWERED)
        put_issue(orphan, title="担当がいない")
        event = EventRecord(
            kind="x", occurred_at=clock.now(), subject_kind="issue", subject_id=1, audience=Audience.PUBLIC, payload={}
        )
        db.session.add(event)
        db.session.flush()
        db.session.add(
            Delivery(
                event_id=event.id,
                person_id=staff.person_id,
                message_id="<a@x>",
                state=DeliveryState.FAILED,
                not_before_at=clock.now(),
                created_at=clock.now(),
                error="550 no such user",
            )
        )
        member = make_member("secretariat", Role.SECRETARIAT)

    page = visit(member).get("/")

    assert titles(page, "overdue") == ["ずっと前", "きのう"]
    assert titles(page, "ownerless") == ["担当がいない"]
    assert "550 no such user" in page.main


def test_approver_finds_the_paper_that_waits_and_its_drafter_does_not(visit, arrange):
    with arrange():
        drafter = make_member("juumin", Role.DIVISION, is_head=True, is_approver=True)
        make_review(actor_of(drafter), title="決裁を待つ通知")
        chief = make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True)

    assert "決裁を待つ通知" in titles(visit(chief).get("/"))
    assert "決裁を待つ通知" not in titles(visit(drafter).get("/"))


def test_returned_draft_waits_for_its_division(visit, arrange):
    with arrange():
        drafter = make_member("juumin", Role.DIVISION)
        guidance = make_review(actor_of(drafter), title="差し戻された通知")
        chief = actor_of(make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True))
        service.return_to_draft(chief, guidance, reason="宛先を確かめてください。")

    assert titles(visit(drafter).get("/")) == ["差し戻された通知"]


def test_executive_reads_the_week_in_real_figures(visit, arrange):
    with arrange():
        staff = make_member(JOETSU, Role.LOCAL_STAFF)
        put_issue(staff, days_old=1)
        put_issue(staff, days_old=2, theme="card")
        put_issue(staff, days_old=10, due_on=day(-1))
        now = clock.now()
        for days_old in (3, 40):
            answered = {"state": IssueState.ANSWERED, "answered_at": now, "holder": Holder.SUBMITTER}
            note_answered(put_issue(staff, days_old=days_old, **answered))
        asked = put_issue(staff, days_old=4, state=IssueState.CONSULTING, holder=Holder.MINISTRY)
        db.session.add(
            Consultation(
                issue_id=asked.id,
                ministry_id=organisation("digital").id,
                asked_by_person_id=staff.person_id,
                asked_at=now,
                due_on=day(-1),
            )
        )
        make_issued(title="最新の通知")
        executive = make_member("hq", Role.EXECUTIVE)

    page = visit(executive).get("/")

    lines = [" ".join(line.get_text(" ").split()) for line in page.soup.find_all("li", "line")]
    assert len(lines) == 5
    assert "4件 前の7日間 1件" in lines[0]
    assert "マイナンバー紐付け総点検 3" in lines[0]
    assert "2件" in lines[1]
    assert "1／2" in lines[1]
    assert "4件 うち期限超過 1件" in lines[2]
    assert "最新の通知" in lines[3]
    assert "デジタル庁 1 期限超過 1件" in lines[4]


def rows(page):
    """(title, verb of the button) of the first list of the page."""
    found = page.soup.main.find("ul", "resource-list")
    return [
        tuple(item.find(class_=f"resource-list__{part}").a.get_text(strip=True) for part in ("title", "action"))
        for item in (found.find_all("li") if found else [])
        if item.find(class_="resource-list__action")
    ]


def test_liaison_sees_leaks_and_urgent_issues_first_and_only_the_own_area(visit, arrange):
    with arrange():
        staff, other = make_member(JOETSU, Role.LOCAL_STAFF), make_member("131016", Role.LOCAL_STAFF)
        post = organisation(NIIGATA).id
        put_issue(staff, title="ふつう", due_on=day(0), holder_organisation_id=post)
        put_issue(staff, title="割り振るもの", due_on=day(1), holder_organisation_id=post, state=IssueState.TRIAGED)
        put_issue(staff, title="緊急", due_on=day(2), holder_organisation_id=post, urgency=Urgency.URGENT)
        put_issue(staff, title="漏えい", due_on=day(3), holder_organisation_id=post, leak=Leak.SUSPECTED)
        put_issue(other, title="東京都のもの", holder_organisation_id=organisation("130001").id)
        liaison = make_liaison(NIIGATA)

    page = visit(liaison).get("/")

    assert rows(page) == [
        ("漏えい", "仕分けする"),
        ("緊急", "仕分けする"),
        ("ふつう", "仕分けする"),
        ("割り振るもの", "割り振る"),
    ]


def test_division_sees_what_to_accept_to_answer_and_what_came_back(visit, arrange):
    with arrange():
        staff, division = make_member(JOETSU, Role.LOCAL_STAFF), organisation("mynumber")
        held = {
            "holder": Holder.DIVISION,
            "holder_organisation_id": division.id,
            "division_id": division.id,
            "state": IssueState.ASSIGNED,
        }
        put_issue(staff, title="受けるもの", due_on=day(3), **held)
        put_issue(staff, title="答えるもの", due_on=day(2), accepted_at=clock.now(), **held)
        asked = put_issue(staff, title="戻ったもの", due_on=day(1), accepted_at=clock.now(), **held)
        db.session.add(
            Consultation(
                issue_id=asked.id,
                ministry_id=organisation("digital").id,
                asked_by_person_id=staff.person_id,
                asked_at=clock.now(),
                replied_at=clock.now(),
            )
        )
        put_issue(
            staff,
            title="よその課のもの",
            **{**held, "holder_organisation_id": organisation("juumin").id, "division_id": organisation("juumin").id},
        )
        member = make_member("mynumber", Role.DIVISION)

    assert rows(visit(member).get("/")) == [
        ("戻ったもの", "府省の回答を踏まえて回答する"),
        ("答えるもの", "回答する"),
        ("受けるもの", "受け入れる"),
    ]


def test_body_sees_what_was_returned_and_answered(visit, arrange):
    with arrange():
        staff = make_member(JOETSU, Role.LOCAL_STAFF, section="市民課")
        held = {"holder": Holder.SUBMITTER, "holder_organisation_id": organisation(JOETSU).id}
        put_issue(staff, title="補足", due_on=day(1), state=IssueState.RETURNED, **held)
        put_issue(staff, title="回答あり", state=IssueState.ANSWERED, division_id=organisation("juumin").id, **held)

    page = visit(staff).get("/")

    assert rows(page) == [("補足", "補足を提出する"), ("回答あり", "回答を確認する")]
    assert "住民制度課" in page.main


def test_ministry_sees_the_questions_put_to_it(visit, arrange):
    with arrange():
        staff = make_member(JOETSU, Role.LOCAL_STAFF)
        asked = put_issue(staff, title="デジタル庁への照会", state=IssueState.CONSULTING, holder=Holder.MINISTRY)
        db.session.add(
            Consultation(
                issue_id=asked.id,
                ministry_id=organisation("digital").id,
                asked_by_person_id=staff.person_id,
                asked_at=clock.now(),
            )
        )
        member, other = make_member("digital", Role.MINISTRY), make_member("mhlw", Role.MINISTRY)

    assert rows(visit(member).get("/")) == [("デジタル庁への照会", "府省照会に回答する")]
    assert rows(visit(other).get("/")) == []


def test_only_so_much_is_shown_and_the_page_says_so(visit, arrange):
    with arrange():
        staff = make_member(JOETSU, Role.LOCAL_STAFF)
        for _ in range(25):
            put_issue(staff, due_on=day(1), holder_organisation_id=organisation(NIIGATA).id)
        liaison = make_liaison(NIIGATA)

    page = visit(liaison).get("/")

    assert len(rows(page)) == 20
    assert "20件以上" in page.main
    assert "続きは一覧で" in page.main


# The small endpoints


def test_language_switch_keeps_the_page_and_the_choice(visit, arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
    visitor = visit(member)
    page = visitor.post_with_token("/language", {"locale": "en", "next": "/profile?a=1"})
    assert page.url == "/profile"
    assert page.soup.html["lang"] == "en"

    assert visitor.get("/").soup.html["lang"] == "en"


def test_language_is_chosen_before_signing_in_and_stays(visit):
    visitor = visit()
    token = visitor.csrf_token()
    page = visitor.post("/language", {"csrf_token": token, "locale": "en", "next": "/sign-in"})

    assert page.url == "/sign-in"
    assert page.soup.html["lang"] == "en"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_language_switch_leads_nowhere_else(visit, target):
    visitor = visit()
    token = visitor.csrf_token()

    assert (
        visitor.post("/language", {"csrf_token": token, "locale": "en", "next": target}, follow=False).location == "/"
    )


def test_unknown_language_changes_nothing(visit):
    visitor = visit()
    token = visitor.csrf_token()
    visitor.post("/language", {"csrf_token": token, "locale": "xx", "next": "/sign-in"})

    assert visitor.get("/sign-in").soup.html["lang"] == "ja"


def test_preview_shows_what_will_be_shown_and_runs_nothing(visit, arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
    visitor = visit(member)
    token = visitor.csrf_token()

    html = visitor.client.post(
        "/preview", data={"csrf_token": token, "text": "**太字** <script>alert(1)</script> [x](javascript:alert(1))"}
    ).text

    assert "<strong>太字</strong>" in html
    assert "<script" not in html
    assert "javascript:" not in html


def test_preview_is_for_signed_in_people(visit):
    visitor = visit()
    token = visitor.csrf_token()

    assert visitor.client.post("/preview", data={"csrf_token": token}).status_code == 302


def test_health_check_is_plain_and_leaves_no_cookie(visit):
    response = visit().client.get("/healthz")

    assert response.text == "ok\n"
    assert response.mimetype == "text/plain"
    assert "Set-Cookie" not in response.headers


def test_health_check_fails_when_the_database_does(visit, monkeypatch):
    def fail():
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(routes, "check_database", fail)

    assert visit().client.get("/healthz").status_code == 503
