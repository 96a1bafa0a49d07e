"""Reports of the demonstration's inspections: both of the round that is over, and one of this round, as a draft."""

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from portal.campaigns.models import Campaign
from portal.core import clock
from portal.core.calendar import JAPAN, era_date, is_business_day, japan_date
from portal.core.db import db
from portal.demo.campaigns import CURRENT, PREVIOUS
from portal.demo.papers import actor_at
from portal.reporting.models import Report
from portal.reporting.reports import ReportTexts, ask_publication, draft_report, edit_report, publish_report
from portal.reporting.states import ReportKind

_AUTHOR, _CHIEF = "juumin@mic.example", "chief@mic.example"
_INTRO = (
    "マイナンバー情報の紐付けについて、全ての地方公共団体に点検をお願いした。\n\n"
    "この報告は、各団体から報告された{day}現在の進捗を取りまとめたものである。"
)
_FINDINGS = {
    ReportKind.INTERIM: (
        "- 多くの団体で抽出と照合が終わり、**本人確認の段階**に進んでいる。\n"
        "- 紐付け誤りの原因は、**入力の誤り**と**同姓同名等による取り違え**が多い。\n"
        "- 誤りを公表した団体が増えている。"
    ),
    ReportKind.FINAL: (
        "- 点検の対象とした団体の大部分で点検が完了した。\n"
        "- 判明した紐付け誤りは、修正を終えたか、情報連携を停止している。\n"
        "- 登録の際に**4情報の全て**で照会することが、再発の防止に有効である。"
    ),
}
_NEXT = {
    ReportKind.INTERIM: "最終報告に向け、残る団体の点検を進める。漏えいを調査中の団体には、リエゾンが状況を伺う。",
    ReportKind.FINAL: "対象の事務を広げて、第2回の点検を行う。各団体の再発防止策は、事例集として横展開する。",
}


def add_reports_of_campaigns() -> None:
    """The first round's interim and final report, published; this round's interim report before its publication."""
    first, second = _find(PREVIOUS), _find(CURRENT)
    _publish(first, ReportKind.INTERIM, as_of=330, days=325)
    _publish(first, ReportKind.FINAL, as_of=262, days=250)
    _draft(second, ReportKind.INTERIM, as_of=3, days=1)


def _find(title: str) -> Campaign:
    return db.session.scalars(sa.select(Campaign).where(Campaign.title == title)).one()


def _publish(campaign: Campaign, kind: ReportKind, *, as_of: int, days: int) -> None:
    report = _draft(campaign, kind, as_of=as_of, days=days + 1)
    with clock.pretending(_instant(days)):
        publish_report(actor_at(_CHIEF), campaign, report)


def _draft(campaign: Campaign, kind: ReportKind, *, as_of: int, days: int) -> Report:
    author, day = actor_at(_AUTHOR), _day(as_of)
    with clock.pretending(_instant(days)):
        report = draft_report(author, campaign, kind=kind, as_of=day)
        texts = ReportTexts(
            title=report.title, intro=_INTRO.format(day=era_date(day)), findings=_FINDINGS[kind], next_steps=_NEXT[kind]
        )
        edit_report(author, campaign, report, texts)
        ask_publication(author, campaign, report)
    return report


def _day(days: int) -> date:
    return japan_date(clock.now()) - timedelta(days=days)


def _instant(days: int) -> datetime:
    """Eleven in the morning, Japan time, of the business day at or before so many days ago."""
    day = _day(days)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(11), JAPAN)
