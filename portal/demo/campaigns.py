"""The campaigns of the demonstration: two rounds of the linkage inspection over every body, and some small ones."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.campaigns.content import CampaignContent
from portal.campaigns.designing import draft_campaign
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.procedures import remove_procedure
from portal.campaigns.publishing import ask_review, close_campaign, publish_campaign
from portal.campaigns.queries import list_procedures
from portal.campaigns.states import CampaignKind, EntryState
from portal.core import clock
from portal.core.calendar import JAPAN, is_business_day, japan_date, next_business_day
from portal.core.db import db
from portal.decisions.models import Decision
from portal.decisions.service import decide_all
from portal.demo.campaigns_answers import STORY, Round, fill_answers, send_back
from portal.demo.campaigns_bodies import estimate_inhabitants, list_asked, list_managers
from portal.demo.campaigns_happenings import add_happenings
from portal.demo.campaigns_progress import fill_progress
from portal.demo.campaigns_small import add_small_campaigns
from portal.demo.papers import actor_at
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS
from portal.themes.models import Theme

PREVIOUS, CURRENT = "マイナンバー情報の紐付け総点検（第1回）", "マイナンバー情報の紐付け総点検（第2回）"
_FIRST_ROUND = frozenset({"disability", "disability_service", "child_allowance", "care_insurance", "resident_tax"})
_NOT_ASKED = frozenset({"national", "household"})
_SILENT = 34
_SNAPSHOTS = (38, 31, 24, 17, 10, 3)  # days ago
_STORY_STATES = {
    "vaccination": EntryState.STARTED,
    "care_insurance": EntryState.PENDING,
    "child_allowance": EntryState.SUBMITTED,
    "health_check": EntryState.FORWARDED,
    "disability_service": EntryState.FORWARDED,
    "public_assistance": EntryState.FORWARDED,
    "maternal_health": EntryState.FORWARDED,
    "childcare": EntryState.BLANK,
    "resident_tax": EntryState.SUBMITTED,
    "support_medical": EntryState.FORWARDED,
}


def add_campaigns(seed: int = 506) -> None:
    """Ask every body twice about the linking of numbers, the second round running now; then what is smaller.

    What the many bodies did is written set by set without an event each; a handful of things that happened have theirs.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable demonstration, not a secret
    inhabitants, managers = estimate_inhabitants(chance), list_managers()
    first = _publish(_content(PREVIOUS, 372, due=340, interim=325, final=250), 372, keep=_FIRST_ROUND)
    before = Round(campaign=first, chance=chance, inhabitants=inhabitants, managers=managers, is_over=True)
    fill_answers(before, list_asked(first))
    _decide(first)
    fill_progress(first, chance, managers, [_day(330), _day(262)], is_over=True)
    with clock.pretending(_instant(240)):
        close_campaign(actor_at("juumin@mic.example"), first)
    content = _content(CURRENT, 70, due=32, interim=-10, final=-46, again_reason=_AGAIN)
    second = _publish(content, 70, drop=_NOT_ASKED)
    second.previous_id = first.id
    codes = sorted(code for code in managers if code not in {STORY, "150002"})
    silent = frozenset({*chance.sample(codes, _SILENT), "154059", "153851"})
    now = Round(
        campaign=second, chance=chance, inhabitants=inhabitants, managers=managers, silent=silent, story=_STORY_STATES
    )
    sent_back = fill_answers(now, list_asked(second))
    _decide(second)
    send_back(now, sent_back)
    fill_progress(second, chance, managers, [_day(days) for days in _SNAPSHOTS], is_over=False)
    _keep_replies(second, chance)
    add_happenings(second)
    add_small_campaigns()


_AGAIN = "第1回の後に判明した誤りの原因を踏まえ、対象の事務を広げて点検するため"


def _content(title: str, published: int, *, due: int, interim: int, final: int, **fields: Any) -> CampaignContent:
    """An inspection of every body; its days are so many days ago."""
    ministries = sa.select(Organisation.id).where(Organisation.code.in_(["digital", "mhlw", "cfa"]))
    return CampaignContent(
        title=title,
        theme_id=db.session.scalars(sa.select(Theme.id).where(Theme.code == "linkage")).one(),
        purpose="マイナンバーと情報の紐付けが正しく行われているかを確かめ、誤りがあれば速やかに正す。",
        legal_basis="地方自治法（昭和22年法律第67号）第245条の4第1項",
        document_number="総行住第124号" if published < 100 else "総行住第31号",
        requested_on=japan_date(_instant(published)),
        contact="住民制度課 総点検担当\n電話 03-0000-5106",
        survey_due_on=_open_day(due), interim_on=_open_day(interim), final_on=_open_day(final),
        rule="digital-2023-08",
        addressees=AddresseeRule(kinds=tuple(LOCAL_GOVERNMENTS)),
        ministry_ids=list(db.session.scalars(ministries.order_by(Organisation.position))),
        **fields,
    )  # fmt: skip


def _publish(
    content: CampaignContent, days: int, *, keep: frozenset[str] = frozenset(), drop: frozenset[str] = frozenset()
) -> Campaign:
    author, chief = actor_at("juumin@mic.example"), actor_at("chief@mic.example")
    with clock.pretending(_instant(days + 2)):
        campaign = draft_campaign(author, CampaignKind.INSPECTION, content)
        for procedure in list_procedures(campaign):
            if procedure.code in drop or (keep and procedure.code not in keep):
                remove_procedure(author, campaign, procedure)
        ask_review(author, campaign)
    with clock.pretending(_instant(days)):
        publish_campaign(chief, campaign)
    return campaign


def _decide(campaign: Campaign) -> None:
    """Everything is decided as of the moment at which it was submitted, what never was as of the beginning."""
    with clock.pretending(campaign.published_at or clock.now()):
        decide_all(campaign)
    submitted = sa.select(Entry.submitted_at).where(Entry.id == Decision.entry_id).scalar_subquery()
    db.session.execute(
        sa.update(Decision)
        .where(Decision.campaign_id == campaign.id)
        .values(decided_at=sa.func.coalesce(submitted, campaign.published_at))
        .execution_options(synchronize_session=False)
    )


def _keep_replies(campaign: Campaign, chance: random.Random) -> None:
    """Most bodies that owe nothing have sent their official reply; some have published where people read it."""
    owing = sa.select(Entry.participation_id).where(
        Entry.campaign_id == campaign.id, Entry.state.not_in([EntryState.SUBMITTED, EntryState.FORWARDED])
    )
    done = db.session.execute(
        sa.select(Participation.id, Participation.organisation_code)
        .where(Participation.campaign_id == campaign.id, Participation.id.not_in(owing))
        .order_by(Participation.organisation_code)
    ).all()
    rows = []
    for key, code in done:
        is_published = chance.random() < 0.3
        rows.append(
            {
                "key": key, "number": f"第{chance.randint(40, 990)}号", "replied": _day(chance.randint(25, 40)),
                "published": _day(chance.randint(3, 30)) if is_published else None,
                "url": f"https://www.body-{code}.example/mynumber/" if is_published else "",
            }
        )  # fmt: skip
    table = Participation.__table__
    statement = (
        sa.update(table)  # type: ignore[arg-type]
        .where(table.c.id == sa.bindparam("key"))
        .values(
            reply_number=sa.bindparam("number"), reply_on=sa.bindparam("replied"),
            published_on=sa.bindparam("published"), published_url=sa.bindparam("url"),
        )
    )  # fmt: skip
    db.session.connection().execute(statement, rows)


def _day(days: int) -> date:
    return japan_date(clock.now()) - timedelta(days=days)


def _open_day(days: int) -> date:
    return next_business_day(_day(days))


def _instant(days: int) -> datetime:
    """Ten in the morning, Japan time, of the business day at or before so many days ago."""
    day = _day(days)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(10), JAPAN)
