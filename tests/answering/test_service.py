"""Answering: several people at once with provenance, submission, compiling, sending back, deciding, later dues."""

import threading

import pytest
import sqlalchemy as sa

from portal.answering import compiling, extending, matrix, queries, saving, submitting
from portal.answering.matrix import BodyFilter, MatrixFilter
from portal.answering.models import AnswerChange
from portal.answering.overview import get_overview
from portal.answering.question_sets import load_question_set
from portal.campaigns import publishing
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.queries import list_entries_of
from portal.campaigns.states import CampaignKind, EntryState
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.decisions import overriding, recalculating
from portal.decisions.queries import count_outcomes, find_current, list_history
from portal.decisions.service import decide_all
from portal.decisions.states import Cause, Outcome
from portal.decisions.targets import list_all_targets
from portal.directory.roles import Role
from tests.factories.campaigns import (
    ANSWERS,
    answer,
    entry_of,
    in_days,
    make_manager,
    make_publisher,
    make_running,
    participation_of,
)
from tests.factories.people import actor_of, make_member


def staff(code: str = "152226"):
    return actor_of(make_member(code, Role.LOCAL_STAFF, section="市民課"))


def prefecture():
    return actor_of(make_member("150002", Role.LOCAL_STAFF, section="市町村課"))


@pytest.fixture
def running(arrange):
    """The id of a running inspection of 新潟県."""
    with arrange():
        return make_running().id


def of(campaign_id: int) -> Campaign:
    return db.session.get_one(Campaign, campaign_id)


def test_each_answer_says_who_entered_it_and_from_where(arrange, running):
    with arrange():
        campaign, one, other = of(running), staff(), staff()
        entry = entry_of(campaign)
        assert saving.save_answers(one, campaign, entry, {"handled": "yes"}) == ["handled"]
        assert saving.save_answers(other, campaign, entry, {"handled": "yes", "subjects": 5}) == ["subjects"]
        assert saving.save_answers(other, campaign, entry, {"subjects": None}) == ["subjects"]
        assert entry.answers == {"handled": "yes"}
        assert entry.state is EntryState.STARTED
        assert [(each.question_code, each.value, each.signature) for each in queries.list_changes(entry)] == [
            ("subjects", None, other.signature),
            ("subjects", 5, other.signature),
            ("handled", "yes", one.signature),
        ]


def test_two_people_on_one_page_keep_each_others_answers_and_are_told_of_a_clash(arrange, running):
    with arrange():
        campaign, one, other = of(running), staff(), staff()
        entry = entry_of(campaign)
        saving.save_answers(one, campaign, entry, {"handled": "yes", "subjects": 10, "contact": "福祉課"})
        seen = entry.version
        saving.save_answers(one, campaign, entry, {"subjects": 20}, seen=seen)
        # The other sent the whole page as they had seen it, with a new contact: the number is not undone.
        changed = saving.save_answers(
            other, campaign, entry, {"handled": "yes", "subjects": 10, "contact": "市民課"}, seen=seen
        )
        assert changed == ["contact"]
        assert entry.answers["subjects"] == 20
        with pytest.raises(Invalid) as refused:
            saving.save_answers(other, campaign, entry, {"subjects": 30, "contact": "介護課"}, seen=seen)
        assert refused.value.field == "subjects"
        assert refused.value.params["value"] == "20件"
        assert entry.answers["contact"] == "市民課"


def test_only_the_body_answers_and_only_its_manager_submits(arrange, running):
    with arrange():
        campaign, entry = of(running), entry_of(of(running))
        for stranger in (staff("152048"), prefecture(), make_publisher()):
            with pytest.raises(Forbidden):
                saving.save_answers(stranger, campaign, entry, {"handled": "no"})
        saving.save_answers(staff(), campaign, entry, {"handled": "no"})
        with pytest.raises(Forbidden):
            submitting.submit_entry(staff(), campaign, entry)
        submitting.submit_entry(make_manager(), campaign, entry)
        with pytest.raises(Forbidden):
            saving.save_answers(staff(), campaign, entry, {"handled": "yes"})


def test_an_incomplete_answer_is_not_submitted(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        entry = entry_of(campaign)
        saving.save_answers(manager, campaign, entry, {**ANSWERS, "routes": ["d"], "subjects": 3, "mislinks": 9})
        problems = {each.code for each in load_question_set(campaign).problems_of(entry)}
        assert problems == {"attributes", "identified", "mislinks"}
        with pytest.raises(Invalid):
            submitting.submit_entry(manager, campaign, entry)
        saving.save_answers(manager, campaign, entry, {"routes": ["a"], "subjects": 0, "mislinks": 0})
        with pytest.raises(Invalid) as refused:
            submitting.submit_entry(manager, campaign, entry)
        assert refused.value.field == "subjects"
        submitting.submit_entry(
            manager, campaign, entry, reasons={"subjects": "制度開始前のため", "handled": "関係なし"}
        )
        assert entry.reasons == {"subjects": "制度開始前のため"}


def test_refused_answers_leave_nothing(arrange, running):
    with arrange():
        campaign, entry = of(running), entry_of(of(running))
        with pytest.raises(Invalid) as refused:
            saving.save_answers(staff(), campaign, entry, {"handled": "yes", "contact": "個人番号123456789018"})
        assert refused.value.field == "contact"
        with pytest.raises(Invalid):
            saving.save_answers(staff(), campaign, entry, {"handled": "yes", "nothing": "x"})
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AnswerChange)) == 0


def test_everything_ready_is_submitted_at_once(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        part = participation_of(campaign)
        with pytest.raises(Invalid):
            submitting.submit_ready(manager, campaign, list_entries_of(part))
        saving.save_answers(manager, campaign, entry_of(campaign), ANSWERS)
        saving.save_answers(manager, campaign, entry_of(campaign, procedure="vaccination"), {"handled": "no"})
        saving.save_answers(manager, campaign, entry_of(campaign, procedure="household"), {"handled": "yes"})
        done = submitting.submit_ready(manager, campaign, list_entries_of(part))
        assert {each.procedure.code for each in done.submitted} == {"child_allowance", "vaccination"}
        assert "household" in {entry.procedure.code for entry, _ in done.incomplete}
        assert len(done.submitted) + len(done.incomplete) == len(list_entries_of(part))


def test_a_prefecture_returns_single_answers_and_forwards_the_rest(arrange, running):
    with arrange():
        campaign, manager, compiler = of(running), make_manager(), prefecture()
        entry = answer(campaign, entry_of(campaign), manager)
        other = answer(campaign, entry_of(campaign, procedure="vaccination"), manager)
        with pytest.raises(Forbidden):
            compiling.return_answers(
                actor_of(make_member("160008", Role.LOCAL_STAFF)), campaign, entry, reasons={"": "x"}
            )
        with pytest.raises(Invalid):
            compiling.return_answers(compiler, campaign, entry, reasons={"subjects": " "})
        with pytest.raises(Invalid):
            compiling.return_answers(compiler, campaign, entry, reasons={"nothing": "x"})
        compiling.return_answers(compiler, campaign, entry, reasons={"subjects": "前年度と大きく違います。"})
        assert [each.returned for each in queries.list_waiting(manager)] == [1]
        assert [each.question_code for each in queries.list_open_returns(participation_of(campaign))] == ["subjects"]
        assert compiling.forward_entries(compiler, campaign, [entry, other]) == 1
        with pytest.raises(Conflict):
            submitting.take_back(manager, campaign, other)
        saving.save_answers(manager, campaign, entry, {"subjects": 1100})
        assert entry.state is EntryState.RETURNED
        submitting.submit_entry(manager, campaign, entry)
        assert queries.list_open_returns(participation_of(campaign)) == []
        assert [each.settled_at is not None for each in queries.list_returns(entry)] == [True]
        compiling.forward_entries(compiler, campaign, [entry])
        compiling.return_answers(make_publisher(), campaign, entry, reasons={"": "本部で確認した結果"})
        assert entry.state is EntryState.RETURNED
        with pytest.raises(Invalid):
            compiling.forward_entries(compiler, campaign, [entry])


def test_a_submission_can_be_taken_back_or_put_off(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        entry = answer(campaign, entry_of(campaign), manager)
        submitting.take_back(manager, campaign, entry)
        assert entry.state is EntryState.STARTED
        with pytest.raises(Invalid) as refused:
            submitting.put_off(manager, campaign, entry, until=in_days(0), reason="確認中")
        assert refused.value.field == "until"
        submitting.put_off(manager, campaign, entry, until=in_days(3), reason="確認中")
        assert entry.state is EntryState.PENDING
        with pytest.raises(Invalid):
            submitting.declare_not_applicable(manager, campaign, entry, reason="事務なし")


def test_what_a_body_changes_after_a_return_is_not_decided_before_it_submits_again(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        entry = answer(campaign, entry_of(campaign), manager)
        steering = actor_of(make_member("secretariat", Role.SECRETARIAT))
        compiling.return_answers(steering, campaign, entry, reasons={"routes": "取得方法を確かめてください。"})
        saving.save_answers(manager, campaign, entry, {"routes": ["b"]})
        assert decide_all(campaign) == 0
        assert find_current(entry.id).outcome is Outcome.EXEMPT
        submitting.put_off(manager, campaign, entry, until=in_days(3), reason="確認中")
        assert find_current(entry.id).outcome is Outcome.UNDETERMINED
        assert decide_all(campaign) == 0


def test_in_a_survey_a_body_says_that_it_does_not_apply(arrange):
    with arrange():
        campaign = make_running(CampaignKind.SURVEY)
        manager, entry = make_manager(), entry_of(campaign, procedure="whole")
        with pytest.raises(Invalid):
            submitting.declare_not_applicable(manager, campaign, entry, reason="")
        submitting.declare_not_applicable(manager, campaign, entry, reason="対象の施設がない")
        assert entry.state is EntryState.SUBMITTED
        assert find_current(entry.id) is None


def test_submission_decides_and_history_stays(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        entry = entry_of(campaign)
        assert find_current(entry.id).outcome is Outcome.UNDETERMINED
        answer(campaign, entry, manager)
        assert find_current(entry.id).outcome is Outcome.EXEMPT
        submitting.take_back(manager, campaign, entry)
        saving.save_answers(manager, campaign, entry, {"routes": ["b"]})
        assert find_current(entry.id).outcome is Outcome.UNDETERMINED  # what is taken back is not answered
        submitting.submit_entry(manager, campaign, entry)
        assert [each.outcome for each in list_history(entry)] == [
            Outcome.REQUIRED,
            Outcome.UNDETERMINED,
            Outcome.EXEMPT,
            Outcome.UNDETERMINED,
        ]
        assert entry_of(campaign, procedure="bank_account").id in {
            each.id for each in list_entries_of(participation_of(campaign))
        }
        assert find_current(entry_of(campaign, procedure="bank_account").id).outcome is Outcome.PRIOR
        assert find_current(entry_of(campaign, "151009", "disability").id).outcome is Outcome.REQUIRED


def test_answers_to_questions_no_longer_asked_decide_nothing(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        entry = entry_of(campaign)
        saving.save_answers(manager, campaign, entry, {**ANSWERS, "mislinks": 4})
        saving.save_answers(manager, campaign, entry, {"handled": "no"})
        submitting.submit_entry(manager, campaign, entry)
        assert find_current(entry.id).outcome is Outcome.NOT_HANDLED


def test_a_person_decides_otherwise_and_it_stays_visible(arrange, running):
    with arrange():
        campaign, manager, head = of(running), make_manager(), make_publisher()
        entry = answer(campaign, entry_of(campaign), manager)
        with pytest.raises(Forbidden):
            overriding.override_decision(manager, campaign, entry, outcome=Outcome.REQUIRED, reason="x")
        with pytest.raises(Invalid):
            overriding.override_decision(head, campaign, entry, outcome=Outcome.REQUIRED, reason="")
        overriding.override_decision(head, campaign, entry, outcome=Outcome.REQUIRED, reason="過去に誤りがあったため")
        submitting.take_back(manager, campaign, entry)
        saving.save_answers(manager, campaign, entry, {"mislinks": 2})
        submitting.submit_entry(manager, campaign, entry)
        current = find_current(entry.id)
        assert (current.outcome, current.by_rule, current.reason) == (
            Outcome.REQUIRED,
            Outcome.INDIVIDUAL,
            "過去に誤りがあったため",
        )
        overriding.lift_override(head, campaign, entry)
        assert find_current(entry.id).outcome is Outcome.INDIVIDUAL
        with pytest.raises(Conflict):
            overriding.lift_override(head, campaign, entry)


def test_another_version_is_tried_before_it_is_chosen_and_is_reproducible(arrange, running):
    with arrange():
        campaign, manager, head = of(running), make_manager(), make_publisher()
        entry = answer(campaign, entry_of(campaign), manager, routes=["b"])
        kept = answer(campaign, entry_of(campaign, procedure="vaccination"), manager, routes=["b"])
        overriding.override_decision(head, campaign, kept, outcome=Outcome.EXEMPT, reason="個別に確認済み")
        changes = {
            (each.procedure.code, each.before, each.after): each.count
            for each in recalculating.preview_rule(campaign, "mic-2023-06")
        }
        assert changes == {
            ("child_allowance", Outcome.REQUIRED, Outcome.REVIEW): 1,
            ("disability", Outcome.REQUIRED, Outcome.UNDETERMINED): 2,
        }
        assert find_current(entry.id).outcome is Outcome.REQUIRED
        with pytest.raises(Forbidden):
            recalculating.choose_rule(manager, campaign, "mic-2023-06")
        with pytest.raises(Invalid):
            recalculating.choose_rule(head, campaign, "mic-2099")
        assert recalculating.choose_rule(head, campaign, "mic-2023-06") == 3
        assert next(iter(list_history(entry))).cause is Cause.RECALCULATION
        assert find_current(kept.id).outcome is Outcome.EXEMPT
        assert decide_all(campaign) == 0
        counts = count_outcomes(head, campaign)
        assert counts[entry.procedure_id, Outcome.REVIEW] == 1


def test_the_target_list_names_exactly_the_bodies_to_inspect(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        answer(campaign, entry_of(campaign), manager, routes=["b"])
        answer(campaign, entry_of(campaign, procedure="vaccination"), manager)
        assert [(each.code, each.name, [it.name for it in each.procedures]) for each in list_all_targets(campaign)] == [
            ("150002", "新潟県", ["障害者手帳（身体・療育・精神）"]),
            ("151009", "新潟市", ["障害者手帳（身体・療育・精神）"]),
            ("152226", "上越市", ["児童手当"]),
        ]


def test_matrix_shows_each_its_own(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        answer(campaign, entry_of(campaign), manager)
        head, compiler = make_publisher(), prefecture()
        for actor, pages in ((head, [30, 1]), (compiler, [30, 1]), (manager, [1, 0]), (staff("152048"), [1, 0])):
            first = matrix.list_bodies(actor, campaign)
            rest = matrix.list_bodies(actor, campaign, cursor=first.next_cursor) if first.next_cursor else ()
            assert [len(first), len(rest)] == pages
        found = get_overview(head, campaign)
        assert [(each.prefecture.name, each.answered, each.share) for each in found.by_prefecture] == [("新潟県", 1, 0)]
        assert (found.total.answered, found.total.total) == (1, db.session.scalar(sa.select(sa.func.count(Entry.id))))
        assert [each.name for each in matrix.list_places(head, campaign)] == ["新潟県"]
        assert [
            each.participation.organisation_name
            for each in matrix.list_bodies(head, campaign, MatrixFilter(which=BodyFilter.WAITING))
        ] == ["上越市"]
        assert matrix.count_silent(head, campaign) == 30
        assert matrix.list_bodies(head, campaign, MatrixFilter(which=BodyFilter.DONE)).items == []
        procedure = entry_of(campaign).procedure_id
        done = matrix.list_bodies(head, campaign, MatrixFilter(which=BodyFilter.DONE, procedure_id=procedure))
        assert [each.participation.organisation_name for each in done] == ["上越市"]
        assert done.items[0].cells[procedure].state is EntryState.SUBMITTED
        decided = matrix.with_cells([done.items[0].participation], with_outcomes=True)[0].cells[procedure]
        assert (decided.state, decided.outcome) == (EntryState.SUBMITTED, Outcome.EXEMPT)


def test_a_later_due_is_asked_for_once_and_decided(arrange, running):
    with arrange():
        campaign, manager, head = of(running), make_manager(), make_publisher()
        part = participation_of(campaign)
        for wanted, reason, at in (
            (None, "x", "wanted_on"),
            (in_days(5), "x", "wanted_on"),
            (in_days(300), "x", "wanted_on"),
            (in_days(30), "", "reason"),
        ):
            with pytest.raises(Invalid) as refused:
                extending.ask_extension(manager, campaign, part, wanted_on=wanted, reason=reason)
            assert refused.value.field == at
        asked = extending.ask_extension(manager, campaign, part, wanted_on=in_days(30), reason="対象が多い")
        with pytest.raises(Conflict):
            extending.ask_extension(manager, campaign, part, wanted_on=in_days(31), reason="対象が多い")
        with pytest.raises(Forbidden):
            extending.decide_extension(manager, campaign, asked, granted_on=in_days(30))
        with pytest.raises(Invalid):
            extending.decide_extension(head, campaign, asked, granted_on=None)
        extending.decide_extension(head, campaign, asked, granted_on=in_days(25))
        assert extending.due_of(campaign, part) == in_days(25)
        with pytest.raises(Conflict):
            extending.decide_extension(head, campaign, asked, granted_on=in_days(26))


def test_each_effect_has_one_event(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        before = db.session.scalar(sa.select(sa.func.count()).select_from(EventRecord))
        answer(campaign, entry_of(campaign), manager)
        kinds = db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id).offset(before)).all()
        assert list(kinds) == ["answers_saved", "answers_submitted"]
        publishing.close_campaign(make_publisher(), campaign)
        with pytest.raises(Conflict):
            saving.save_answers(manager, campaign, entry_of(campaign, procedure="household"), {"handled": "no"})


def test_many_people_at_once_lose_no_answer(app, arrange, running):
    with arrange():
        people = [staff() for _ in range(8)]
        entry_id = entry_of(of(running)).id
    codes = ["handled", "duty", "routes", "subjects", "mislinks", "contact", "identified", "method"]
    values = {"routes": ["a"], "subjects": 5, "mislinks": 0, "contact": "課", "method": "窓口"}
    start = threading.Barrier(8)
    failed: list[BaseException] = []

    def save(actor, code: str) -> None:
        with app.app_context():
            start.wait(10)
            try:
                with unit_of_work():
                    campaign = of(running)
                    entry = db.session.get_one(Entry, entry_id)
                    saving.save_answers(actor, campaign, entry, {code: values.get(code, "yes")}, seen=1)
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=save, args=(actor, code)) for actor, code in zip(people, codes, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert failed == []
    with arrange():
        assert set(db.session.get_one(Entry, entry_id).answers) == set(codes)
