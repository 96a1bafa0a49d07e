"""The pages of the operation record, as an auditor, an administrator and a body's manager use them."""

import re
from datetime import timedelta

import pytest

from portal.core import clock
from portal.issues import service as issues
from portal.issues.states import IssueState
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of

REASON = "住民からの苦情に基づく監査のため"
_CHANGING = re.compile(r'(name="(?:csrf_token|form_key)" (?:type="hidden" )?value="|data-csrf="| nonce=")[^"]*"')


def test_an_auditor_reads_a_thread_for_a_reason_and_no_longer_than_granted(visit, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
    auditor = visit(cast.auditor)
    auditor.get(f"/issues/{issue.number}", status=404)

    record = auditor.get("/audit")
    link = record.soup.find("a", string=issue.number)["href"]
    page = auditor.get(link)
    assert page.form().values["number"] == issue.number
    page = page.form().submit(reason=REASON, hours="8")

    assert issue.title in page.main
    assert "同じ番号の手帳が26件見つかりました。" in page.main
    assert REASON in auditor.get("/audit/readings").main
    assert "監査による本文の閲覧" in visit(cast.admin).get("/audit").main
    with clock.pretending(clock.now() + timedelta(hours=8, minutes=1)):
        visit(cast.auditor).get(f"/issues/{issue.number}", status=404)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "R8-L-999999"}, "number"),
        ({"number": ""}, "number"),
        ({"reason": "監査"}, "reason"),
        ({"hours": "48"}, "hours"),
    ],
)
def test_a_reading_that_cannot_be_granted_says_why_beside_the_field(visit, arrange, changes, field):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast)
    form = visit(cast.auditor).get("/audit/readings").form()

    page = form.submit(**{"number": issue.number, "reason": REASON, "hours": "1", **changes})

    assert page.status == 422
    assert page.error_of(field)


def test_an_auditor_changes_nothing_even_while_reading(visit, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
    auditor = visit(cast.auditor)
    auditor.get("/audit/readings").form().submit(number=issue.number.lower(), reason=REASON, hours="1")

    for verb in ("reply", "note", "triage", "answer", "bounce", "withdraw"):
        data = dict.fromkeys(("text", "reason"), "閲覧者の記入")
        page = auditor.post_with_token(f"/issues/{issue.number}/{verb}", data)
        assert page.status in {403, 404, 409, 422}, verb
    assert "閲覧者の記入" not in visit(cast.secretariat).get(f"/issues/{issue.number}").main


def test_who_has_no_part_in_the_record_finds_no_page(visit, arrange):
    with arrange():
        cast = make_cast()

    for name, membership in vars(cast).items():
        reads, asks = name in {"admin", "auditor", "manager", "other_body"}, name == "auditor"
        visit(membership).get("/audit", status=200 if reads else 404)
        visit(membership).get("/audit/readings", status=200 if asks else 404)


def test_a_note_leaves_no_trace_in_a_managers_record(visit, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
    manager = visit(cast.manager)
    urls = ("/audit", f"/audit?number={issue.number}", "/audit?kind=internal_note_written")
    before = [_CHANGING.sub(r"\1…", manager.get(url).text) for url in urls]

    with arrange():
        issues.write_note(actor_of(cast.liaison), issue, text="県とも電話で確認済み。")

    assert [_CHANGING.sub(r"\1…", manager.get(url).text) for url in urls] == before
    assert "内部メモの記入" in [cell.get_text() for cell in visit(cast.admin).get("/audit").soup.find_all("td")]


def test_the_number_of_somebody_elses_issue_finds_as_little_as_one_that_does_not_exist(visit, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast)
    page, nothing = (visit(cast.other_body).get(f"/audit?number={number}") for number in (issue.number, "R8-L-999999"))

    assert _CHANGING.sub(r"\1…", page.text.replace(issue.number, "N")) == _CHANGING.sub(
        r"\1…", nothing.text.replace("R8-L-999999", "N")
    )


def test_filters_that_cannot_be_read_show_the_unfiltered_record(visit, arrange):
    with arrange():
        cast = make_cast()
        make_issue(cast)

    for query in (
        "from_on=x",
        "kind=none",
        "cursor=broken",
        "until_on=9999-99-99",
        "until_on=9999-12-31",
        "from_on=0001-01-01",
        "number=" + "x" * 40,
    ):
        assert "課題・照会の提出" in visit(cast.admin).get(f"/audit?{query}").main


def test_a_long_record_is_paged_within_the_budget(visit, arrange):
    with arrange():
        cast = make_cast()
        for _ in range(30):
            make_issue(cast, IssueState.TRIAGED)

    page = visit(cast.admin).get("/audit")
    following = visit(cast.admin).get(page.soup.find("a", rel="next")["href"])

    assert len(page.soup.select("tbody tr")) == 50
    assert following.soup.select("tbody tr")
