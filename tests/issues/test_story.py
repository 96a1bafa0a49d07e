"""The whole story of an issue as its people live it, page by page, up to the official answer and after."""

import re

import pytest

from portal.core import clock
from portal.core.calendar import era_year, japan_date
from tests.factories.issues import Cast, make_cast, sub_topic, theme
from tests.factories.people import make_member

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def cast(arrange) -> Cast:
    with arrange():
        return make_cast()


@pytest.fixture
def typed(arrange) -> dict[str, str]:
    """What a member of staff types into the form."""
    with arrange():
        return {
            "kind": "problem",
            "theme_id": str(theme().id),
            "sub_topic_id": str(sub_topic().id),
            "title": "手帳番号の重複について",
            "body": "同じ番号の手帳が**26件**見つかりました。",
            "tried": "発行元に照会しました。",
            "impact_count": "２６",
            "leak": "no",
            "urgency": "normal",
        }


def submit(visitor, typed, **changes) -> str:
    """Submit an issue on its page; returns its number."""
    page = visitor.get("/issues/new").form("/issues/new").submit(**typed, action="submit", **changes)
    assert page.status == 200, page.main[:500]
    return page.url.rsplit("/", 1)[1]


def step(visitor, number, verb, **values):
    """Open the page of a step and send its form."""
    return visitor.get(f"/issues/{number}/{verb}").form().submit(**values)


def option(page, label) -> str:
    """The value of the box or option that reads so."""
    named = next(each for each in page.soup.find_all(["label", "option"]) if each.get_text(strip=True) == label)
    return named["value"] if named.name == "option" else page.soup.find(id=named["for"])["value"]


def test_from_submission_to_the_official_answer_and_back(visit, cast, typed):
    staff, liaison, prefecture = visit(cast.staff), visit(cast.liaison), visit(cast.prefecture)
    division, head, ministry = visit(cast.division), visit(cast.division_head), visit(cast.ministry)

    number = submit(staff, typed, attachments=("一覧.pdf", PDF))
    assert number.endswith("-L-000001")
    page = staff.get(f"/issues/{number}")
    assert page.h1 == "手帳番号の重複について"
    assert "リエゾン（新潟県担当）が内容を確認しています" in page.main
    assert "一覧.pdf" in page.main
    assert "26件" in page.main

    page = liaison.get("/issues")
    assert number in page.main
    assert "未読" in page.main
    page = step(liaison, number, "return", reason="件数の内訳を教えてください。")
    assert "上越市の補足を待っています" in page.main
    page = step(staff, number, "resubmit", text="等級別では次のとおりです。", attachments=("内訳.pdf", PDF))
    assert "等級別では" in page.main
    assert "内訳.pdf" in page.main
    page = step(liaison, number, "triage")
    assert "仕分けました" in page.main
    page = step(liaison, number, "route")
    assert "マイナンバー制度支援室が受入れを確認しています" in page.main
    page = step(division, number, "accept")
    assert "回答を準備しています" in page.main

    promised_on = f"令和{era_year(japan_date(clock.now())) + 2}年1月10日"
    page = step(division, number, "provisional-answer", text="調査中です。", promised_on=promised_on)
    assert "暫定回答" in page.main
    ministries = division.get(f"/issues/{number}/consult")
    digital = option(ministries, "デジタル庁")
    page = ministries.form().submit(
        ministry_ids=[digital], question="仕様を教えてください。", attachments=("照会.pdf", PDF)
    )
    assert "デジタル庁が照会への回答を準備しています" in page.main
    page = ministry.get(f"/issues/{number}")
    assert "仕様を教えてください。" in page.main
    reply = page.soup.find("a", href=re.compile("/consultations/.*/reply$"))["href"]
    page = ministry.get(reply).form().submit(text="改修は不要です。")
    assert "改修は不要です。" in page.main
    assert "改修は不要です。" not in staff.get(f"/issues/{number}").main
    assert "照会.pdf" not in prefecture.get(f"/issues/{number}").main

    division.get(f"/issues/{number}/answer", status=403)
    page = step(head, number, "answer", text="登録する番号の前に記号を付けてください。", attachments=("手順.pdf", PDF))
    assert "正式回答" in page.main
    page = staff.get(f"/issues/{number}")
    assert "登録する番号の前に記号を付けてください。" in page.main
    file = next(link["href"] for link in page.soup.find_all("a") if link.get_text() == "手順.pdf")
    download = staff.get(file)
    assert download.response.data == PDF
    assert download.response.headers["Content-Disposition"].startswith("attachment")

    page = step(staff, number, "close")
    assert "完了しました" in page.main
    page = step(staff, number, "reopen", reason="別の手帳でも起きました。")
    assert "回答を準備しています" in page.main
    page = step(staff, number, "withdraw", reason="解決しました。")
    assert "取り下げられました" in page.main


def test_a_proposal_to_decline_stays_inside_until_it_is_confirmed(visit, cast, typed):
    staff, liaison, chief = visit(cast.staff), visit(cast.liaison), visit(cast.chief)
    number = submit(staff, typed)
    step(liaison, number, "decline", desk="厚生労働省の担当課", reason="所管が異なります。")

    page = staff.get(f"/issues/{number}")
    assert "厚生労働省の担当課" not in page.text
    assert "所管が異なります。" not in page.text
    page = chief.get(f"/issues/{number}/confirm-decline")
    assert "所管が異なります。" in page.main
    page.form().submit(decision="reject", text="制度全体の課題なので続けてください。")
    assert "内容を確認しています" in staff.get(f"/issues/{number}").main
    step(liaison, number, "decline", desk="厚生労働省の担当課", reason="所管が異なります。")
    step(chief, number, "confirm-decline", decision="confirm", text="次の窓口にお尋ねください。")
    page = staff.get(f"/issues/{number}")
    assert "適切な窓口：厚生労働省の担当課" in page.main
    assert "次の窓口にお尋ねください。" in page.main
    assert "所管が異なります。" not in page.text


def test_a_division_gives_it_back_and_the_secretariat_routes_it_anew(visit, cast, typed, arrange):
    liaison, division, secretariat = visit(cast.liaison), visit(cast.division), visit(cast.secretariat)
    number = submit(visit(cast.staff), typed)
    step(liaison, number, "triage")
    step(liaison, number, "route")
    page = step(division, number, "bounce", reason="住民制度課の所管です。")
    assert "事務局が割振り先を決めています" in page.main
    assert "住民制度課の所管です。" not in visit(cast.staff).get(f"/issues/{number}").text
    page = secretariat.get(f"/issues/{number}/route")
    page = page.form().submit(division_id=option(page, "住民制度課"))
    assert "住民制度課が受入れを確認しています" in page.main


def test_a_liaison_enters_a_hearing_for_a_body_in_charge_only(visit, cast, typed):
    liaison = visit(cast.liaison)
    form = liaison.get("/issues/new").form("/issues/new")
    values = {**typed, "kind": "hearing"}
    page = form.submit(**values, body_code="011002", action="submit")
    assert page.status == 422
    assert "担当する地方公共団体の団体コード" in page.error_of("body_code")
    page = liaison.get("/issues/new").form("/issues/new").submit(**values, body_code="152226", action="submit")
    assert page.status == 200
    assert "聴取" in visit(cast.manager).get(page.url).main
    page = visit(cast.manager).get(f"{page.url}/edit").form().submit(body="聞き取りの内容を一部直しました。")
    assert "聞き取りの内容を一部直しました。" in page.main


def test_an_association_submits_requests_that_the_secretariat_holds(visit, cast, typed):
    visitor = visit(cast.association)
    page = visitor.get("/issues/new")
    assert page.h1 == "要望を提出する"
    number = page.form("/issues/new").submit(**{**typed, "kind": "request"}, action="submit").url.rsplit("/", 1)[1]
    assert "事務局が内容を確認しています" in visitor.get(f"/issues/{number}").main
    visit(cast.liaison).get(f"/issues/{number}", status=404)


def test_a_published_answer_is_quoted_by_its_number(visit, cast, typed, arrange):
    with arrange():
        from tests.factories.guidance import make_issued

        make_issued("総行住第78号")
    number = submit(visit(cast.staff), typed)
    liaison = visit(cast.liaison)
    step(liaison, number, "triage")
    page = step(liaison, number, "quote-answer", text="次の通知のとおりです。", source="総行住第99999号")
    assert page.status == 422
    assert "見つかりません" in page.error_of("source")
    page = page.form().submit(source="総行住第78号")
    assert "公表済みの回答による回答" in page.main
    assert "紐付け総点検の実施について" in page.main
    assert "関連する通知等" in visit(cast.manager).get(f"/issues/{number}").main


def test_an_auditor_reads_only_after_giving_a_reason(visit, cast, typed, arrange):
    number = submit(visit(cast.staff), typed)
    auditor = visit(cast.auditor)
    auditor.get(f"/issues/{number}", status=404)
    page = auditor.get("/audit/readings").form().submit(number=number, reason="苦情の申出に関する事実の確認", hours="4")
    assert page.h1 == "手帳番号の重複について", page.main
    assert not page.has_form(f"/issues/{number}/reply")


@pytest.mark.parametrize("role", ["executive", "auditor"])
def test_executives_and_auditors_may_not_create(visit, cast, role):
    visit(getattr(cast, role)).get("/issues/new", status=404)


def test_a_village_without_sections_submits(visit, cast, typed, arrange):
    with arrange():
        from portal.directory.roles import Role

        member = make_member("155861", Role.LOCAL_STAFF)
    number = submit(visit(member), typed)
    assert "粟島浦村" in visit(cast.liaison).get(f"/issues/{number}").main
