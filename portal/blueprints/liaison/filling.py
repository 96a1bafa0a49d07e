"""From a form of the liaison's day to what the service takes, and the choices that stand in the forms."""

import re
from datetime import date, datetime, time

from flask import request
from flask_babel import gettext

from portal.blueprints.liaison.forms import PROMISES, HearingForm, PhoneNoteForm, PromiseForm
from portal.core import clock
from portal.core.calendar import JAPAN, japan_datetime
from portal.core.errors import Invalid
from portal.core.events import Audience
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.liaison.content import HearingContent, Partner, PhoneNoteContent, PromiseContent
from portal.liaison.queries import list_choices, list_partners
from portal.liaison.states import Direction, Means
from portal.web.components import half_width

_TIME = re.compile(r"(\d{1,2})[:時.]?(\d{2})?分?")


def make_form(
    actor: Actor, body: Organisation, kind: type[PhoneNoteForm] | type[HearingForm]
) -> PhoneNoteForm | HearingForm:
    """The form with the people of the body, what it may be about, and the time of now."""
    now = japan_datetime(clock.now())
    form = kind(data={"contacted_on": now.date(), "contacted_time": f"{now:%H:%M}", "about": _asked_about()})
    form.partner.choices = [(row.id, _called(row)) for row in list_partners(body)]
    form.about.choices = [
        (f"{each.kind}:{each.id}", " ".join(part for part in (each.number, each.title) if part)[:80])
        for each in list_choices(actor, body)
    ]
    return form


def note_of(form: PhoneNoteForm) -> PhoneNoteContent:
    """What the form of a phone note says. Raises Invalid at ``contacted_time`` or ``promised_on``."""
    promise = None
    if form.promised_on.data is not None:
        promise = PromiseContent(text=form.promise.data or gettext("折り返しの連絡"), due_on=form.promised_on.data)
    elif form.promise.data:
        raise Invalid(N_("約束の期日を入力してください。"), field="promised_on")
    return PhoneNoteContent(
        partner=_partner(form),
        direction=form.direction.data or Direction.OUTGOING,
        text=form.text.data or "",
        contacted_at=_instant(form),
        audience=Audience(form.audience.data),
        promise=promise,
        about=_about(form),
    )


def hearing_of(form: HearingForm) -> HearingContent:
    """What the form of a hearing says. Raises Invalid as above."""
    return HearingContent(
        partner=_partner(form),
        means=form.means.data or Means.VISIT,
        contacted_at=_instant(form),
        place=form.place.data or "",
        participants=form.participants.data or "",
        situation=form.situation.data or "",
        problem_points=form.problem_points.data or "",
        request_points=form.request_points.data or "",
        internal_text=form.internal_text.data or "",
        audience=Audience(form.audience.data),
        promises=_promises(form),
        about=_about(form),
    )


def promise_of(form: PromiseForm) -> PromiseContent:
    """What the form of a promise says."""
    return PromiseContent(
        text=form.promise.data or "", due_on=form.promised_on.data or date.min, promised_by=form.promised_by.data or ""
    )


def _promises(form: HearingForm) -> list[PromiseContent]:
    """The promises that are filled in, in their order and without gaps: an error stands at the row's own field."""
    found = []
    for number in PROMISES:
        text, due_on, by = form.promise_fields(number)
        if not text.data and due_on.data is None:
            continue
        if due_on.data is None:
            raise Invalid(N_("約束の期日を入力してください。"), field=due_on.name)
        if not text.data:
            raise Invalid(N_("約束した内容を入力してください。"), field=text.name)
        found.append(PromiseContent(text=text.data, due_on=due_on.data, promised_by=by.data or ""))
    return found


def _partner(form: PhoneNoteForm | HearingForm) -> Partner:
    return Partner(membership_id=form.partner.data or None, typed=form.counterpart.data or "")


def _about(form: PhoneNoteForm | HearingForm) -> tuple[str, int] | None:
    kind, _, key = (form.about.data or "").partition(":")
    return (kind, int(key)) if key.isascii() and key.isdigit() and len(key) < 16 else None


def _asked_about() -> str:
    return request.args.get("about", "")


def _instant(form: PhoneNoteForm | HearingForm) -> datetime:
    match = _TIME.fullmatch(half_width(form.contacted_time.data or ""))
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
    if hour > 23 or minute > 59:
        raise Invalid(N_("時刻を「14:05」の形で入力してください。"), field="contacted_time")
    if form.contacted_on.data is None:
        raise Invalid(N_("日付を入力してください。"), field="contacted_on")
    return datetime.combine(form.contacted_on.data, time(hour, minute), JAPAN)


def _called(row: object) -> str:
    section, person = getattr(row, "section", None), getattr(row, "person", None)
    parts = (section.name if section else "", getattr(row, "title", ""), person.name if person else "")
    return " ".join(part for part in parts if part)
