"""Recording of contacts: the tick on the day sheet, the phone note, the hearing."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Membership, Organisation, Section
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.liaison import policy
from portal.liaison.content import (
    LONGEST_LINE,
    LONGEST_NOTE,
    LONGEST_TEXT,
    MOST_ITEMS,
    HearingContent,
    Partner,
    PhoneNoteContent,
    PromiseContent,
    check_promise,
    check_time,
    checked,
    split_points,
)
from portal.liaison.events import BodyCalled, HearingRecorded, PhoneNoteTaken
from portal.liaison.models import Contact, HearingItem, Promise
from portal.liaison.states import CallOutcome, Confirmation, ContactKind, Direction, ItemKind, Means
from portal.links.service import add_link

_MOST_DAYS_LATER = 60


def log_call(actor: Actor, body: Organisation, outcome: CallOutcome, *, again_on: date | None = None) -> Contact:
    """Tick a body of the day sheet off. Raises Invalid at ``again_on`` where it is to be called again."""
    authorize(policy.can_record, actor, body)
    today = japan_date(clock.now())
    if outcome is not CallOutcome.AGAIN:
        again_on = None
    elif again_on is None or not today <= again_on <= today + timedelta(days=_MOST_DAYS_LATER):
        raise Invalid(N_("再架電する日を、今日から60日以内の日付で入力してください。"), field="again_on")
    contact = _contact(
        actor, body, ContactKind.CALL, audience=Audience.INTERNAL, outcome=outcome, again_on=again_on,
        direction=Direction.OUTGOING, means=Means.CALL, contacted_at=clock.now(),
    )  # fmt: skip
    db.session.flush()
    emit(
        actor,
        BodyCalled(
            contact_id=contact.id,
            organisation_id=body.id,
            outcome=outcome.value,
            again_on=again_on,
            audience=Audience.INTERNAL,
        ),
    )
    return contact


def take_phone_note(actor: Actor, body: Organisation, content: PhoneNoteContent, *, confirmed: bool = False) -> Contact:
    """Note a call. A public note is put to the person, else to the section, else to the general desk, to confirm.

    Raises Invalid at ``partner``, ``counterpart``, ``text``, ``contacted_on``, ``promise``, ``promised_on`` or
    ``about``.
    """
    authorize(policy.can_record, actor, body)
    partner, section_id, name = _partner(body, content.partner, confirmed=confirmed)
    contact = _contact(
        actor,
        body,
        ContactKind.PHONE_NOTE,
        audience=content.audience,
        contacted_at=check_time("contacted_on", content.contacted_at),
        direction=content.direction,
        means=Means.CALL,
        section_id=section_id,
        counterpart_person_id=partner,
        counterpart=name,
        text=checked(
            "text", content.text, LONGEST_NOTE, confirmed=confirmed, required=N_("メモの内容を入力してください。")
        ),
    )
    db.session.flush()
    if content.promise is not None:
        _promise(
            actor,
            contact,
            check_promise(content.promise, field_text="promise", field_due="promised_on", confirmed=confirmed),
        )
    _link(actor, contact, content.about)
    emit(actor, PhoneNoteTaken(contact_id=contact.id, organisation_id=body.id, audience=content.audience))
    return contact


def record_hearing(actor: Actor, body: Organisation, content: HearingContent, *, confirmed: bool = False) -> Contact:
    """Record a hearing with its points and promises; each point may become an issue.

    Raises Invalid at the field for what is missing, too long, or holds a My Number.
    """
    authorize(policy.can_record, actor, body)
    partner, section_id, name = _partner(body, content.partner, confirmed=confirmed)
    contact = _contact(
        actor,
        body,
        ContactKind.HEARING,
        audience=content.audience,
        contacted_at=check_time("contacted_on", content.contacted_at),
        means=content.means,
        place=checked("place", content.place, LONGEST_LINE, confirmed=confirmed),
        participants=checked("participants", content.participants, LONGEST_NOTE, confirmed=confirmed),
        section_id=section_id,
        counterpart_person_id=partner,
        counterpart=name,
        text=checked(
            "situation",
            content.situation,
            LONGEST_TEXT,
            confirmed=confirmed,
            required=N_("聴き取った状況を入力してください。"),
        ),
        internal_text=checked("internal_text", content.internal_text, LONGEST_TEXT, confirmed=confirmed),
    )
    db.session.flush()
    _add_items(contact, content, confirmed=confirmed)
    for number, promise in enumerate(content.promises, start=1):
        fields = {"field_text": f"promise_{number}", "field_due": f"promised_on_{number}"}
        _promise(actor, contact, check_promise(promise, confirmed=confirmed, **fields))
    _link(actor, contact, content.about)
    emit(actor, HearingRecorded(contact_id=contact.id, organisation_id=body.id, audience=content.audience))
    return contact


def add_promise_to(actor: Actor, contact: Contact, promise: PromiseContent) -> Promise:
    """The promise as a row; what it says has been checked."""
    return _promise(actor, contact, promise)


def _contact(actor: Actor, body: Organisation, kind: ContactKind, **values: object) -> Contact:
    is_put = kind is not ContactKind.CALL and values["audience"] is Audience.PUBLIC
    contact = Contact(
        kind=kind,
        organisation_id=body.id,
        confirmation=Confirmation.ASKED if is_put else Confirmation.NOT_ASKED,
        author_person_id=actor.person_id,
        author_membership_id=actor.membership_id,
        signature=actor.signature,
        created_at=clock.now(),
        **values,
    )
    db.session.add(contact)
    return contact


def _partner(body: Organisation, partner: Partner, *, confirmed: bool) -> tuple[int | None, int | None, str]:
    """(person, section, name) of whom the call was with; without a section of their own it is the general desk."""
    sections = db.session.scalars(sa.select(Section).where(Section.organisation_id == body.id)).all()
    desk = next((section.id for section in sections if section.is_general_desk), None)
    if partner.membership_id is not None:
        row = db.session.scalar(
            sa.select(Membership)
            .where(
                Membership.id == partner.membership_id,
                Membership.organisation_id == body.id,
                Membership.current_at(clock.now()),
            )
            .options(orm.joinedload(Membership.person), orm.joinedload(Membership.section))
        )
        if row is None:
            raise Invalid(N_("この団体に所属する人を選んでください。"), field="partner")
        parts = (row.section.name if row.section else "", row.title, row.person.name)
        return row.person_id, row.section_id or desk, " ".join(part for part in parts if part)
    name = checked(
        "counterpart",
        partner.typed,
        LONGEST_LINE,
        confirmed=confirmed,
        required=N_("相手を選ぶか、氏名または所属を入力してください。"),
    )
    named = [section for section in sections if section.name in name]
    return None, max(named, key=lambda each: len(each.name)).id if named else desk, name


def _add_items(contact: Contact, content: HearingContent, *, confirmed: bool) -> None:
    position = 0
    for kind, field, text in (
        (ItemKind.PROBLEM, "problem_points", content.problem_points),
        (ItemKind.REQUEST, "request_points", content.request_points),
    ):
        points = split_points(checked(field, text, LONGEST_TEXT, confirmed=confirmed))
        if len(points) > MOST_ITEMS:
            raise Invalid(N_("項目は%(n)s件以内で入力してください。"), field=field, n=MOST_ITEMS)
        for point in points:
            position += 1
            db.session.add(HearingItem(contact_id=contact.id, position=position, kind=kind, text=point))
    db.session.flush()


def _promise(actor: Actor, contact: Contact, promise: PromiseContent) -> Promise:
    row = Promise(
        contact_id=contact.id,
        organisation_id=contact.organisation_id,
        text=promise.text,
        due_on=promise.due_on,
        promised_by=promise.promised_by or actor.signed_name,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _link(actor: Actor, contact: Contact, about: tuple[str, int] | None) -> None:
    """Tie the contact to an issue of the same body or to guidance, if the actor may see it."""
    if about is None:
        return
    kind, thing_id = about
    if kind == "issue":
        found = sa.select(Issue.id).where(
            Issue.id == thing_id,
            Issue.organisation_id == contact.organisation_id,
            issue_policy.submitted_viewable_by(actor),
        )
    else:
        found = guidance_policy.viewable_by(actor).with_only_columns(Guidance.id).where(Guidance.id == thing_id)
    if kind not in {"issue", "guidance"} or db.session.scalar(found) is None:
        raise Invalid(N_("この団体の課題・照会または通知等を選んでください。"), field="about")
    add_link(actor, ("contact", contact.id), (kind, thing_id))
