"""The pages of the Q&A, as a division, the secretariat and a body use them."""

import pytest

from portal.core.db import db
from portal.directory.models import Person
from portal.directory.roles import Role
from portal.issues.states import IssueState
from portal.knowledge.models import QaState
from tests.factories.issues import make_cast, make_issue
from tests.factories.knowledge import make_approver, make_drafter, make_entry
from tests.factories.people import make_member


def test_from_an_answered_issue_to_what_every_body_reads(visit, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CLOSED, body="番号が重複しています。連絡先は上越市の025-526-5111です。")
        name = db.session.get(Person, cast.staff.person_id).name
    page = visit(cast.division).get(f"/qa/new?issue={issue.number}")
    assert "団体や個人が分かるおそれのある記載が2件" in page.main
    assert "上越市" in page.main
    assert "025-526-5111" in page.main

    page = page.form().submit(question=f"番号が重なるとき\n\n{name}さんの照会です。", answer="記号を付けてください。")
    assert page.h1 == "団体や個人が分かる記載を置き換える"
    assert f"{name} → ○○" in page.main
    page = page.form().submit()
    assert page.h1 == "番号が重なるとき"
    assert "1か所を置き換えました。" in page.main
    assert "○○さんの照会です。" in page.main
    assert "もとになった課題・照会" in page.main

    page = visit(cast.division).get(page.url + "/edit").form()
    page = page.submit(question="番号が重なるとき\n\n手順を示してください。")
    url = page.url
    assert "おそれのある記載" not in page.main
    page = visit(cast.division).get(f"{url}/review").form().submit()
    assert page.status == 422
    assert "個人・団体を特定できる内容がないことを確認し" in page.error_of("names_nobody")
    page.form().submit(names_nobody="y")

    visit(cast.staff).get(url, status=404)
    page = visit(cast.chief).get("/qa")
    assert "確認・修正を待っている候補" in page.main
    assert "公表を判断する" in page.main
    page = visit(cast.chief).get(url).form(f"{url}/publish").submit()
    assert "公表しました。" in page.main

    page = visit(cast.other_body).get(url)
    assert "手順を示してください。" in page.main
    assert issue.number not in page.text
    assert "上越市" not in page.text
    assert name not in page.text
    assert "番号が重なるとき" in visit(cast.other_body).get("/qa?words=重なる").main
    assert issue.number in visit(cast.staff).get(url).main


def test_warnings_remain_at_review_and_for_the_approver(visit, arrange):
    with arrange():
        drafter, chief = make_drafter(), make_approver()
        draft = make_entry(drafter=drafter, question="新潟県から照会がありました。")
        review = make_entry(QaState.REVIEW, drafter=drafter, question="新潟県から照会がありました。")
        published = make_entry(QaState.PUBLISHED, drafter=drafter, question="新潟県から照会がありました。")

    for visitor, url, warned in (
        (drafter, f"/qa/{draft.id}/review", True),
        (chief, f"/qa/{review.id}", True),
        (chief, f"/qa/{published.id}", False),
    ):
        assert ("おそれのある記載が1件" in visit(visitor).get(url).main) is warned


def test_an_issue_that_is_not_answered_or_not_seen_gives_no_candidate(visit, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)

    visit(cast.division).get(f"/qa/new?issue={issue.number}", status=404)
    visit(cast.division).get("/qa/new?issue=R8-L-999999", status=404)


def test_return_and_withdraw_ask_for_a_reason(visit, arrange):
    with arrange():
        chief, drafter = make_approver(), make_drafter()
        review, published = make_entry(QaState.REVIEW, drafter=drafter), make_entry(QaState.PUBLISHED)

    page = visit(chief).get(f"/qa/{review.id}/return").form().submit(reason="")
    assert page.status == 422
    assert page.error_of("reason")
    page.form().submit(reason="地名が残っています。")
    page = visit(drafter).get(f"/qa/{review.id}")
    assert "地名が残っています。" in page.main
    assert "差戻しを直す" in visit(drafter).get("/qa").main

    page = visit(chief).get(f"/qa/{published.id}/withdraw").form().submit(reason="制度が変わりました。")
    assert "このQ&Aは取り下げられました。" in page.main
    page = visit(make_reader(arrange)).get(f"/qa/{published.id}")
    assert "制度が変わりました。" in page.main
    assert published.question.splitlines()[0] not in page.text


def test_a_stale_edit_never_overwrites(visit, arrange):
    with arrange():
        drafter = make_drafter()
        entry = make_entry(drafter=drafter)
    first, second = (visit(drafter).get(f"/qa/{entry.id}/edit") for _ in range(2))
    first.form().submit(question="先の修正")

    page = second.form().submit(question="後の修正")

    assert page.status == 409
    assert "後の修正" in page.text
    assert "先の修正" in visit(drafter).get(f"/qa/{entry.id}").main


@pytest.mark.parametrize("version", ["", "x", "９", "1" * 30])
def test_a_version_that_is_no_number_counts_as_stale(visit, arrange, version):
    with arrange():
        drafter = make_drafter()
        entry = make_entry(drafter=drafter)

    assert visit(drafter).get(f"/qa/{entry.id}/edit").form().submit(version=version).status == 409


def test_a_double_click_publishes_once(visit, arrange):
    with arrange():
        chief, entry = make_approver(), make_entry(QaState.REVIEW)
    form = visit(chief).get(f"/qa/{entry.id}").form(f"/qa/{entry.id}/publish")

    assert [form.submit(follow=False).status for _ in range(2)] == [302, 302]


def test_steps_that_are_not_the_actors_do_not_exist_or_are_refused(visit, arrange):
    with arrange():
        drafter, other = make_drafter(), make_drafter("juumin")
        staff, member = make_member("152226", Role.LOCAL_STAFF), make_member("secretariat", Role.SECRETARIAT)
        draft, published = make_entry(drafter=drafter), make_entry(QaState.PUBLISHED, drafter=drafter)

    for path in ("edit", "review"):
        visit(other).get(f"/qa/{draft.id}/{path}", status=404)
        visit(staff).get(f"/qa/{published.id}/{path}", status=404)
        visit(drafter).get(f"/qa/{published.id}/{path}", status=403)
    for path in ("return", "withdraw"):
        visit(member).get(f"/qa/{published.id}/{path}", status=404)
        visit(staff).get(f"/qa/{published.id}/{path}", status=404)
    visit(staff).post_with_token(f"/qa/{published.id}/withdraw", {"reason": "いたずら"}, status=404)


def test_markup_in_a_text_is_shown_and_never_run(visit, arrange):
    with arrange():
        entry = make_entry(QaState.PUBLISHED, question="<script>alert(1)</script>", answer="[x](javascript:alert(1))")

    page = visit(make_reader(arrange)).get(f"/qa/{entry.id}")

    assert "<script>alert" not in page.text
    assert 'href="javascript' not in page.text


def make_reader(arrange):
    """Somebody of a body."""
    with arrange():
        return make_member("152226", Role.LOCAL_STAFF)


def test_a_full_list_is_paged_within_the_budget(visit, arrange):
    with arrange():
        drafter = make_drafter()
        for number in range(55):
            make_entry(QaState.PUBLISHED if number % 2 else QaState.DRAFT, drafter=drafter)

    page = visit(drafter).get("/qa")
    assert page.soup.find("a", rel="next") is not None
    assert visit(drafter).get(page.soup.find("a", rel="next")["href"]).status == 200


def test_a_decision_that_was_overtaken_is_a_conflict_that_keeps_the_words(visit, arrange):
    with arrange():
        chief, entry = make_approver(), make_entry(QaState.REVIEW)
    form = visit(chief).get(f"/qa/{entry.id}/return").form()
    visit(chief).get(f"/qa/{entry.id}").form(f"/qa/{entry.id}/publish").submit()

    page = form.submit(reason="遅れた差戻し")

    assert page.status == 409
    assert "遅れた差戻し" in page.text


def test_what_is_kept_stays_and_a_stale_choice_changes_nothing(visit, arrange):
    with arrange():
        drafter = make_drafter()
        entry = make_entry(drafter=drafter, question="上越市と新潟県の025-526-5111", answer="なし")
    first, second = (visit(drafter).get(f"/qa/{entry.id}/deidentify").form() for _ in range(2))
    page = first.submit(accepted=["question:0-3"])
    assert "○○市と新潟県の025-526-5111" in page.main
    assert second.submit().status == 409


def test_a_revision_is_compared_confirmed_approved_and_shown_with_what_changed(visit, arrange):
    with arrange():
        drafter, chief, reader = make_drafter(), make_approver(), make_member("152226", Role.LOCAL_STAFF)
        entry = make_entry(QaState.PUBLISHED, drafter=drafter, answer="期限は10日です。")

    page = visit(drafter).get(f"/qa/{entry.id}/revise").form().submit(answer="期限は14日です。", change_note="")
    assert page.error_of("change_note")
    page = page.form().submit(change_note="期限を改めました。")
    assert page.h1 == "改訂案（第2稿）"
    assert "［削除ここから］0［ここまで］" in page.soup.select_one(".qa-changes del").get_text()
    assert visit(drafter).get(f"/qa/{entry.id}/revision").form(f"/qa/{entry.id}/revision").submit().status == 422
    visit(drafter).get(f"/qa/{entry.id}/revision").form(f"/qa/{entry.id}/revision").submit(names_nobody="y")

    visit(reader).get(f"/qa/{entry.id}/revision", status=404)
    assert "10日" in visit(reader).get(f"/qa/{entry.id}").main
    assert "確認・修正を待っている改訂案" in visit(chief).get("/qa").main
    form = visit(chief).get(f"/qa/{entry.id}/revision").form(f"/qa/{entry.id}/revision/publish")
    assert "改訂を公表しました。" in form.submit().main

    page = visit(reader).get(f"/qa/{entry.id}")
    assert "期限は14日です。" in page.main
    assert "期限を改めました。" in page.main


def test_a_body_joins_and_asks_on_and_headquarters_sees_who(visit, arrange):
    with arrange():
        drafter, cast = make_drafter(), make_cast()
        entry = make_entry(QaState.PUBLISHED, drafter=drafter)
    url = f"/qa/{entry.id}"

    page = visit(cast.staff).get(f"{url}/join").form().submit(case_count="１２", note="個人番号 123456789018")
    assert page.status == 422
    page = page.form().submit(case_count="12", note="更新の時期が重なります。")
    assert "1団体" in page.main
    assert "貴団体も登録しています" in page.main
    page = visit(cast.other_body).get(url)
    assert "1団体" in page.main
    assert "上越市" not in page.text
    assert "更新の時期" not in page.text
    page = visit(drafter).get(url)
    assert "上越市" in page.main
    assert "更新の時期が重なります。" in page.main
    assert "同じく困っている：1団体" in visit(drafter).get("/qa?order=impact").main

    form = visit(cast.staff).get(f"/issues/new?question={entry.id}&place=1-3").form("/issues/new")
    assert form.values["title"] == "Q&A 問1-3について"
    assert "> 手帳の番号が重なるとき" in form.values["body"]
    page = form.submit(action="submit", leak="no")
    assert "として提出しました" in page.main
    assert "1件" in visit(cast.liaison).get(url).main
    assert "追加の照会" not in visit(cast.other_body).get(url).main

    page = visit(cast.staff).get(url).form(f"{url}/leave").submit()
    assert "0団体" in page.main
