"""Editions of collections: identities that survive renumbering, differences, rights, races, freezing."""

import threading

import pytest
import sqlalchemy as sa

from portal.core.db import announce_access, db, unit_of_work
from portal.core.differences import DifferenceKind
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.knowledge import composing, edition_policy, edition_queries, editions, revising, service
from portal.knowledge.collection_models import QaEdition
from portal.knowledge.comparing import Change, Comparison, compare
from portal.knowledge.models import QaEntry, QaState
from portal.notifications.handlers import tellings_of
from tests.factories.issues import make_cast
from tests.factories.knowledge import make_approver, make_collection, make_drafter, make_entry
from tests.factories.people import actor_of, make_member


def _numbers(edition: QaEdition) -> dict[int, str]:
    return {each.entry_id: each.number for each in edition_queries.contents_of(edition).questions}


def _publish(edition: QaEdition, drafter: Membership) -> None:
    editions.send_edition(actor_of(drafter), edition, version=edition.version, names_nobody=True)
    editions.publish_edition(actor_of(make_approver()), edition)
    db.session.flush()


def _compared(new: QaEdition, old: QaEdition) -> Comparison:
    return compare(edition_queries.contents_of(new), edition_queries.contents_of(old))


def test_a_question_keeps_its_identity_when_it_is_moved_revised_and_others_come_and_go(arrange):
    with arrange():
        drafter = make_drafter()
        actor = actor_of(drafter)
        entries = [make_entry(QaState.PUBLISHED, drafter=drafter, answer=f"期限は{n}0日です。") for n in range(1, 5)]
        first = make_collection(drafter, entries[:3])
        assert list(_numbers(first).values()) == ["1-1", "1-2", "1-3"]

        second = editions.begin_edition(actor, first.collection)
        items = {each.entry_id: each.item for each in edition_queries.contents_of(second).questions}
        composing.drop_item(actor, second, items[entries[0].id].id, version=second.version)
        composing.move_item(actor, second, items[entries[2].id].id, version=second.version, up=True)
        composing.revise_item(
            actor,
            second,
            items[entries[2].id].id,
            version=second.version,
            question=entries[2].question,
            answer="期限は35日です。",
            change_note="改めました。",
        )
        section = composing.add_section(actor, second, version=second.version, title="新しい章")
        composing.add_questions(actor, second, section.id, version=second.version, entry_ids=[entries[3].id])
        assert entries[2].answer == "期限は30日です。"
        _publish(second, drafter)

        assert _numbers(second) == {entries[2].id: "1-1", entries[1].id: "1-2", entries[3].id: "2-1"}
        assert _numbers(first) == {entries[0].id: "1-1", entries[1].id: "1-2", entries[2].id: "1-3"}
        assert (entries[2].answer, entries[2].revision) == ("期限は35日です。", 2)
        found = _compared(second, first)
        changes = {each.question.entry_id: each for chapter in found.chapters for each in chapter.questions}
        assert changes[entries[1].id].change is Change.SAME
        assert changes[entries[1].id].moved_from is None
        assert changes[entries[3].id].change is Change.ADDED
        revised = changes[entries[2].id]
        assert (revised.change, revised.moved_from) == (Change.REVISED, "1-3")
        assert [text for kind, text in revised.answer_pieces if kind is DifferenceKind.ADDED] == ["5"]
        assert [each.entry_id for each in found.removed] == [entries[0].id]
        assert found.count(Change.REMOVED) == found.count(Change.ADDED) == found.count(Change.REVISED) == 1
        assert [place.number for place in edition_queries.list_places(entries[2])] == ["1-1"]
        assert edition_queries.list_places(entries[0]) == []


def test_a_published_edition_is_frozen_whatever_becomes_of_its_entries(arrange):
    with arrange():
        drafter, chief = make_drafter(), actor_of(make_approver())
        entry = make_entry(QaState.PUBLISHED, drafter=drafter, answer="旧")
        edition = make_collection(drafter, [entry])
        draft = revising.begin_revision(
            actor_of(drafter), entry, question=entry.question, answer="新", change_note="改めました。"
        )
        revising.send_revision(actor_of(drafter), entry, draft, names_nobody=True)
        revising.publish_revision(chief, entry, draft)

        shown = edition_queries.contents_of(edition).questions[0]
        assert (shown.answer, shown.is_outdated, shown.is_withdrawn) == ("旧", True, False)
        with pytest.raises(Forbidden):
            composing.drop_item(actor_of(drafter), edition, shown.item.id, version=edition.version)
        service.withdraw_entry(chief, entry, reason="誤りがありました。")
        assert edition_queries.contents_of(edition).questions[0].is_withdrawn
        following = editions.begin_edition(actor_of(drafter), edition.collection)
        assert edition_queries.contents_of(following).questions == []
        with pytest.raises(Invalid):
            editions.send_edition(actor_of(drafter), following, version=following.version, names_nobody=True)


def test_what_was_withdrawn_or_revised_meanwhile_stops_publication(arrange):
    with arrange():
        drafter, chief = make_drafter(), actor_of(make_approver())
        actor = actor_of(drafter)
        entry, other = (make_entry(QaState.PUBLISHED, drafter=drafter) for _ in range(2))
        edition = make_collection(drafter, [entry, other], is_published=False)
        item = edition_queries.contents_of(edition).questions[0].item
        composing.revise_item(
            actor, edition, item.id, version=edition.version, question="問", answer="答", change_note="改めました。"
        )
        editions.send_edition(actor, edition, version=edition.version, names_nobody=True)
        draft = revising.begin_revision(actor, entry, question="別", answer="別", change_note="別に改めました。")
        with pytest.raises(Invalid):
            editions.publish_edition(chief, edition)
        revising.send_revision(actor, entry, draft, names_nobody=True)
        revising.publish_revision(chief, entry, draft)
        with pytest.raises(Invalid):
            editions.publish_edition(chief, edition)
        assert edition.state is QaState.REVIEW


def test_rights_follow_the_entrys_and_nobody_publishes_what_they_composed(arrange):
    with arrange():
        cast, drafter = make_cast(), make_drafter()
        entry = make_entry(QaState.PUBLISHED, drafter=drafter)
        draft, published = make_collection(drafter, [entry], is_published=False), make_collection(drafter, [entry])
        for name, membership in vars(cast).items():
            actor = actor_of(membership)
            for edition in (draft, published):
                views = edition_policy.can_view(actor, edition)
                listed = db.session.scalar(
                    sa.select(QaEdition.id).where(QaEdition.id == edition.id, edition_policy.viewable_by(actor))
                )
                told = db.session.scalar(
                    sa.select(Membership.id).where(Membership.id == membership.id, edition_policy.viewers_of(edition))
                )
                assert views is (listed is not None) is (told is not None), name
        chief = make_approver()
        own = make_collection(chief, [entry], is_published=False)
        editions.send_edition(actor_of(chief), own, version=own.version, names_nobody=True)
        with pytest.raises(Forbidden):
            editions.publish_edition(actor_of(chief), own)
        with pytest.raises(Forbidden):
            editions.begin_collection(actor_of(cast.staff), title="題", theme_id=entry.theme_id)


def test_the_received_edition_is_the_last_that_the_body_opened(arrange):
    with arrange():
        drafter = make_drafter()
        reader, colleague = (actor_of(make_member("152226", Role.LOCAL_STAFF)) for _ in range(2))
        other = actor_of(make_member("150002", Role.LOCAL_STAFF))
        entry = make_entry(QaState.PUBLISHED, drafter=drafter)
        first = make_collection(drafter, [entry])
        edition_queries.reading_of_edition(reader, first).write()
        edition_queries.reading_of_edition(colleague, first).write()
        later = []
        for _ in range(2):
            later.append(editions.begin_edition(actor_of(drafter), first.collection))
            _publish(later[-1], drafter)

        assert edition_queries.find_received(colleague, later[1]) == (first, True)
        assert edition_queries.find_received(other, later[1]) == (later[0], False)
        assert edition_queries.find_received(other, first) == (None, False)


def test_the_bodies_of_the_theme_are_told_and_those_who_joined_a_revised_question(arrange):
    with arrange():
        drafter = make_drafter()
        reader = make_member("152226", Role.LOCAL_STAFF)
        make_collection(drafter, [make_entry(QaState.PUBLISHED, drafter=drafter)])
        db.session.flush()
        record = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "qa_edition_published")).one()

        tellings = tellings_of(record)
        told = [
            telling.reason
            for telling in tellings
            if telling.who is not None
            and db.session.scalar(sa.select(Membership.id).where(Membership.id == reader.id, telling.who))
        ]
        assert told == ["body"]
        assert tellings[0].facts["edition"] == 1


def test_of_two_editors_at_once_one_is_told(app, arrange):
    with arrange():
        drafter = make_drafter()
        entry = make_entry(QaState.PUBLISHED, drafter=drafter)
        edition = make_collection(drafter, [entry], is_published=False)
        key, seen = edition.id, edition.version
    start, outcomes = threading.Barrier(2), []

    def edit(title: str) -> None:
        announce_access(write=True)
        with app.app_context():
            try:
                start.wait(10)
                with unit_of_work():
                    found = db.session.get_one(QaEdition, key)
                    composing.add_section(actor_of(drafter), found, version=seen, title=title)
                outcomes.append("done")
            except Conflict:
                outcomes.append("conflict")

    threads = [threading.Thread(target=edit, args=(title,)) for title in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["conflict", "done"]


def test_a_second_next_edition_is_refused_and_a_discarded_one_leaves_nothing(arrange):
    with arrange():
        drafter = make_drafter()
        actor, entry = actor_of(drafter), make_entry(QaState.PUBLISHED, drafter=drafter)
        first = make_collection(drafter, [entry])
        second = editions.begin_edition(actor, first.collection)
        with pytest.raises(Conflict):
            editions.begin_edition(actor, first.collection)
        with pytest.raises(Invalid):
            composing.remove_section(
                actor, second, edition_queries.contents_of(second).chapters[0].section.id, version=second.version
            )
        editions.discard_edition(actor, second)
        assert editions.begin_edition(actor, first.collection).number == 2
        assert db.session.get(QaEntry, entry.id) is not None


def test_a_collection_from_its_composition_to_what_changed_for_a_body(visit, arrange):
    with arrange():
        drafter, chief, reader = make_drafter(), make_approver(), make_member("152226", Role.LOCAL_STAFF)
        one = make_entry(QaState.PUBLISHED, drafter=drafter, question="期限はいつか", answer="10日です。")
        two = make_entry(QaState.PUBLISHED, drafter=drafter, question="様式はあるか", answer="あります。")

    page = visit(drafter).get("/qa/collections/new").form().submit(title="点検Q&A集", theme=str(one.theme_id))
    compose = page.url
    base = compose.removesuffix("/compose")
    page = visit(drafter).get(f"{base}/add").form().submit(entries=[str(one.id), str(two.id)])
    assert "問1-2" in page.main
    page = page.form(compose).submit(step=f"down-{_first_item(page)}")
    assert page.main.index("様式はあるか") < page.main.index("期限はいつか")
    page = visit(drafter).get(f"{base}/send").form().submit()
    assert page.status == 422
    page.form().submit(names_nobody="y")
    visit(reader).get(base, status=404)
    page = visit(chief).get(base).form(f"{base}/publish").submit()
    assert "第1版を公表しました。" in page.main
    assert "問1-2" in visit(reader).get(base).main

    collection = base.rpartition("/editions/")[0]
    page = visit(drafter).get(collection).form(f"{collection}/next").submit()
    href = next(a["href"] for a in page.soup.find_all("a") if a.get("aria-label") == "問1-2を改める")
    page = visit(drafter).get(href).form().submit(answer="14日です。", change_note="期限を改めました。")
    base = f"{collection}/editions/2"
    visit(drafter).get(f"{base}/send").form().submit(names_nobody="y")
    visit(chief).get(base).form(f"{base}/publish").submit()

    page = visit(reader).get(base)
    assert "貴団体が前に開いた第1版" in page.main
    assert "新規 0問 改訂 1問 削除 0問" in " ".join(page.main.split())
    assert "［追加ここから］4［ここまで］" in page.soup.select_one(".qa--item ins").get_text()
    assert "比べない" in page.main
    assert "ins" not in {tag.name for tag in visit(reader).get(f"{base}?compare=none").soup.select(".qa--item *")}
    assert "これは旧版です。" in visit(reader).get(f"{collection}/editions/1").main
    assert "14日です。" in visit(reader).get(f"/qa/{one.id}").main
    assert "問1-2" in visit(reader).get(f"/qa/{one.id}").main
    assert "点検Q&A集" in visit(reader).get("/qa/collections").main


def _first_item(page) -> str:
    names = [button["value"] for button in page.soup.find_all("button", attrs={"name": "step"})]
    return next(name for name in names if name.startswith("up-")).partition("-")[2]
