"""Building and publishing: two people, faults named, whom it asks frozen, the round before copied."""

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.campaigns import designing, policy, publishing, queries, questions
from portal.campaigns.models import Entry, Participation
from portal.campaigns.states import CampaignKind, CampaignState, QuestionKind
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.directory.roles import OrganisationKind, Role
from tests.factories.campaigns import (
    in_days,
    make_author,
    make_campaign,
    make_content,
    make_publisher,
    make_running,
    make_survey,
    publish,
)
from tests.factories.people import actor_of, make_member


def test_the_template_gives_procedures_questions_and_checks_without_faults(arrange):
    with arrange():
        campaign = make_campaign()
        procedures = queries.list_procedures(campaign)
        assert sum(len(each.information) for each in procedures) == 29
        assert {each.code for each in procedures if each.is_prior} == {"health_insurance", "mutual_aid", "bank_account"}
        assert [each.code for each in procedures if each.is_always] == ["disability"]
        assert all(each.ministry for each in procedures)
        assert publishing.list_faults(campaign) == []


def test_two_people_publish_and_whom_it_asks_is_frozen(arrange):
    with arrange():
        author, publisher = actor_of(make_member("secretariat", Role.SECRETARIAT, is_head=True)), make_publisher()
        campaign = make_campaign(author)
        with pytest.raises(Forbidden):
            publishing.publish_campaign(publisher, campaign)
        publishing.ask_review(author, campaign)
        with pytest.raises(Forbidden):
            publishing.publish_campaign(author, campaign)
        with pytest.raises(Forbidden):
            designing.edit_campaign(author, campaign, make_content(), version=None)
        publishing.publish_campaign(publisher, campaign)
        assert campaign.state is CampaignState.PUBLISHED
        bodies = db.session.scalar(sa.select(sa.func.count()).select_from(Participation))
        assert bodies == 31  # 新潟県 with 30 municipalities
        handled = dict(
            db.session.execute(
                sa.select(Participation.organisation_code, sa.func.count())
                .join(Entry, Entry.participation_id == Participation.id)
                .group_by(Participation.organisation_code)
            ).all()
        )
        assert len(handled) == 31
        assert handled["150002"] < handled["152226"] < handled["151009"]  # the prefecture, a city, a designated city


def test_core_cities_handle_what_prefectures_hand_to_them(arrange):
    with arrange():
        campaign = make_running(addressees=AddresseeRule(include=("062014", "152226")))  # 山形市 is one, 上越市 is not
        names = {
            code: {each.procedure.code for each in queries.list_entries_of(part)}
            for code, part in (
                (each.organisation_code, each) for each in db.session.scalars(sa.select(Participation)).all()
            )
        }
        assert campaign.state is CampaignState.PUBLISHED
        assert "disability" in names["062014"]
        assert "disability" not in names["152226"]
        assert "national" not in names["062014"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"purpose": " "}, "目的を入力してください。"),
        ({"contact": ""}, "照会先を入力してください。"),
        ({"survey_due_on": None}, "回答期限を入力してください。"),
        ({"addressees": AddresseeRule()}, "対象となる団体がありません。"),
        ({"addressees": AddresseeRule(kinds=(OrganisationKind.MINISTRY,))}, "対象となる団体がありません。"),
    ],
)
def test_what_is_missing_is_named_before_publishing(arrange, fields, message):
    with arrange():
        author = make_author()
        campaign = make_campaign(author, **fields)
        with pytest.raises(Invalid) as refused:
            publishing.ask_review(author, campaign)
        assert refused.value.message == message


def test_dates_run_in_order_and_titles_hold_no_number(arrange):
    with arrange():
        with pytest.raises(Invalid) as refused:
            make_campaign(interim_on=in_days(5))
        assert refused.value.field == "interim_on"
        with pytest.raises(Invalid) as refused:
            make_campaign(purpose="個人番号 123456789018 の点検")
        assert refused.value.field == "purpose"


def test_the_second_person_sends_it_back_with_a_reason(arrange):
    with arrange():
        author, publisher = make_author(), make_publisher()
        campaign = make_campaign(author)
        publishing.ask_review(author, campaign)
        with pytest.raises(Invalid):
            publishing.send_back(publisher, campaign, reason=" ")
        publishing.send_back(publisher, campaign, reason="設問が多すぎます。")
        assert (campaign.state, campaign.return_reason) == (CampaignState.DRAFT, "設問が多すぎます。")


def test_the_same_theme_within_a_year_needs_a_reason(arrange):
    with arrange():
        make_running()
        author = make_author()
        again = make_campaign(author)
        load = publishing.measure_load(again)
        assert [each.shared for each in load.same] == [31]
        assert load.open_entries > 300
        with pytest.raises(Invalid) as refused:
            publishing.ask_review(author, again)
        assert "1年以内" in refused.value.message
        again.again_reason = "第2回の点検のため"
        publishing.ask_review(author, again)
        assert again.state is CampaignState.REVIEW


def test_a_second_round_copies_the_first(arrange):
    with arrange():
        author = make_author()
        first = make_campaign(author)
        questions.put_question(
            author, first, None, code="extra", label="備考", kind=QuestionKind.TEXT, is_required=False,
            options=[], rows=[], columns=[], shown_when=[],
        )  # fmt: skip
        second = designing.draft_campaign(author, CampaignKind.INSPECTION, make_content(), previous=first)
        assert second.previous_id == first.id
        assert [each.code for each in queries.list_questions(second)] == [
            each.code for each in queries.list_questions(first)
        ]
        assert len(queries.list_procedures(second)) == len(queries.list_procedures(first))


def test_questions_are_checked_as_they_are_written(arrange):
    with arrange():
        author = make_author()
        survey = make_survey(author)

        def put(question=None, **fields):
            values = {
                "label": "設問", "kind": QuestionKind.TEXT, "options": [], "rows": [], "columns": [], "shown_when": [],
                "is_required": True, "hint": "", "formula": "", **fields,
            }  # fmt: skip
            return questions.put_question(author, survey, question, **values)

        for fields, at in (
            ({"code": "Q 1"}, "code"),
            ({"code": "q1"}, "code"),  # taken
            ({"code": "q2", "label": ""}, "label"),
            ({"code": "q2", "label": "個人番号"}, "label"),
            ({"code": "q2", "kind": QuestionKind.SINGLE, "options": [["a", "A"]]}, "options"),
            ({"code": "q2", "kind": QuestionKind.TABLE}, "rows"),
            ({"code": "q2", "kind": QuestionKind.CALCULATED, "formula": "1 +"}, "formula"),
            ({"code": "q2", "shown_when": [["q9", "is", "yes"]]}, "when_code"),
        ):
            with pytest.raises(Invalid) as refused, db.session.begin_nested():
                put(**fields)
            assert refused.value.field == at, fields
        put(code="q2", kind=QuestionKind.YES_NO)
        with pytest.raises(Invalid) as refused, db.session.begin_nested():
            put(code="q3", shown_when=[["q2", "is", "maybe"]])
        assert refused.value.field == "when_value"
        q3 = put(code="q3", shown_when=[["q2", "is", "yes"]])
        q2 = next(each for each in queries.list_questions(survey) if each.code == "q2")
        with pytest.raises(Conflict):
            questions.remove_question(author, survey, q2)
        questions.move_question(author, survey, q3, up=True)
        assert [each.code for each in queries.list_questions(survey)] == ["q1", "q3", "q2"]
        assert "の条件は" in publishing.list_faults(survey)[0].message
        questions.remove_question(author, survey, q3)
        questions.remove_question(author, survey, q2)
        assert publishing.list_faults(survey) == []


def test_checks_name_questions_that_exist(arrange):
    with arrange():
        author = make_author()
        campaign = make_campaign(author)
        put = {"question_code": "subjects", "expression": "subjects < 9", "message": "多い"}
        for change, at in (
            ({"expression": "subjects <"}, "expression"),
            ({"expression": "nothing < 9"}, "expression"),
            ({"question_code": "nothing"}, "question_code"),
            ({"message": " "}, "message"),
        ):
            with pytest.raises(Invalid) as refused:
                questions.put_check(author, campaign, **{**put, **change})
            assert refused.value.field == at
        check = questions.put_check(author, campaign, **put)
        questions.remove_check(author, campaign, check)
        assert check not in queries.list_checks(campaign)


def test_who_sees_a_campaign(arrange):
    with arrange():
        draft = make_campaign()
        liaison = actor_of(make_member("hq", Role.LIAISON))
        own, other = (
            actor_of(make_member("152226", Role.LOCAL_STAFF)),
            actor_of(make_member("011002", Role.LOCAL_STAFF)),
        )
        auditor = actor_of(make_member("hq", Role.AUDITOR))
        ministry = actor_of(make_member("digital", Role.MINISTRY))
        assert queries.get_campaign(liaison, draft.id) is draft
        for actor in (own, other, auditor, ministry):
            with pytest.raises(NotFound):
                queries.get_campaign(actor, draft.id)
        publish(draft)
        for actor in (own, ministry, liaison):
            assert queries.get_campaign(actor, draft.id) is draft
        for actor in (other, auditor):
            with pytest.raises(NotFound):
                queries.get_campaign(actor, draft.id)
        assert [each.participation is not None for each in queries.list_campaigns(own)] == [True]
        assert not policy.can_build(liaison)


def test_a_closed_campaign_takes_nothing_more(arrange):
    with arrange():
        campaign = make_running()
        publishing.close_campaign(make_publisher(), campaign)
        with pytest.raises(Forbidden):
            publishing.close_campaign(make_publisher(), campaign)
