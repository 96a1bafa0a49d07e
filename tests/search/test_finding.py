"""A person finds exactly what they may see, on both engines; nothing else shows in hits, counts or facets."""

import io
from dataclasses import asdict, fields

import sqlalchemy as sa

from portal.attachments.inspection import Upload
from portal.attachments.service import store_attachments
from portal.core.db import db
from portal.directory.actor import Actor
from portal.directory.inheritance import Merger
from portal.finder import feeding
from portal.finder.finding import find
from portal.finder.showing import list_entries
from portal.finder.similar import find_answers, find_similar_issues
from portal.guidance.policy import viewable_by as guidance_viewable_by
from portal.issues import queries, service
from portal.issues import queue as issue_queue
from portal.issues.inheritance import inherit_issues
from portal.issues.models import Issue, Post
from portal.issues.policy import posts_visible_to, submitted_viewable_by
from portal.issues.states import IssueState
from portal.knowledge.joining import join_entry
from portal.knowledge.models import QaEntry, QaState
from portal.knowledge.policy import viewable_by as entries_viewable_by
from portal.search import matching
from portal.search.documents import count_documents
from portal.search.hits import Narrowing
from portal.search.models import SearchDocument, SearchPending
from tests.factories.guidance import NIIGATA, make_draft, make_issued
from tests.factories.issues import Cast, make_cast, make_issue
from tests.factories.knowledge import make_entry
from tests.factories.people import actor_of, organisation

ALL = Narrowing()


def people(cast: Cast) -> list[Actor]:
    return [actor_of(getattr(cast, field.name)) for field in fields(cast)]


def found(actor: Actor, typed: str, **narrowing) -> set[tuple[str, int]]:
    return {(thing.kind, thing.subject_id) for thing in find(actor, typed, Narrowing(**narrowing)).things}


def expected(actor: Actor, word: str) -> set[tuple[str, int]]:
    """What holds the word among what the pages would show, read from the tables themselves."""
    seen = sa.select(Issue).where(submitted_viewable_by(actor))
    result = {("issue", each.id) for each in db.session.scalars(seen) if word in each.title + each.body + each.tried}
    ids = [each.id for each in db.session.scalars(seen)]
    posts = sa.select(Post).where(Post.issue_id.in_(ids), posts_visible_to(actor))
    result |= {("issue", each.issue_id) for each in db.session.scalars(posts) if word in each.body}
    papers = db.session.scalars(guidance_viewable_by(actor))
    result |= {("guidance", each.id) for each in papers if word in each.title + each.body}
    entries = db.session.scalars(sa.select(QaEntry).where(entries_viewable_by(actor)))
    return result | {("qa_entry", each.id) for each in entries if word in each.question + each.answer}


def test_everyone_finds_exactly_what_they_may_see(app, arrange, follow):
    with arrange():
        cast = make_cast()
        told = make_issue(cast, IssueState.CONSULTING, body="報告の秘密のことば甲です。")
        service.post_reply(actor_of(cast.staff), told, text="返信のことば乙です。")
        service.write_note(actor_of(cast.liaison), told, text="内部のことば丙です。")
        consultation = queries.list_consultations(actor_of(cast.division), told)[0]
        service.reply_to_consultation(actor_of(cast.ministry), told, consultation, text="府省のことば丁です。")
        make_issue(cast, by=cast.manager, body="報告の秘密のことば甲です。", is_shared_with_prefecture=False)
        make_issue(cast, by=cast.association, body="報告の秘密のことば甲です。")
        make_issue(cast, by=cast.other_body, body="報告の秘密のことば甲です。")
        make_issue(cast, IssueState.DRAFT, body="報告の秘密のことば甲です。")
        make_issued(body="通知のことば甲です。", addressees=NIIGATA)
        make_draft(body="起案のことば甲です。")
        make_entry(QaState.PUBLISHED, question="公表のことば甲", answer="答え")
        make_entry(QaState.DRAFT, question="候補のことば甲", answer="答え")
        make_entry(QaState.WITHDRAWN, question="取下げのことば甲", answer="答え")
    follow()
    with app.app_context():
        hits = 0
        for actor in people(cast):
            for word in ("ことば甲", "ことば乙", "ことば丙", "ことば丁"):
                right = expected(actor, word)
                results = find(actor, word, ALL)
                assert found(actor, word) == right, (actor.role, word)
                assert results.total == len(right)
                assert sum(results.facets.kinds.values()) == sum(results.facets.years.values()) == len(right)
                assert len(list_entries(actor, results)) == len(right)
                hits += len(right)
            issues = {issue_id for kind, issue_id in expected(actor, "ことば丙") if kind == "issue"}
            page = issue_queue.list_queue(actor, issue_queue.IssueFilter(words="ことば丙"))
            assert {row.issue.id for row in page} == issues
        assert hits > 50
        outside = find(actor_of(cast.other_body), "秘密", ALL)
        assert set(outside.facets.prefectures) == {"15"}
        assert outside.total == 1


def test_words_are_found_as_people_type_them(app, arrange, follow):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, title="ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞの一斉点検", body="サーバーを３ヶ月止めます。")
        other = make_issue(cast, title="フリガナの届出", body="戸籍の**振り仮名**です。")
        service.post_reply(actor_of(cast.staff), other, text="通知の点と検査です。")
        make_entry(QaState.PUBLISHED, question="手帳の番号が重なるとき", answer="記号を付けます。")
        paper = make_issued("総行住第78号", title="届出について", body="本文", required_action="届け出ること")
        store_attachments(actor_of(cast.staff), "issue", issue.id, [Upload("点検結果一覧.txt", io.BytesIO(b"a\n"))])
    follow()
    with app.app_context():
        reader = actor_of(cast.secretariat)
        one, two, third = ("issue", issue.id), ("issue", other.id), ("guidance", paper.id)
        for typed in (
            "一斉点検",
            "マイナンバーカード",
            "まいなんばーかーど",
            "1斉点検",
            "サーバ",
            "３か月",
            "結果一覧",
        ):
            assert found(reader, typed) == {one}, typed
        assert found(reader, "フリガナ　振り仮名") == {two}
        assert found(reader, "フリガナ 検査") == {two}  # in different texts
        assert found(reader, "点検査") == set()
        assert found(reader, "マイナンバーカードの点検はどうしますか") == {one}
        assert find(reader, "マイナンバーカードの点検はどうしますか", ALL).is_split
        number = issue.number.replace("R", "Ｒ").replace("-", "ー")
        assert [thing.subject_id for thing in find(reader, number, ALL).things] == [issue.id]
        assert found(reader, f"{issue.number} {other.number}") == {one, two}
        assert found(reader, "第７８号") == {third}
        assert find(reader, "総行住第７８号", ALL).things[0].key[0] > 1000
        assert found(reader, "届出") == {two, third}
        assert found(reader, "届出", kind="guidance") == {third}
        assert found(reader, "届出", prefecture_code="15") == {two}
        assert found(reader, "届出", kind="issue", state="submitted") == {two}
        assert found(reader, "届出", kind="issue", state="closed") == found(reader, "届出", year=1999) == set()
        assert found(reader, "届出", theme_id=other.theme_id) == {two}
        shown = list_entries(reader, find(reader, "結果一覧", ALL))[0]
        assert shown.is_file
        assert "点検<mark>結果1覧</mark>" in shown.snippet or "<mark>結果一覧</mark>" in shown.snippet


def test_index_follows_edits_withdrawals_and_failures(app, arrange, follow, monkeypatch):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, body="はじめのことばです。")
        entry = make_entry(QaState.PUBLISHED, question="もとのことば", answer="答え")
    follow()
    with arrange():
        held = db.session.merge(issue)
        content = {name: getattr(held, name) for name in ("kind", "title", "theme_id", "leak", "impact_count")}
        service.edit_issue(
            actor_of(cast.staff), held, service.IssueContent(**content, body="つぎのことばです。"), version=held.version
        )
        entry_row = db.session.get(QaEntry, entry.id)
        entry_row.state = QaState.WITHDRAWN
    with app.app_context():
        monkeypatch.setitem(feeding.SOURCES, "issue", None)
    follow()
    monkeypatch.undo()
    with app.app_context():
        reader = actor_of(cast.staff)
        assert found(reader, "つぎのことば") == set()
        assert db.session.scalar(sa.select(SearchPending.subject_id)) == issue.id
        db.session.close()
        feeding.catch_up()
        assert db.session.scalar(sa.select(SearchPending.subject_id)) is None
        assert found(reader, "つぎのことば") == {("issue", issue.id)}
        assert found(reader, "はじめのことば") == found(reader, "もとのことば") == set()
    with arrange():
        inherit_issues(Merger(cast.staff.organisation_id, cast.other_body.organisation_id), organisation("151009"))
    with app.app_context():
        assert found(actor_of(cast.other_body), "つぎのことば") == set()
        feeding.catch_up()
        assert found(actor_of(cast.other_body), "つぎのことば") == {("issue", issue.id)}


def test_index_can_be_built_anew_and_checked(app, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ANSWERED, body="本文の点検です。")
        make_issued(body="通知の点検です。")
        make_entry(QaState.PUBLISHED)
    runner = app.test_cli_runner()
    with app.app_context():
        assert "3 things differ" in runner.invoke(args=["search", "check"]).output
        output = runner.invoke(args=["search", "rebuild"]).output
        assert "issue: 1" in output
        assert f"{count_documents()} texts indexed" in output
        assert "0 things differ" in runner.invoke(args=["search", "check"]).output
        assert len(found(actor_of(cast.secretariat), "点検")) == 2
    with arrange():
        db.session.execute(sa.delete(SearchDocument).where(SearchDocument.part == "post"))
        db.session.execute(sa.update(Issue).where(Issue.id == issue.id).values(title="改めた件名"))
        db.session.execute(sa.update(SearchDocument).where(SearchDocument.kind == "guidance").values(subject_id=9999))
    with app.app_context():
        assert "3 things differ, now indexed anew" in runner.invoke(args=["search", "check", "--repair"]).output
        assert found(actor_of(cast.secretariat), "改めた件名") == {("issue", issue.id)}
        assert "0 things differ" in runner.invoke(args=["search", "check"]).output


def test_common_words_show_the_newest_and_pages_go_on(app, arrange, monkeypatch):
    monkeypatch.setattr("portal.search.hits.CAP", 30)
    monkeypatch.setattr("portal.finder.finding.CAP", 30)
    with arrange():
        cast = make_cast()
        for place in range(45):
            make_issue(cast, title=f"点検の件{place}")
        ids = list(db.session.scalars(sa.select(Issue.id).order_by(Issue.id)))
        feeding.refresh("issue", ids)
    with app.app_context():
        reader = actor_of(cast.secretariat)
        first = find(reader, "点検", ALL)
        second = find(reader, "点検", ALL, first.next_cursor)
        assert first.is_capped
        assert first.total == 30
        assert [thing.subject_id for thing in [*first.things, *second.things]] == ids[:-31:-1]
        assert second.next_cursor is None
        assert find(reader, "点検", ALL, "壊れた").things == first.things
        assert issue_queue.count_queue(reader, issue_queue.IssueFilter(words="点検")) == 45
        assert matching.are_common("issue", [matching.parse("点検"), matching.parse("住基")]) == [True, False]


def test_similar_issues_and_answers_stay_within_rights(app, arrange, follow):
    with arrange():
        cast = make_cast()
        mine = make_issue(cast, title="障害者手帳の番号重複の確認方法", body="確認したい。")
        like = make_issue(cast, by=cast.manager, title="手帳番号の重複", body="障害者手帳の番号重複があります。")
        far = make_issue(cast, by=cast.other_body, title="障害者手帳の番号重複", body="同じです。")
        make_issue(cast, title="窓口の混雑")
        entry = make_entry(QaState.PUBLISHED, question="障害者手帳の番号重複があるとき", answer="記号を付けます。")
        join_entry(actor_of(cast.other_body), entry)
        make_entry(QaState.DRAFT, question="障害者手帳の番号重複があるとき", answer="候補です。")
        paper = make_issued(title="障害者手帳の番号重複への対応", body="本文", addressees=NIIGATA)
        make_draft(title="障害者手帳の番号重複への対応")
        db.session.get(Issue, far.id).post_id = None
    follow()
    with app.app_context():
        seen = find_similar_issues(actor_of(cast.secretariat), mine)
        assert {each.id for each in seen.issues} == {like.id, far.id}
        assert seen.total == 2
        assert [each.id for each in find_similar_issues(actor_of(cast.liaison), mine).issues] == [like.id]
        for who, papers in ((cast.staff, [paper.id]), (cast.association, [])):
            answers = find_answers(actor_of(who), "障害者手帳の番号重複はどう登録しますか")
            assert [each.id for each in answers.entries] == [entry.id]
            assert answers.bodies == {entry.id: 1}
            assert [each.id for each in answers.papers] == papers
        nothing = find_answers(actor_of(cast.staff), "庁舎の換気設備")
        assert asdict(nothing) == {"entries": [], "papers": [], "bodies": {}}
