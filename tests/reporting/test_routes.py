"""Reports at their pages, for every role."""

import pytest

from portal.directory.roles import Role
from portal.inspections.states import LeakState
from tests.factories.inspections import day, entry_of
from tests.factories.people import make_member, organisation
from tests.factories.reporting import CODES, add_snapshot, make_counted, make_published, make_ready, make_report


@pytest.fixture
def campaign(arrange):
    """Five bodies: four found many mislinks, one found three and has not published."""
    with arrange():
        made = make_counted()
        for code in CODES:
            few = code == "152226"
            add_snapshot(entry_of(made, code), day(30), mislinks=0 if few else 40)
            add_snapshot(entry_of(made, code), day(3), mislinks=3 if few else 60, corrected=0 if few else 20)
        add_snapshot(entry_of(made, "152048", 2), day(3), extracted=400, matched=400, leak=LeakState.INVESTIGATING)
        return made


def _member(arrange, code, role, **fields):
    with arrange():
        return make_member(code, role, **fields)


def _secretariat(arrange, **fields):
    return _member(arrange, "secretariat", Role.SECRETARIAT, **fields)


def test_figures_as_of_a_date_show_the_newest_up_to_it(visit, arrange, campaign):
    page = visit(_secretariat(arrange)).get(f"/campaigns/{campaign.id}/figures?as_of={day(10)}")

    assert page.status == 200
    assert "160" in page.main
    assert "243" not in page.main


def test_figures_of_today_say_what_is_new_since_the_date_before(visit, arrange, campaign):
    page = visit(_secretariat(arrange)).get(f"/campaigns/{campaign.id}/figures?as_of={day()}&since={day(10)}")

    assert "243" in page.main  # 4 × 60 + 3
    assert "83" in page.main


def test_a_date_that_cannot_be_read_stands_with_its_message(visit, arrange, campaign):
    page = visit(_secretariat(arrange)).get(f"/campaigns/{campaign.id}/figures?as_of=32日")

    assert page.status == 200
    assert page.error_of("as_of")


def test_a_body_counts_its_own_and_nothing_else(visit, arrange, campaign):
    page = visit(_member(arrange, "152226", Role.LOCAL_STAFF)).get(f"/campaigns/{campaign.id}/figures")

    assert page.status == 200
    assert "243" not in page.main
    assert "60" not in page.main


def test_a_report_is_begun_written_and_published_by_a_second_person(visit, arrange, campaign):
    author, head = _secretariat(arrange), _secretariat(arrange, is_head=True, is_approver=True)
    writer, publisher = visit(author), visit(head)
    form = writer.get(f"/campaigns/{campaign.id}/reports/new").form()
    edit = form.submit(kind="interim")
    assert edit.h1 == "報告の本文を書く"
    shown = edit.form("/edit").submit(intro="**経緯**を書く。", findings="誤りがあった。")
    assert "経緯" in shown.main
    assert "243" in shown.main
    writer.get(f"/campaigns/{campaign.id}/reports/1/publish", status=403)
    publisher.get(f"/campaigns/{campaign.id}/reports/1/publish", status=403)
    asked = writer.get(f"/campaigns/{campaign.id}/reports/1").form("/ask-publication").submit()
    assert "公表を依頼済み" in asked.main
    assert not asked.has_form("/ask-publication")
    assert "取り下げられます" in writer.get(f"/campaigns/{campaign.id}/reports/1/edit").main

    done = publisher.get(f"/campaigns/{campaign.id}/reports/1/publish").form("/publish").submit()

    assert "公表済" in done.main
    writer.get(f"/campaigns/{campaign.id}/reports/1/edit", status=403)


def test_a_stale_text_overwrites_nothing(visit, arrange, campaign):
    with arrange():
        make_report(campaign)
    one = visit(_secretariat(arrange)).get(f"/campaigns/{campaign.id}/reports/1/edit")
    two = visit(_secretariat(arrange)).get(f"/campaigns/{campaign.id}/reports/1/edit")
    one.form("/edit").submit(intro="先に書いた。")

    late = two.form("/edit").submit(intro="後から書いた。")

    assert late.status == 409
    assert "後から書いた。" in late.text


@pytest.mark.parametrize(
    ("viewer", "status"),
    [
        (("secretariat", Role.SECRETARIAT), 200),
        (("hq", Role.EXECUTIVE), 200),
        (("hq", Role.LIAISON), 404),
        (("152226", Role.LOCAL_MANAGER), 404),
        (("150002", Role.LOCAL_STAFF), 404),
        (("chijikai", Role.ASSOCIATION), 404),
        (("mhlw", Role.MINISTRY), 404),
    ],
)
def test_a_draft_is_for_the_headquarters(visit, arrange, campaign, viewer, status):
    with arrange():
        make_report(campaign)

    visit(_member(arrange, *viewer)).get(f"/campaigns/{campaign.id}/reports/1", status=status)


@pytest.mark.parametrize(
    ("code", "role"), [("152226", Role.LOCAL_MANAGER), ("chijikai", Role.ASSOCIATION), ("mhlw", Role.MINISTRY)]
)
def test_a_published_report_leaves_out_what_one_body_found(visit, arrange, campaign, code, role):
    with arrange():
        make_published(campaign)

    page = visit(_member(arrange, code, role)).get(f"/campaigns/{campaign.id}/reports/1")

    assert page.status == 200
    assert "＊" in page.main
    assert "本部版" not in page.main


def test_the_headquarters_see_what_is_left_out_marked(visit, arrange, campaign):
    with arrange():
        make_published(campaign)
    visitor = visit(_secretariat(arrange))

    whole = visitor.get(f"/campaigns/{campaign.id}/reports/1")
    public = visitor.get(f"/campaigns/{campaign.id}/reports/1?edition=public")

    assert whole.soup.select("mark.left-out--marked")
    assert not public.soup.select("mark.left-out--marked")
    assert "＊" in public.main


def test_counting_again_says_that_all_is_equal_and_then_what_differs(visit, arrange, campaign):
    with arrange():
        make_report(campaign)
    visitor = visit(_secretariat(arrange))
    assert "全ての数字が同じです" in visitor.get(f"/campaigns/{campaign.id}/reports/1/check").main
    with arrange():
        add_snapshot(entry_of(campaign, "152226", 2), day(1), mislinks=50)

    page = visitor.get(f"/campaigns/{campaign.id}/reports/1/check")
    assert "異なります" in page.main
    page.form("/recount").submit()

    assert "全ての数字が同じです" in visitor.get(f"/campaigns/{campaign.id}/reports/1/check").main


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"causes": {"input": 1, "lookup": 2}}, "紐付け誤りの原因"),
        ({"leak": LeakState.CONFIRMED}, "情報漏えいの状況"),
        ({"published_on": day(1), "corrected": 3}, "5 完了"),
    ],
)
def test_counting_again_compares_every_figure_of_the_report(visit, arrange, campaign, changes, said):
    with arrange():
        make_report(campaign)
        add_snapshot(entry_of(campaign, "152226"), day(3), **{"mislinks": 3, "leak": LeakState.DENIED, **changes})

    page = visit(_secretariat(arrange)).get(f"/campaigns/{campaign.id}/reports/1/check")

    assert "異なります" in page.main
    assert said in page.main


def test_a_draft_counted_before_another_was_published_is_counted_anew_on_its_pages(visit, arrange, campaign):
    with arrange():
        make_ready(campaign)
        make_published(campaign)
    head = visit(_secretariat(arrange, is_head=True, is_approver=True))
    publishing = head.get(f"/campaigns/{campaign.id}/reports/1/publish")
    assert "集計し直す必要があります" in publishing.main
    assert "集計し直した人は公表できません" in publishing.main
    assert publishing.soup.select_one("main form") is None
    writer = visit(_member(arrange, "juumin", Role.DIVISION))

    told = writer.get(f"/campaigns/{campaign.id}/reports/1")
    assert told.soup.find("a", string="元の進捗と照らし合わせて、集計し直す")["href"].endswith("/check")
    writer.get(f"/campaigns/{campaign.id}/reports/1/check").form("/recount").submit()

    told = writer.get(f"/campaigns/{campaign.id}/reports/1")
    assert "集計し直す必要があります" not in told.main
    told.form("/ask-publication").submit()
    head.get(f"/campaigns/{campaign.id}/reports/1/publish").form().submit()
    assert "公表済" in head.get(f"/campaigns/{campaign.id}/reports/1").main


def test_a_published_report_is_corrected_by_another_with_a_reason(visit, arrange, campaign):
    with arrange():
        make_published(campaign)
    visitor = visit(_secretariat(arrange))
    page = visitor.get(f"/campaigns/{campaign.id}/reports/new?corrects=1")
    assert "訂正の理由 必須" in page.main
    refused = page.form().submit(reason="")
    assert refused.status == 422
    assert refused.error_of("reason") == "訂正の理由を入力してください。"

    assert page.form().submit(reason="集計漏れのため").h1 == "報告の本文を書く"

    assert "集計漏れのため" in visitor.get(f"/campaigns/{campaign.id}/reports/2").main


def test_who_is_late_is_for_the_headquarters_alone(visit, arrange, campaign):
    page = visit(_secretariat(arrange)).get(f"/campaigns/{campaign.id}/late")

    assert page.status == 200
    assert "未報告" in page.main
    for code, role in (("150002", Role.LOCAL_MANAGER), ("chijikai", Role.ASSOCIATION)):
        visit(_member(arrange, code, role)).get(f"/campaigns/{campaign.id}/late", status=404)


def test_who_has_to_publish_is_listed(visit, arrange, campaign):
    with arrange():
        add_snapshot(
            entry_of(campaign, "152048"), day(1), mislinks=60, published_on=day(1), published_url="https://n.example/"
        )
    visitor = visit(_secretariat(arrange))

    every = visitor.get(f"/campaigns/{campaign.id}/publications").main
    missing = visitor.get(f"/campaigns/{campaign.id}/publications?missing=y").main

    assert "https://n.example/" in every
    assert organisation_name(arrange, "152226") in missing
    assert "https://n.example/" not in missing


def test_the_list_and_the_panel_lead_to_the_reports(visit, arrange, campaign):
    with arrange():
        report = make_published(campaign)
    visitor = visit(_member(arrange, "chijikai", Role.ASSOCIATION))

    for path in (f"/campaigns/{campaign.id}/reports", f"/campaigns/{campaign.id}"):
        assert report.title in visitor.get(path).text


def test_in_english(visit, arrange, campaign):
    with arrange():
        make_published(campaign)

    page = visit(_secretariat(arrange), locale="en").get(f"/campaigns/{campaign.id}/reports/1")

    assert "By procedure" in page.main or "procedure" in page.main


def organisation_name(arrange, code):
    with arrange():
        return organisation(code).name
