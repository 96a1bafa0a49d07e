"""Papers of the demonstration off the straight way: abolished, recalled, handed on by prefectures, taken over."""

import random
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.demo.papers import actor_at, instant_before, let_bodies_answer
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind
from portal.forwarding.service import forward_automatically, forward_guidance
from portal.guidance import service
from portal.guidance.addressees import AddresseeRule, preview
from portal.guidance.content import GuidanceContent
from portal.guidance.models import Guidance
from portal.guidance.records import find_own_recipient
from portal.guidance.states import DeliveryRoute, GuidanceKind, Nature
from portal.issuing.recalling import begin_recall, conclude_recall
from portal.notifications.sending_progress import stop_mails
from portal.takeover.service import stage_papers, take_over
from portal.themes.models import Theme

ABOLISHED, RECALLED, SECOND_EDITION = "総行マ第41号", "総行市第38号", "総行デ第71号"
FORWARDED, HELD = "総行住第93号", "総行住第97号"
_HOKURIKU = AddresseeRule(
    kinds=tuple(kind for kind in OrganisationKind if kind in LOCAL_GOVERNMENTS), prefectures=("15", "16", "17", "18")
)
_OLD = """文書番号,発出日,種別,件名,発信者,発信者名,テーマ,性格,宛先,本文,廃止日
総行マ第12号,令和6年6月3日,通知,マイナンバーの登録事務に係る横断的な点検の記録の保存について,マイナンバー制度支援室,\
マイナンバー制度支援室長,linkage,技術的助言,全団体,点検の記録は、点検を終えた年度の翌年度から3年間保存してください。,
総行住第25号,令和6年10月1日,通知,本人確認の書類の取扱いの見直しについて,住民制度課,住民制度課長,linkage,技術的助言,\
市区町村,本人確認の書類の写しは、紐付けの確認を終えた後に速やかに廃棄してください。,令和7年9月30日
,令和7年2月14日,事務連絡,番号制度の担当者会議の資料について,住民制度課,住民制度課,linkage,情報提供,新潟県、富山県,\
会議の資料を送付します。,
"""


def add_endings(seed: int = 20261130) -> None:
    """Let the second edition be received, abolish, recall, hand on and take over papers.

    The facts of the many bodies are written set by set, as those of the other papers are.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable demonstration, not a secret
    with clock.pretending(instant_before(90)):
        _take_over()
    _abolish()
    let_bodies_answer(_paper(SECOND_EDITION), 3, chance)
    _hand_on(chance)
    _recall()
    _leave_with_prefectures()


def _take_over() -> None:
    secretariat = actor_at("secretariat@mic.example")
    staged = stage_papers(secretariat, file_name="移行一覧.csv", content=_OLD.encode("utf-8-sig"))
    if staged.waiting is None:
        raise ValueError(f"the table of old papers has faults: {staged.faults}")
    take_over(secretariat, staged.waiting)


def _abolish() -> None:
    with clock.pretending(instant_before(9)):
        head = actor_at("mynumber-head@mic.example")
        service.abolish_guidance(
            head, _paper(ABOLISHED), reason="点検の手順を新しい手引きにまとめたため、この通知は役目を終えました。"
        )


def _recall() -> None:
    """A paper to the prefectures that was meant for others, taken back within two hours."""
    issued = instant_before(2)
    with clock.pretending(issued):
        paper = _issue(
            "shichoson",
            RECALLED,
            AddresseeRule(kinds=(OrganisationKind.PREFECTURE,)),
            title="定住自立圏の取組状況の調査について",
            concerned_sections="地域振興担当課",
            required_action="調査票により回答すること",
            body="定住自立圏の取組状況について、調査票により回答してください。\n\n記\n\n1. 対象 中心市宣言を行った市",
            due=add_business_days(japan_date(clock.now()), 12),
        )
    with clock.pretending(issued + timedelta(hours=2)):
        head = actor_at("shichoson-head@mic.example")
        recall = begin_recall(
            head, paper, reason="中心市に宛てるべき調査を、都道府県に宛てて発出しました。改めて発出します。"
        )
        conclude_recall(head, recall, stop_mails(paper.id))


def _hand_on(chance: random.Random) -> None:
    """A request that 新潟県 handed on with a cover note and an earlier date; the portal did it for the others."""
    issued = instant_before(8)
    with clock.pretending(issued):
        paper = _issue(
            "juumin",
            FORWARDED,
            _HOKURIKU,
            route=DeliveryRoute.VIA_PREFECTURE,
            title="窓口での個人番号の確認に係る実態の把握について",
            concerned_sections="番号制度担当課、住民担当課",
            theme="linkage",
            required_action="窓口での確認の方法を様式により回答すること",
            body="窓口での個人番号の確認の方法について、次のとおり回答してください。\n\n記\n\n"
            "1. 対象 市区町村の窓口\n2. 回答の方法 様式による",
            due=add_business_days(japan_date(issued), 14),
        )
    with clock.pretending(issued + timedelta(hours=5)):
        prefecture = actor_at("150002@lg.example")
        forward_guidance(
            prefecture,
            paper,
            find_own_recipient(prefecture, paper),
            note="県で取りまとめて回答します。様式のほか、支所・出張所の窓口の数を欄外に書き添えてください。",
            due_on=add_business_days(japan_date(issued), 11),
        )
    day_after = add_business_days(japan_date(issued), 1) - japan_date(issued)
    with clock.pretending(issued + day_after):
        for code in ("16", "17", "18"):
            forward_automatically(paper.id, code)
    let_bodies_answer(paper, 6, chance)


def _leave_with_prefectures() -> None:
    """A paper that came this day and waits with the prefectures; 富山県 alone has handed it on."""
    with clock.pretending(clock.now() - timedelta(hours=2)):
        paper = _issue(
            "juumin",
            HELD,
            _HOKURIKU,
            route=DeliveryRoute.VIA_PREFECTURE,
            title="年末年始の窓口の開設時間の照会について",
            concerned_sections="住民担当課",
            required_action="開設時間を様式により回答すること",
            body="年末年始の窓口の開設時間について、様式により回答してください。",
            due=add_business_days(japan_date(clock.now()), 8),
        )
    with clock.pretending(clock.now() - timedelta(hours=1)):
        prefecture = actor_at("160008@lg.example")
        forward_guidance(prefecture, paper, find_own_recipient(prefecture, paper), note="県への写しの送付は不要です。")


def _issue(
    office: str,
    number: str,
    rule: AddresseeRule,
    *,
    due: date,
    theme: str = "other",
    route: DeliveryRoute = DeliveryRoute.DIRECT,
    **text: Any,
) -> Guidance:
    drafter, head = actor_at(f"{office}@mic.example"), actor_at(f"{office}-head@mic.example")
    content = GuidanceContent(
        kind=GuidanceKind.NOTICE,
        sender_id=drafter.organisation_id,
        sender_title=f"{drafter.organisation_name}長",
        document_number=number,
        theme_id=db.session.scalar(sa.select(Theme.id).where(Theme.code == theme)),
        nature=Nature.REPLY_REQUIRED,
        addressee_line="関係都道府県・市区町村担当部（局）長 殿",
        difference="新規",
        contact=f"{drafter.organisation_name}\n電話 03-0000-5000",
        reply_due_on=due,
        route=route,
        addressees=rule,
        **text,
    )
    paper = service.draft_guidance(drafter, content)
    service.send_for_review(drafter, paper)
    service.approve_guidance(head, paper, document_number=number)
    service.issue_guidance(head, paper, fingerprint=preview(rule).fingerprint)
    return paper


def _paper(number: str) -> Guidance:
    return db.session.scalars(sa.select(Guidance).where(Guidance.document_number == number)).one()
