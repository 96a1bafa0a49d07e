"""The style guide: every component and every field in every state, for those who build pages (development only)."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template

from portal.blueprints.styleguide.forms import SpecimenFilterForm, SpecimenForm
from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.pagination import Page
from portal.issues.states import IssueState, Leak, Urgency
from portal.web import access

bp = Blueprint("styleguide", __name__, url_prefix="/styleguide")


@dataclass(frozen=True)
class SpecimenFile:
    """What the list of files asks of an attachment."""

    id: int
    file_name: str
    media_type: str
    size_bytes: int
    removed_at: None = None


@bp.route("/", methods=["GET", "POST"])
@access.public
def index() -> tuple[str, int]:
    """Everything on one page; sending the form shows its errors."""
    form = SpecimenForm()
    form.validate_on_submit()
    now = clock.now()
    today = japan_date(now)
    return render_template(
        "styleguide/index.html",
        form=form,
        filters=SpecimenFilterForm(ids="filter"),
        states=list(IssueState),
        urgencies=list(Urgency),
        leaks=list(Leak),
        now=now,
        yesterday=now - timedelta(days=1),
        today=today,
        soon=add_business_days(today, 4),
        past=add_business_days(today, -3),
        page=Page([None] * 50, "next", "previous", 128),
        files=[SpecimenFile(1, "別紙1 対象手続一覧.xlsx", "", 48_213), SpecimenFile(2, "通知本文.pdf", "", 1_320_411)],
    ), form.status
