"""What readers and operators do: reading lines, sending mails again."""

import sqlalchemy as sa

from portal.circulation.models import PassedPaper
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, NotFound
from portal.core.events import Audience, EventRecord, emit
from portal.core.i18n import N_
from portal.core.notes import Note
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance.models import Guidance
from portal.notifications.events import DeliveryResent, TellingRetried
from portal.notifications.models import Delivery, DeliveryState, Dispatch, Notification
from portal.notifications.operations import can_operate
from portal.notifications.queries import get_line

_RESENDABLE = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


def reading_of_subject(actor: Actor, subject_kind: str, subject_id: int) -> Note:
    """That the person looked at the page of a subject: its lines are read."""
    return _reading_of(actor, sa.and_(Notification.subject_kind == subject_kind, Notification.subject_id == subject_id))


def reading_of_paper(actor: Actor, guidance_id: int) -> Note:
    """The same for a paper, and that a colleague sent it."""
    sent_on = sa.select(PassedPaper.id).where(PassedPaper.guidance_id == guidance_id)
    return _reading_of(
        actor,
        sa.or_(
            sa.and_(Notification.subject_kind == "guidance", Notification.subject_id == guidance_id),
            sa.and_(Notification.subject_kind == "passed_paper", Notification.subject_id.in_(sent_on)),
        ),
    )


def _reading_of(actor: Actor, subject: sa.ColumnElement[bool]) -> Note:
    unread = sa.and_(subject, Notification.person_id == actor.person_id, Notification.read_at.is_(None))

    def write() -> None:
        db.session.execute(
            sa.update(Notification)
            .where(unread)
            .values(read_at=clock.now())
            .execution_options(synchronize_session=False)
        )

    return Note(sa.exists().where(unread), write)


def rename_paper(guidance_id: int) -> None:
    """Let every line about a paper bear its title of now: something was taken out of the one that it had."""
    title = db.session.scalars(sa.select(Guidance.title).where(Guidance.id == guidance_id)).one()
    lines = db.session.execute(
        sa.select(Notification.id, Notification.facts).where(
            Notification.subject_kind == "guidance", Notification.subject_id == guidance_id
        )
    ).all()
    renamed = [{"id": key, "facts": {**facts, "title": title}} for key, facts in lines if facts.get("title") != title]
    if renamed:
        db.session.execute(sa.update(Notification), renamed)


def mark_read(actor: Actor, line_id: int) -> None:
    """The person ticked one line off. Raises NotFound for a line of somebody else."""
    line = get_line(actor, line_id)
    line.read_at = line.read_at or clock.now()


def mark_all_read(actor: Actor, up_to: int) -> int:
    """The person ticked off every line up to the newest they were shown; how many."""
    marked = db.session.execute(
        sa.update(Notification)
        .where(Notification.person_id == actor.person_id, Notification.read_at.is_(None), Notification.id <= up_to)
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
        .returning(Notification.id)
    )
    return len(marked.all())


def resend(actor: Actor, delivery_id: int) -> None:
    """Send a failed mail again, or one whose fate is unknown, under the same Message-ID.

    Raises NotFound, and Conflict when it is neither (any more).
    """
    authorize(can_operate, actor)
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None:
        raise NotFound
    now = clock.now()
    moved = db.session.execute(
        sa.update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state.in_(_RESENDABLE))
        .values(state=DeliveryState.PENDING, not_before_at=now)
        .execution_options(synchronize_session=False)
        .returning(Delivery.id)
    ).first()
    if moved is None:
        raise Conflict(N_("このメールの状態が変わったため、再送できません。画面を読み直してください。"))
    emit(actor, DeliveryResent(delivery_id=delivery_id, person_id=delivery.person_id, audience=Audience.INTERNAL))


def retry_telling(actor: Actor, event_id: int) -> None:
    """Tell an event whose telling failed again at once. Raises NotFound when nothing of it is left to tell."""
    authorize(can_operate, actor)
    record = db.session.get(EventRecord, event_id)
    progress = db.session.get(Dispatch, event_id)
    if record is None or progress is None or record.handled_at is not None:
        raise NotFound
    progress.retry_at = None
    emit(actor, TellingRetried(event_id=event_id, audience=Audience.INTERNAL))
