"""From a candidate to what everyone reads: states, refusals, numbers, one event each."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NeedsConfirmation, NotFound
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.knowledge import queries, service
from portal.knowledge.models import QaState
from portal.knowledge.queries import QaFilter
from tests.factories.issues import theme
from tests.factories.knowledge import ANSWER, QUESTION, make_approver, make_drafter, make_entry
from tests.factories.people import actor_of, make_member


def _kinds() -> list[str]:
    db.session.flush()
    return list(db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id)))


def test_the_way_of_an_entry_emits_one_event_a_step_and_numbers_it_at_publication(arrange):
    with arrange():
        first, second = make_entry(QaState.PUBLISHED), make_entry(QaState.PUBLISHED)

        assert _kinds() == ["qa_drafted", "qa_sent_for_review", "qa_published"] * 2
        assert first.number
        assert second.number
        assert int(second.number[-4:]) == int(first.number[-4:]) + 1
        assert first.published_at
        assert first.approver_person_id
        assert first.deidentified_at


def test_a_drafter_who_has_not_confirmed_is_refused(arrange):
    with arrange():
        drafter = make_drafter()
        entry = make_entry(drafter=drafter)

        with pytest.raises(Invalid) as refused:
            service.send_for_review(actor_of(drafter), entry, names_nobody=False)

        assert refused.value.field == "names_nobody"
        assert entry.state is QaState.DRAFT


def test_a_returned_entry_is_a_candidate_with_the_reason_again_and_waits_for_its_drafter(arrange):
    with arrange():
        drafter = make_drafter()
        entry = make_entry(QaState.REVIEW, drafter=drafter)
        service.return_entry(actor_of(make_approver()), entry, reason=" 地名が残っています。 ")

        assert (entry.state, entry.return_reason) == (QaState.DRAFT, "地名が残っています。")
        assert queries.list_waiting_for(actor_of(drafter)) == [entry]

        service.send_for_review(actor_of(drafter), entry, names_nobody=True)
        assert entry.return_reason is None


def test_a_review_waits_for_the_secretariats_approver_and_not_for_a_head_of_division(arrange):
    with arrange():
        entry = make_entry(QaState.REVIEW)

        assert queries.list_waiting_for(actor_of(make_approver())) == [entry]
        assert queries.list_waiting_for(actor_of(make_drafter(is_head=True, is_approver=True))) == []
        assert queries.list_waiting_for(actor_of(make_member("secretariat", Role.SECRETARIAT))) == []


@pytest.mark.parametrize("reason", ["", "  "])
def test_returning_and_withdrawing_need_a_reason(arrange, reason):
    with arrange():
        review, published, chief = make_entry(QaState.REVIEW), make_entry(QaState.PUBLISHED), actor_of(make_approver())

        with pytest.raises(Invalid):
            service.return_entry(chief, review, reason=reason)
        with pytest.raises(Invalid):
            service.withdraw_entry(chief, published, reason=reason)


def test_a_step_from_another_state_is_a_conflict(arrange):
    with arrange():
        drafter, chief = make_drafter(), actor_of(make_approver())
        draft, published = make_entry(drafter=drafter), make_entry(QaState.PUBLISHED, drafter=drafter)

        with pytest.raises(Conflict):
            service.publish_entry(chief, draft)
        with pytest.raises(Conflict):
            service.publish_entry(chief, published)
        with pytest.raises(Conflict):
            service.send_for_review(actor_of(drafter), published, names_nobody=True)
        with pytest.raises(Conflict):
            service.withdraw_entry(chief, draft, reason="誤り")


def test_the_drafter_cannot_publish(arrange):
    with arrange():
        chief = make_approver()
        entry = make_entry(QaState.REVIEW, drafter=chief)

        with pytest.raises(Forbidden):
            service.publish_entry(actor_of(chief), entry)


def test_editing_needs_the_version_seen_and_undoes_the_confirmation(arrange):
    with arrange():
        drafter = make_drafter()
        entry = make_entry(drafter=drafter)
        values = {"theme_id": theme("card").id, "question": "問い", "answer": "答え"}
        service.edit_entry(actor_of(drafter), entry, version=entry.version, **values)
        db.session.flush()

        assert (entry.question, entry.theme_id, entry.editor_person_id) == ("問い", theme("card").id, None)
        with pytest.raises(Conflict):
            service.edit_entry(actor_of(drafter), entry, version=1, **values)


def test_a_colleague_who_edits_is_remembered(arrange):
    with arrange():
        entry, colleague = make_entry(), make_drafter()
        service.edit_entry(
            actor_of(colleague), entry, version=entry.version, theme_id=entry.theme_id, question="問い", answer="答え"
        )

        assert entry.editor_person_id == colleague.person_id


@pytest.mark.parametrize("field", ["question", "answer"])
def test_texts_are_needed_and_hold_no_individual_number(arrange, field):
    with arrange():
        drafter, texts = actor_of(make_drafter()), {"question": QUESTION, "answer": ANSWER}

        for text, error in (
            ("  ", Invalid),
            ("個人番号 123456789018", Invalid),
            ("受付 123456789018", NeedsConfirmation),
        ):
            with pytest.raises(error) as refused:
                service.draft_entry(drafter, theme_id=theme().id, **{**texts, field: text})
            assert refused.value.field == field
        service.draft_entry(drafter, theme_id=theme().id, confirmed=True, **{**texts, field: "受付 123456789018"})


def test_words_are_sought_in_question_answer_and_number(arrange):
    with arrange():
        reader = actor_of(make_member("152226", Role.LOCAL_STAFF))
        entry = make_entry(QaState.PUBLISHED, question="統合端末が遅い", answer="回線を確認してください。")
        make_entry(QaState.PUBLISHED, question="手帳の番号", answer="記号を付けます。")
        make_entry(QaState.DRAFT, question="統合端末の候補")

        for words in ("統合端末", "端末　回線", entry.number.lower(), "確認してください"):
            assert [each.id for each in queries.list_entries(reader, QaFilter(words=words), None)] == [entry.id]
        assert len(queries.list_entries(reader, QaFilter(words="100%"), None)) == 0
        assert len(queries.list_entries(reader, QaFilter(state=QaState.DRAFT), None)) == 0


def test_what_is_withdrawn_is_gone_for_readers(arrange):
    with arrange():
        reader, entry = actor_of(make_member("152226", Role.LOCAL_STAFF)), make_entry(QaState.WITHDRAWN)

        with pytest.raises(NotFound):
            queries.get_entry(reader, entry.id)
        assert queries.find_published(entry.number) is None
