"""The preparation of a paper on its pages."""

from portal.core.db import db
from portal.directory.roles import Role
from portal.guidance import queries, service
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from tests.factories.guidance import make_approved, make_chief, make_content, make_draft, make_drafter
from tests.factories.people import actor_of, make_member, organisation
from tests.factories.revisions import issue_correction


def test_a_paper_goes_through_check_concurrence_and_approval(arrange, visit):
    with arrange():
        drafter, colleague, chief = make_drafter(), make_drafter(), make_chief()
        zaisei = make_member("zaisei", Role.DIVISION, is_head=True)
        paper_id, office = make_draft(actor_of(drafter)).id, organisation("zaisei").id
    page = visit(drafter).get(f"/guidance/{paper_id}/send-for-review")
    page.form(f"/guidance/{paper_id}/send-for-review").submit(check="y", organisations=[str(office)])
    assert "財政課" in visit(drafter).get(f"/guidance/{paper_id}").main

    page = visit(chief).get(f"/guidance/{paper_id}/approve")
    assert "結果がそろうまで決裁できません" in page.main
    early = page.form(f"/guidance/{paper_id}/approve").submit(document_number="総行住第78号")
    assert early.status == 422
    assert "照査・合議がまだ済んでいません" in early.text

    assert "照査する" in visit(colleague).get("/guidance").main
    page = visit(colleague).get(f"/guidance/{paper_id}/review")
    page.form(f"/guidance/{paper_id}/review").submit(mark="agreed")
    page = visit(zaisei).get(f"/guidance/{paper_id}/review")
    refused = page.form(f"/guidance/{paper_id}/review").submit(mark="objected", text="")
    assert refused.status == 422
    refused.form(f"/guidance/{paper_id}/review").submit(mark="objected", text="財源の手当てがない。")

    page = visit(chief).get(f"/guidance/{paper_id}/approve")
    assert "財源の手当てがない。" in page.main
    refused = page.form(f"/guidance/{paper_id}/approve").submit(document_number="総行住第78号")
    assert "異議のある合議先があります" in refused.text
    refused.form(f"/guidance/{paper_id}/approve").submit(
        document_number="総行住第78号", overruled_reason="法定の期限があるため"
    )
    history = visit(zaisei).get(f"/guidance/{paper_id}/drafting").main
    assert "法定の期限があるため" in history
    with arrange():
        assert queries.get_guidance(actor_of(chief), paper_id).state is GuidanceState.APPROVED


def test_remarks_versions_and_the_way_back(arrange, visit):
    with arrange():
        drafter, chief = make_drafter(), make_chief()
        paper = make_draft(actor_of(drafter))
        service.save_draft(actor_of(drafter), paper, make_content(title="改題"))
        paper_id = paper.id
    url = f"/guidance/{paper_id}/drafting"
    page = visit(chief).get(url)
    assert page.form(url).submit(text="").status == 422
    page.form(url).submit(text="件名を元に戻してください。", place="件名")
    assert "対応していない意見 1件" in visit(drafter).get(f"/guidance/{paper_id}").main
    compared = visit(drafter).get(f"/guidance/{paper_id}/versions")
    assert compared.soup.select(".qa-changes ins")
    back = visit(drafter).get(f"/guidance/{paper_id}/versions/1")
    back.form(f"/guidance/{paper_id}/versions/1").submit()
    shown = visit(drafter).get(url)
    assert "（第1版から）" in shown.main
    settle = next(form for form in shown.soup.select("form.post-button") if "/remarks/" in form["action"])
    shown.form(settle["action"]).submit()
    assert "対応済み" in visit(drafter).get(url).main


def test_an_urgent_issue_and_the_register_of_numbers(arrange, visit):
    with arrange():
        head = make_member("juumin", Role.DIVISION, is_head=True, is_approver=True)
        chief, body = make_chief(), make_member("152226", Role.LOCAL_STAFF, section="市民課")
        paper_id = make_draft(actor_of(head)).id
    url = f"/guidance/{paper_id}/issue-urgently"
    page = visit(head).get(url)
    refused = page.form(url).submit(reason="", document_number="総行住第90号")
    assert refused.status == 422
    refused.form(url).submit(reason="漏えいの拡大を防ぐため", document_number="総行住第90号")
    assert "漏えいの拡大を防ぐため" not in visit(body).get(f"/guidance/{paper_id}").main
    assert "漏えいの拡大を防ぐため" in visit(chief).get(f"/guidance/{paper_id}").main
    assert "緊急発出を決裁する" in visit(chief).get("/").main
    later = f"/guidance/{paper_id}/approve-later"
    silent = visit(chief).get(later).form(later).submit(decision="refuse")
    assert "決裁しない理由を入力してください。" in silent.main
    silent.form(later).submit(decision="refuse", remark="宛先が広すぎる。")
    assert "緊急発出を決裁する" not in visit(chief).get("/").main
    assert "宛先が広すぎる。" in visit(head).get(f"/guidance/{paper_id}").main
    assert "宛先が広すぎる。" not in visit(body).get(f"/guidance/{paper_id}").main
    assert "訂正、廃止または誤発出の取消しが必要です。" in visit(head).get(f"/guidance/{paper_id}").main
    with arrange():
        issue_correction(db.session.get_one(Guidance, paper_id))
    corrected = visit(head).get(f"/guidance/{paper_id}").main
    assert "この判断の後に、第1回訂正を発出しています。" in corrected
    assert "訂正、廃止または誤発出の取消しが必要です。" not in corrected
    visit(chief).get(later).form(later).submit(decision="approve", remark="適切である。")
    assert "適切である。" in visit(head).get(f"/guidance/{paper_id}/drafting").main
    register = visit(head).get("/guidance/numbers").main
    assert "総行住第90号" in register
    following = _draft_url(arrange, head)
    assert visit(head).get(following).form(following).values["document_number"] == "総行住第91号"


def _draft_url(arrange, head) -> str:
    with arrange():
        return f"/guidance/{make_draft(actor_of(head)).id}/issue-urgently"


def test_a_number_is_given_up_on_the_page(arrange, visit):
    with arrange():
        chief = make_chief()
        paper = make_approved("総行住第78号")
        service.return_to_draft(actor_of(chief), paper, reason="取りやめ")
    page = visit(chief).get("/guidance/numbers")
    link = next(each["href"] for each in page.soup.select("a") if each["href"].endswith("/cancel"))
    refused = visit(chief).get(link).form(link).submit(reason="")
    assert refused.status == 422
    done = refused.form(link).submit(reason="発出を取りやめたため")
    assert "欠番" in done.main
    assert "発出を取りやめたため" in done.main
