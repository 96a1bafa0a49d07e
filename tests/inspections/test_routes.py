"""The progress of an inspection in the browser: entered, refused, corrected, reported as an issue, looked up."""

import pytest

from portal.campaigns.models import Entry
from portal.core.db import db
from portal.decisions.states import Outcome
from portal.directory.roles import Role
from tests.factories.inspections import BODY, NEIGHBOUR, day, decide, entry_of, make_inspection
from tests.factories.people import make_member

COUNTS = {
    "target": "１，２００", "extracted": "1200", "matched": "1,200", "mismatched": "5", "confirmed": "5",
    "pending": "0", "mislinks": "2", "corrected": "1",
}  # fmt: skip


@pytest.fixture
def world(arrange):
    """An inspection of two bodies, and who looks at it."""
    with arrange():
        campaign = make_inspection((BODY, NEIGHBOUR))
        return {
            "path": f"/campaigns/{campaign.id}/entries/{entry_of(campaign).id}/progress",
            "list": f"/campaigns/{campaign.id}/progress",
            "entry": entry_of(campaign).id,
            "staff": make_member(BODY, Role.LOCAL_STAFF, section="市民課"),
            "office": make_member("juumin", Role.DIVISION),
            "neighbour": make_member(NEIGHBOUR, Role.LOCAL_STAFF),
        }


def on(name: str, when) -> dict[str, str]:
    return {f"{name}-year": f"R{when.year - 2018}", f"{name}-month": str(when.month), f"{name}-day": str(when.day)}


def test_a_body_enters_is_refused_corrects_and_reports(visit, world):
    staff = visit(world["staff"])
    page = staff.get(world["path"])
    assert "まだ進捗が報告されていません" in page.main
    refused = page.form(world["path"]).submit(**COUNTS, **on("as_of", day(3)), cause_input="1", leak="investigating")
    assert refused.status == 422
    assert "合計（1件）を、紐付け誤り（2件）と同じ" in refused.error_of("cause_same_name")
    late = {**on("expected_on", day(-31)), "cause_family": "1"}
    refused = refused.form(world["path"]).submit(**late)
    assert "遅れる理由" in refused.error_of("delay_reason")
    page = refused.form(world["path"]).submit(delay_reason="対象者が転出したため")
    assert "進捗を登録しました" in page.main
    assert "漏えいの件を、本部と担当のリエゾンに知らせました" in page.main
    assert "4 修正" in page.main
    assert "漏えい調査中" in page.main
    assert "家族等の番号の記載 1件" in page.main

    # the next figures: beside each field stands what was there
    first, stale = staff.get(world["path"]), staff.get(world["path"])
    values = {**COUNTS, "confirmed": "4", "pending": "1", "cause_input": "1", "cause_family": "1", "leak": "denied"}
    refused = first.form(world["path"]).submit(**values, **on("as_of", day()))
    assert "前回（5件）より減っています" in refused.error_of("confirmed")
    page = refused.form(world["path"]).submit(confirmed="5", pending="0", corrected="2", **on("published_on", day()))
    assert "5 完了" in page.main
    assert "知らせました" not in page.main
    assert "+1" in page.main
    told = stale.form(world["path"]).submit(**{**values, "confirmed": "5", "pending": "0"}, **on("as_of", day()))
    assert told.status == 422
    assert "ほかの方が先に" in told.main

    link = next(a["href"] for a in page.soup.find_all("a") if "corrects=" in a["href"])
    page = staff.get(link.split("#")[0])
    assert page.soup.find(attrs={"name": "matched"})["value"] == "1200"
    refused = page.form(world["path"]).submit(inquiries="4")
    assert "訂正の理由" in refused.error_of("reason")
    page = refused.form(world["path"]).submit(reason="問合せを数え落としたため")
    assert "訂正前" in page.main
    assert "理由：問合せを数え落としたため" in page.main

    issue = staff.get(f"/issues/new?entry={world['entry']}")
    assert "紐付け誤りについて" in issue.soup.find(attrs={"name": "title"})["value"]
    assert issue.soup.find(attrs={"name": "leak", "value": "no"}).has_attr("checked")
    assert "紐付け誤り：2件（修正済2件）" in issue.soup.find(attrs={"name": "body"}).get_text()


@pytest.mark.parametrize("is_newest", [True, False])
def test_of_two_who_correct_the_same_figures_the_second_is_told_and_loses_nothing(visit, world, is_newest):
    staff = visit(world["staff"])
    entered = {**COUNTS, "cause_input": "2", "leak": "denied", **on("published_on", day())}
    page = staff.get(world["path"]).form(world["path"]).submit(**entered, **on("as_of", day(3)))
    link = next(a["href"] for a in page.soup.find_all("a") if "corrects=" in a["href"]).split("#")[0]
    if not is_newest:
        staff.get(world["path"]).form(world["path"]).submit(**entered, **on("as_of", day()))
    first, second = staff.get(link), staff.get(link)
    first.form(world["path"]).submit(inquiries="4", reason="一人目の訂正")

    told = second.form(world["path"]).submit(inquiries="5", reason="二人目の訂正")

    assert told.status == 422
    assert "ほかの方が先に" in told.main
    assert told.soup.find(attrs={"name": "inquiries"})["value"] == "5"
    assert "二人目の訂正" in told.main
    done = told.form(world["path"]).submit()
    assert "理由：一人目の訂正" in done.main
    assert "理由：二人目の訂正" in done.main


def test_headquarters_looks_up_and_strangers_find_nothing(visit, world):
    office, stranger = visit(world["office"]), visit(world["neighbour"])
    stranger.get(world["path"], status=404)
    assert "title" in stranger.get(f"/issues/new?entry={world['entry']}").text
    assert stranger.get(f"/issues/new?entry={world['entry']}").soup.find(attrs={"name": "title"})["value"] == ""
    page = office.get(world["path"])
    refused = page.form(world["path"]).submit(**COUNTS, **on("as_of", day()), cause_other="2", leak="none")
    assert "団体に代わって" in refused.error_of("reason")
    assert refused.form(world["path"]).submit(reason="電話で聴き取ったため").main.count("電話で聴き取ったため") == 1
    page = office.get(world["list"])
    assert "上越市" in page.main
    assert "長岡市" in page.main or "三条市" in page.main
    assert office.get(f"{world['list']}?stage=unreported&prefecture=15").main.count("未報告") > 1
    assert "条件に合う点検はありません" in office.get(f"{world['list']}?stage=done").main
    assert "上越市" not in stranger.get(world["list"]).main


def test_what_is_begun_is_finished_whatever_is_decided_since(visit, world, arrange):
    staff = visit(world["staff"])
    begun = staff.get(world["path"]).form(world["path"])
    begun.submit(**COUNTS, **on("as_of", day(3)), cause_input="2", leak="investigating")
    with arrange():
        decide(db.session.get_one(Entry, world["entry"]), Outcome.EXEMPT)

    page = staff.get(world["path"])
    assert "いまの判定は「点検不要」です" in page.main
    rest = {"corrected": "2", "cause_input": "2", "leak": "denied", **on("published_on", day())}
    done = page.form(world["path"]).submit(**{**COUNTS, **rest}, **on("as_of", day()))

    assert "5 完了" in done.main
