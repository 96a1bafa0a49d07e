"""Smaller campaigns of the demonstration: a survey of prefectures, one that waits for its publication, a drill."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.answering.saving import save_answers
from portal.campaigns.content import CampaignContent
from portal.campaigns.designing import draft_campaign
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.publishing import ask_review, publish_campaign
from portal.campaigns.questions import put_question
from portal.campaigns.states import CampaignKind, EntryState, QuestionKind
from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.decisions.service import decide_all
from portal.demo.campaigns_bodies import list_managers
from portal.demo.papers import actor_at
from portal.directory.actor import Actor
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind
from portal.themes.models import Theme

_ANSWERS = (
    {"q1": "yes", "q2": 4, "q3": "年度当初に研修を行い、以後は動画を配っている。"},
    {"q1": "yes", "q2": 2, "q3": "市町村の担当者会議に合わせて行っている。"},
    {"q1": "no", "q1:reason": "来年度から行う予定のため", "q2": 0, "q3": "教材の提供をお願いしたい。"},
)


def add_small_campaigns() -> None:
    """The survey of prefectures, the survey in review, the drill of one prefecture."""
    _survey_prefectures()
    _leave_in_review()
    _drill()


def _survey_prefectures() -> None:
    author = actor_at("shichoson@mic.example")
    content = _content(
        "番号制度の研修に関する調査", "other", 10,
        purpose="都道府県が市町村の職員に対して行う研修の状況を把握し、教材の作成に役立てる。",
        addressees=AddresseeRule(kinds=(OrganisationKind.PREFECTURE,)),
    )  # fmt: skip
    with clock.pretending(clock.now() - timedelta(days=5)):
        survey = draft_campaign(author, CampaignKind.SURVEY, content)
        _ask(
            author, survey, code="q1", kind=QuestionKind.YES_NO, asks_reason_for="no",
            label="市町村の職員を対象とした研修を、今年度に行いましたか。",
        )  # fmt: skip
        _ask(author, survey, code="q2", kind=QuestionKind.NUMBER, unit="回", label="研修の回数")
        _ask(author, survey, code="q3", kind=QuestionKind.TEXT, label="研修の方法、御意見")
        ask_review(author, survey)
    with clock.pretending(clock.now() - timedelta(days=4)):
        publish_campaign(actor_at("chief@mic.example"), survey)
    _answer_survey(survey)


def _answer_survey(survey: Campaign) -> None:
    """Half of the prefectures have answered; the story's prefecture has begun."""
    managers = list_managers()
    rows = db.session.execute(
        sa.select(Entry.id, Participation.organisation_code)
        .join(Participation, Participation.id == Entry.participation_id)
        .where(Entry.campaign_id == survey.id, Participation.prefecture_code != "15")
        .order_by(Participation.organisation_code)
    ).all()
    for place, (key, code) in enumerate(rows[::2]):
        at = clock.now() - timedelta(hours=60 - 2 * place)
        db.session.execute(
            sa.update(Entry)
            .where(Entry.id == key)
            .values(
                state=EntryState.SUBMITTED, answers=_ANSWERS[place % len(_ANSWERS)], version=2, changed_at=at,
                submitted_at=at, submitted_signature=managers[code].signature,
            )
        )  # fmt: skip
    staff = actor_at("150002-staff@lg.example")
    own = db.session.scalars(
        sa.select(Entry).where(Entry.campaign_id == survey.id, Entry.organisation_id == staff.organisation_id)
    ).one()
    with clock.pretending(clock.now() - timedelta(hours=20)):
        save_answers(staff, survey, own, {"q1": "yes", "q2": 3})


def _leave_in_review() -> None:
    author = actor_at("mynumber@mic.example")
    content = _content(
        "マイナンバーカードの出張申請受付に関する調査", "card", 21,
        purpose="施設等に出向いて行う申請の受付の実績と課題を把握する。",
        addressees=AddresseeRule(kinds=tuple(LOCAL_GOVERNMENTS)),
    )  # fmt: skip
    with clock.pretending(clock.now() - timedelta(hours=22)):
        survey = draft_campaign(author, CampaignKind.SURVEY, content)
        _ask(author, survey, code="q1", kind=QuestionKind.NUMBER, unit="回", label="今年度に出張申請受付を行った回数")
        _ask(
            author, survey, code="q2", kind=QuestionKind.MULTIPLE, label="出向いた先",
            options=[["a", "福祉施設"], ["b", "病院"], ["c", "学校"], ["d", "事業所"], ["e", "個人宅"]],
            shown_when=[["q1", "at_least", "1"]],
        )  # fmt: skip
        _ask(author, survey, code="q3", kind=QuestionKind.TEXT, is_required=False, label="課題、国への要望")
        ask_review(author, survey)


def _drill() -> None:
    author = actor_at("mynumber@mic.example")
    content = _content(
        "紐付け点検の入力訓練（新潟県）", "linkage", 14, is_drill=True, rule="digital-2023-08",
        purpose="入力と取りまとめの手順を、本番と同じ画面で確かめる。",
        again_reason="訓練のため（回答は集計に用いません。）",
        addressees=AddresseeRule(kinds=tuple(LOCAL_GOVERNMENTS), prefectures=("15",)),
    )  # fmt: skip
    with clock.pretending(clock.now() - timedelta(days=8)):
        drill = draft_campaign(author, CampaignKind.INSPECTION, content)
        ask_review(author, drill)
    with clock.pretending(clock.now() - timedelta(days=7)):
        publish_campaign(actor_at("chief@mic.example"), drill)
        decide_all(drill)


def _ask(author: Actor, survey: Campaign, **fields: Any) -> None:
    given = {"hint": "", "options": [], "rows": [], "columns": [], "shown_when": [], "formula": "", **fields}
    put_question(author, survey, None, **given)


def _content(title: str, theme: str, due: int, **fields: Any) -> CampaignContent:
    return CampaignContent(
        title=title, theme_id=db.session.scalars(sa.select(Theme.id).where(Theme.code == theme)).one(),
        contact="調査担当\n電話 03-0000-5108", survey_due_on=_in_business_days(due), **fields,
    )  # fmt: skip


def _in_business_days(count: int) -> date:
    return add_business_days(japan_date(clock.now()), count)
