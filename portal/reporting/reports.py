"""Writing of reports: begun with frozen figures, edited, counted anew, published by a second person, corrected."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.campaigns.models import Campaign
from portal.campaigns.states import titled
from portal.core import clock, my_number
from portal.core.calendar import era_date, japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.reporting import charts, making, policy
from portal.reporting.counting import count_figures, find_basis_date
from portal.reporting.events import (
    ReportDiscarded,
    ReportDrafted,
    ReportEdited,
    ReportPublicationAsked,
    ReportPublished,
    ReportRecounted,
)
from portal.reporting.marking import digest_of
from portal.reporting.models import Report, ReportFile, ReportText
from portal.reporting.states import ReportKind, ReportState

LONGEST_TITLE, LONGEST_TEXT, LONGEST_REASON = 200, 20_000, 500
TEXTS = ("intro", "findings", "next_steps")
_DONE = N_("この報告は、既に公表されたか、取りやめられています。")


@dataclass(frozen=True, kw_only=True)
class ReportTexts:
    """What people write in a report; the texts are Markdown."""

    title: str
    intro: str = ""
    findings: str = ""
    next_steps: str = ""


def draft_report(
    actor: Actor,
    campaign: Campaign,
    *,
    kind: ReportKind,
    as_of: date,
    previous_on: date | None = None,
    corrects: Report | None = None,
    reason: str = "",
    my_number_confirmed: bool = False,
) -> Report:
    """Begin a report: its figures are counted as of the date and frozen.

    A correction begins with the texts of the report that it corrects and needs a reason. Raises Forbidden, Invalid.
    """
    authorize(policy.can_draft, actor, campaign)
    my_number.check_text("reason", reason, my_number_confirmed)
    _check_dates(as_of, previous_on)
    if corrects is not None and not reason.strip():
        raise Invalid(N_("訂正の理由を入力してください。"), field="reason")
    _lock(campaign)
    report = _begin(actor, campaign, kind, as_of, previous_on)
    texts = _first_texts(campaign, kind, as_of, corrects)
    report.title = _title_of(campaign, texts)
    for name in TEXTS:
        setattr(report, name, getattr(texts, name))
    report.corrects_id, report.correction_reason = None if corrects is None else corrects.id, reason.strip()
    db.session.add(report)
    db.session.flush()
    _keep_texts(actor, report)
    charts.ask_charts(report.figures)
    emit(actor, _drafted(report))
    return report


def edit_report(
    actor: Actor,
    campaign: Campaign,
    report: Report,
    texts: ReportTexts,
    *,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """Change the texts of a draft; how they stood before stays. Raises Forbidden, Conflict, Invalid at the text."""
    authorize(policy.can_edit, actor, report, campaign)
    report.check_version(version)
    _check_texts(texts, my_number_confirmed)
    report.title = _title_of(campaign, texts)
    for name in TEXTS:
        setattr(report, name, getattr(texts, name).strip())
    _note_change(actor, report)
    _keep_texts(actor, report)
    emit(actor, ReportEdited(campaign_id=campaign.id, report_id=report.id))


def recount_report(actor: Actor, campaign: Campaign, report: Report, *, version: int | None = None) -> bool:
    """Count the figures of a draft anew; whether they changed. Raises Forbidden, Conflict."""
    authorize(policy.can_edit, actor, report, campaign)
    report.check_version(version)
    figures = count_figures(campaign, report.as_of, report.previous_on)
    changed = digest_of(figures) != report.digest
    report.figures, report.digest, report.counted_at = figures, digest_of(figures), clock.now()
    _note_change(actor, report)
    charts.ask_charts(figures)
    emit(actor, ReportRecounted(campaign_id=campaign.id, report_id=report.id, digest=report.digest))
    return changed


def ask_publication(actor: Actor, campaign: Campaign, report: Report, *, version: int | None = None) -> None:
    """Say that a draft is written: it then waits for whoever publishes it. Raises Forbidden, Conflict, Invalid."""
    authorize(policy.can_ask_publication, actor, report, campaign)
    report.check_version(version)
    _check_counted_last(report)
    report.ready_at, report.ready_signature = clock.now(), actor.signature
    db.session.flush()
    emit(actor, ReportPublicationAsked(campaign_id=campaign.id, report_id=report.id))


def needs_recount(report: Report) -> bool:
    """Whether another report was published since a draft was counted: what is left out is then decided anew first."""
    if report.state is not ReportState.DRAFT:
        return False
    newest = db.session.scalar(
        sa.select(sa.func.max(Report.published_at)).where(
            Report.campaign_id == report.campaign_id, Report.state == ReportState.PUBLISHED
        )
    )
    return newest is not None and newest > report.counted_at


def publish_report(actor: Actor, campaign: Campaign, report: Report, *, version: int | None = None) -> None:
    """draft → published, by somebody who has written none of it; from then on nothing changes.

    Raises Forbidden to the author, Conflict when somebody was quicker, Invalid when another report was published
    since the figures were counted: what is left out depends on it, so they are counted anew first.
    """
    _lock(campaign)
    db.session.refresh(report, with_for_update=True)
    if report.state is not ReportState.DRAFT:
        raise Conflict(_DONE)
    authorize(policy.can_publish, actor, report)
    report.check_version(version)
    _check_counted_last(report)
    report.state, report.published_at = ReportState.PUBLISHED, clock.now()
    report.published_by_person_id, report.published_signature = actor.person_id, actor.signature
    db.session.flush()
    making.ask_public_files(report)
    emit(actor, ReportPublished(campaign_id=campaign.id, report_id=report.id, digest=report.digest))


def discard_report(actor: Actor, campaign: Campaign, report: Report, *, version: int | None = None) -> None:
    """Give a draft up. Raises Forbidden, Conflict."""
    authorize(policy.can_edit, actor, report, campaign)
    report.check_version(version)
    report_id = report.id
    making.remove_files(report)
    db.session.execute(sa.delete(ReportFile).where(ReportFile.report_id == report_id))
    db.session.execute(sa.delete(ReportText).where(ReportText.report_id == report_id))
    db.session.delete(report)
    db.session.flush()
    emit(actor, ReportDiscarded(campaign_id=campaign.id, report_id=report_id))


def _note_change(actor: Actor, report: Report) -> None:
    """Who changed it does not publish it; what was asked for was another draft."""
    report.editor_person_id, report.ready_at, report.ready_signature = actor.person_id, None, ""
    db.session.flush()


def _begin(actor: Actor, campaign: Campaign, kind: ReportKind, as_of: date, previous_on: date | None) -> Report:
    """The report with its figures, not yet with texts."""
    previous_on = previous_on or find_basis_date(campaign, as_of)
    figures, now = count_figures(campaign, as_of, previous_on), clock.now()
    return Report(
        campaign_id=campaign.id,
        number=_next_number(campaign),
        kind=kind,
        as_of=as_of,
        previous_on=previous_on,
        figures=figures,
        digest=digest_of(figures),
        author_person_id=actor.seat_person_id,
        editor_person_id=actor.person_id,
        created_at=now,
        counted_at=now,
    )


def _check_counted_last(report: Report) -> None:
    if needs_recount(report):
        raise Invalid(
            N_(
                "集計した後に、別の報告が公表されました。二つの報告を比べても団体の件数が分からないよう、集計し直してください。"
            )
        )


def _check_dates(as_of: date, previous_on: date | None) -> None:
    if as_of > japan_date(clock.now()):
        raise Invalid(N_("基準日に将来の日付は指定できません。"), field="as_of")
    if previous_on is not None and previous_on >= as_of:
        raise Invalid(N_("基準日より前の日付にしてください。"), field="previous_on")


def _check_texts(texts: ReportTexts, confirmed: bool) -> None:
    if not texts.title.strip():
        raise Invalid(N_("表題を入力してください。"), field="title")
    for name in ("title", *TEXTS):
        text, longest = getattr(texts, name), LONGEST_TITLE if name == "title" else LONGEST_TEXT
        if len(text.strip()) > longest:
            raise Invalid(N_("%(n)s文字以内で入力してください。"), field=name, n=longest)
        my_number.check_text(name, text, confirmed)


def _first_texts(campaign: Campaign, kind: ReportKind, as_of: date, corrects: Report | None) -> ReportTexts:
    if corrects is not None:
        return ReportTexts(title=corrects.title, **{name: getattr(corrects, name) for name in TEXTS})
    title = f"{campaign.title}　{kind.label('ja')}（{era_date(as_of)}現在）"
    return ReportTexts(title=title[:LONGEST_TITLE], intro=campaign.purpose)


def _title_of(campaign: Campaign, texts: ReportTexts) -> str:
    """Of a drill it says so on the page, in every file and list."""
    return titled(texts.title.strip(), is_drill=campaign.is_drill)[:LONGEST_TITLE]


def _keep_texts(actor: Actor, report: Report) -> None:
    count = sa.select(sa.func.count()).select_from(ReportText).where(ReportText.report_id == report.id)
    db.session.add(
        ReportText(
            report_id=report.id,
            number=int(db.session.scalar(count) or 0) + 1,
            title=report.title,
            **{name: getattr(report, name) for name in TEXTS},
            saved_at=clock.now(),
            signature=actor.signature,
        )
    )
    db.session.flush()


def _lock(campaign: Campaign) -> None:
    """Whoever comes second waits here until the first has committed."""
    db.session.execute(sa.select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())


def _next_number(campaign: Campaign) -> int:
    newest = db.session.scalar(sa.select(sa.func.max(Report.number)).where(Report.campaign_id == campaign.id))
    return (newest or 0) + 1


def _drafted(report: Report) -> ReportDrafted:
    return ReportDrafted(
        campaign_id=report.campaign_id,
        report_id=report.id,
        kind_of_report=report.kind.value,
        as_of=report.as_of.isoformat(),
        corrects_id=report.corrects_id,
    )
