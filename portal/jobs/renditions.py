"""Printing issued papers as PDF/UA in the background: the page that people see, with fonts, tags and page numbers."""

import logging
from contextlib import suppress
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from sqlalchemy import orm

from portal.attachments.queries import list_attachments_of
from portal.core.db import db, unit_of_work
from portal.core.i18n import speaking
from portal.guidance.models import Guidance
from portal.jobs.engine import current_engine
from portal.jobs.printing import Printer, Stopped, open_printer
from portal.renditions.naming import name_of
from portal.renditions.service import (
    Claim,
    claim_rendition,
    give_back_rendition,
    keep_rendition,
    list_due_renditions,
    record_rendition_failure,
)
from portal.revisions.marking import render_corrected
from portal.revisions.models import Correction
from portal.revisions.states import CorrectionState

_log = logging.getLogger(__name__)
FEW = 10
_STYLES = ("guidance.css", "revisions.css", "paper.css")


def make_renditions() -> None:
    """Make the PDF of a few issued papers that have none yet; one that fails stops no other. None without Pango.

    The sweep asks for the next few, so that what else is heavy gets its turn.
    """
    with unit_of_work():
        due = list_due_renditions(FEW)
    if not due:
        return
    with suppress(Stopped), open_printer() as print_page:
        if print_page is not None:
            _make_each(due, print_page)


def _make_each(due: list[tuple[int, int]], print_page: Printer) -> None:
    for guidance_id, correction_count in due:
        if current_engine().stopping.is_set():
            return
        with unit_of_work():
            claim = claim_rendition(guidance_id, correction_count)
        if claim is not None:
            _make(claim, print_page)


def _make(claim: Claim, print_page: Printer) -> None:
    try:
        with unit_of_work():
            html, name = _write(claim[0], claim[1])
        pdf = print_page(html, paper_styles())
        with unit_of_work():
            keep_rendition(claim, pdf, name)
    except Stopped:
        with unit_of_work():
            give_back_rendition(claim)
        raise
    except Exception as error:
        _log.exception("The PDF of paper %s could not be made", claim[0])
        with unit_of_work():
            record_rendition_failure(claim, f"{type(error).__name__}: {error}")


def _write(guidance_id: int, correction_count: int) -> tuple[str, str]:
    """The paper with its first so many corrections as one HTML page in Japanese, and the name of its file."""
    guidance = db.session.scalars(
        sa.select(Guidance).where(Guidance.id == guidance_id).options(orm.joinedload(Guidance.sender))
    ).one()
    corrections = db.session.scalars(
        sa.select(Correction)
        .where(Correction.guidance_id == guidance_id, Correction.state == CorrectionState.ISSUED)
        .where(Correction.number <= correction_count)
        .options(orm.selectinload(Correction.entries))
        .order_by(Correction.number)
    ).all()
    files = list_attachments_of(guidance=[guidance_id], correction=[each.id for each in corrections])
    with speaking("ja"), force_locale("ja"):
        html = current_app.jinja_env.get_template("renditions/paper.html").render(
            guidance=guidance,
            corrections=corrections,
            corrected_body=render_corrected(guidance.body, corrections),
            files=files["guidance"][guidance_id],
            correction_files=files["correction"],
        )
    return html, name_of(guidance, correction_count)


@cache
def paper_styles() -> str:
    """The styles of what is printed as a paper."""
    folder = Path(current_app.static_folder or "") / "css"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in _STYLES)
