"""What a handler says about an event: whom to tell, of what, and how pressing it is."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.core.events import EventRecord
from portal.core.i18n import N_
from portal.directory.models import Membership, Organisation
from portal.notifications.models import Topic


class Weight(LabelledEnum):
    """What a line asks of its reader."""

    ACT = ("act", "要対応", "Action")
    KNOW = ("know", "参考", "For information")


# Why somebody is told; the mail's last lines say it.
REASONS: dict[str, str] = {
    "liaison": N_("この団体を担当するリエゾンのため"),
    "secretariat": N_("事務局の一員のため"),
    "admin": N_("システム管理者のため"),
    "submitter": N_("この課題・照会を提出した団体の担当者のため"),
    "manager": N_("この団体の管理者のため"),
    "division": N_("割り振られた幹事課の一員のため"),
    "ministry": N_("照会を受けた府省の担当者のため"),
    "follower": N_("この課題・照会をフォローしているため"),
    "prefecture": N_("管内市区町村の課題・照会が県に共有されているため"),
    "participant": N_("この課題・照会に関わる本部の一員のため"),
    "approver": N_("決裁者のため"),
    "concurring": N_("合議を求められた所属の方のため"),
    "drafter": N_("起案者のため"),
    "area": N_("管内の市区町村への転送を担う都道府県の担当者のため"),
    "area_silent": N_("管内の市区町村の回答が遅れているため"),
    "office": N_("この通知等を起案した課室の一員のため"),
    "compiler": N_("管内の市区町村の回答を取りまとめる都道府県の担当者のため"),
    "campaign_office": N_("この点検・調査を行う課室の一員のため"),
    "reader": N_("この点検・調査の集計をご覧になれる関係府省・地方六団体の方のため"),
    "recipient": N_("宛先の団体の担当者のため"),
    "own_section": N_("庁内展開を受けた所属の一員のため"),
    "redaction": N_("墨消しを判断する立場のため"),
    "colleague": N_("同じ団体の方がこの通知等を送ったため"),
    "coordinator": N_("庁内展開を取りまとめる所属の一員のため"),
    "headquarters": N_("本部の一員のため"),
    "joined": N_("このQ&Aに「うちも同じ」と登録した団体の担当者のため"),
    "body": N_("地方公共団体等の担当者のため"),
    "partner": N_("この電話・聴取の相手またはその所属のため"),
    "substitute": N_("不在の間の代理者に指定されているため"),
    "head": N_("所属長のため"),
    "absent": N_("ご自身の不在に関するお知らせのため"),
    "planner": N_("この通知等の発出を予約した、または起案したため"),
    "scheduler": N_("名簿の入替えを予約したため"),
    "self": N_("ご自身のアカウントに関するお知らせのため"),
}


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One group of people and what they are told; of several groups the first that holds a person counts.

    ``who`` is a condition on Membership. ``person_id`` instead names one person who is written to whatever their
    memberships, without a line in the inbox: for invitations and passwords. ``in_office_hours`` keeps mail that is not
    urgent until an office is open; ``is_digest_only`` lets nobody have a mail of its own about it.
    """

    reason: str
    topic: Topic
    who: sa.ColumnElement[bool] | None = None
    person_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    weight: Weight = Weight.KNOW
    is_urgent: bool = False
    due_on: date | None = None
    in_office_hours: bool = False
    is_digest_only: bool = False


def sender_of(record: EventRecord) -> str | None:
    """The organisation (with the section) for which the actor acted; None when the portal itself did."""
    if record.actor_membership_id is None:
        return None
    row = db.session.get(Membership, record.actor_membership_id)
    if row is None:
        return None
    return db.session.scalar(sa.select(Organisation.name).where(Organisation.id == row.organisation_id))
