"""Campaigns in every state with their bodies' answers; a factory flushes and never commits."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.answering import saving, submitting
from portal.campaigns import designing, publishing
from portal.campaigns.content import CampaignContent
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.campaigns.states import CampaignKind, QuestionKind
from portal.campaigns.template import WHOLE, QuestionDraft, Template
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.decisions import service as deciding
from portal.directory.actor import Actor
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind, Role
from portal.themes.models import Theme
from tests.factories.people import actor_of, make_member, organisation

NIIGATA = AddresseeRule(
    kinds=tuple(kind for kind in OrganisationKind if kind in LOCAL_GOVERNMENTS), prefectures=("15",)
)
_SURVEY = Template(
    procedures=(WHOLE,),
    questions=(QuestionDraft(code="q1", kind=QuestionKind.TEXT, label="御意見・現状を記入してください。"),),
)
ANSWERS: dict[str, Any] = {
    "handled": "yes", "duty": "yes", "routes": ["a"], "subjects": 1200, "mislinks": 0, "contact": "福祉課 000-0000",
}  # fmt: skip


def in_days(days: int):
    """The date so many days from today in Japan."""
    return japan_date(clock.now()) + timedelta(days=days)


def make_content(**fields) -> CampaignContent:
    """A complete inspection of all bodies of 新潟県."""
    values: dict[str, Any] = {
        "title": "マイナンバー紐付け総点検",
        "theme_id": db.session.scalars(sa.select(Theme).where(Theme.code == "linkage")).one().id,
        "purpose": "紐付けの方法を確かめる。",
        "contact": "総点検担当 03-0000-0000",
        "document_number": "総行住第99号",
        "survey_due_on": in_days(20),
        "interim_on": in_days(40),
        "final_on": in_days(100),
        "rule": "digital-2023-08",
        "addressees": NIIGATA,
        **fields,
    }
    return CampaignContent(**values)


def make_author() -> Actor:
    """A member of 住民制度課."""
    return actor_of(make_member("juumin", Role.DIVISION))


def make_publisher() -> Actor:
    """The secretariat's head."""
    return actor_of(make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True))


def make_campaign(author: Actor | None = None, **fields) -> Campaign:
    """A draft of an inspection by 住民制度課."""
    return designing.draft_campaign(author or make_author(), CampaignKind.INSPECTION, make_content(**fields))


def make_survey(author: Actor | None = None, **fields) -> Campaign:
    """A draft of a survey with one question by 住民制度課."""
    content = make_content(**{"rule": None, "title": "庁内体制の調査", **fields})
    return designing.draft_campaign(author or make_author(), CampaignKind.SURVEY, content, template=_SURVEY)


def publish(campaign: Campaign, publisher: Actor | None = None, author: Actor | None = None) -> Campaign:
    """The draft published by somebody else than its author, with the first decisions."""
    publishing.ask_review(author or actor_of(make_member("secretariat", Role.SECRETARIAT)), campaign)
    publishing.publish_campaign(publisher or make_publisher(), campaign)
    deciding.decide_all(campaign)
    return campaign


def make_running(kind: CampaignKind = CampaignKind.INSPECTION, **fields) -> Campaign:
    """A running campaign."""
    maker = make_survey if kind is CampaignKind.SURVEY else make_campaign
    return publish(maker(**fields))


def entry_of(campaign: Campaign, code: str = "152226", procedure: str = "child_allowance") -> Entry:
    """The entry of a body and a procedure, with both."""
    return db.session.scalars(
        sa.select(Entry)
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(Entry.campaign_id == campaign.id, Participation.organisation_code == code, Procedure.code == procedure)
        .options(sa.orm.joinedload(Entry.procedure), sa.orm.joinedload(Entry.participation))
    ).one()


def participation_of(campaign: Campaign, code: str = "152226") -> Participation:
    """A body's part."""
    return db.session.scalars(
        sa.select(Participation).where(
            Participation.campaign_id == campaign.id, Participation.organisation_id == organisation(code).id
        )
    ).one()


def make_manager(code: str = "152226") -> Actor:
    """A manager of the body."""
    return actor_of(make_member(code, Role.LOCAL_MANAGER, section="市民課"))


def answer(campaign: Campaign, entry: Entry, manager: Actor | None = None, **answers) -> Entry:
    """The entry answered (by route a unless said otherwise) and submitted."""
    manager = manager or make_manager(entry.participation.organisation_code)
    saving.save_answers(manager, campaign, entry, {**ANSWERS, **answers})
    submitting.submit_entry(manager, campaign, entry)
    return entry
