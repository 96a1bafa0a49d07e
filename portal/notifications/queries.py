"""Reading of the inbox."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import UtcDateTime, db, read_rows
from portal.core.enums import LabelledEnum
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor, list_actors
from portal.directory.models import Membership
from portal.directory.substitutes import acts_for
from portal.notifications.addresses import page_of
from portal.notifications.ended import asks_in_vain, is_settled
from portal.notifications.models import Notification
from portal.notifications.rights import visible_lines
from portal.notifications.wording import Wording

SHOWN_UNREAD = 100


class InboxView(LabelledEnum):
    """Which lines of the inbox to show."""

    ALL = ("all", "すべて", "All")
    UNREAD = ("unread", "未読", "Unread")
    ACTION = ("action", "要対応", "To do")


@dataclass(frozen=True, kw_only=True)
class InboxLine:
    """One line as its reader sees it.

    ``page`` is the endpoint of the subject with its values; None when the reader, as they act now, cannot open it.
    ``is_visible`` is false for what the person may not see any more under any of their memberships; then nothing
    of it is said.
    """

    id: int
    at: datetime
    is_read: bool
    is_urgent: bool
    needs_action: bool
    due_on: date | None
    is_visible: bool
    headline: str
    name: str
    sender: str
    page: tuple[str, dict[str, Any]] | None


def count_unread_and_places(actor: Actor) -> tuple[int, int]:
    """How many entries the person has not read, counted no further than 100, and how many memberships they act under.

    One statement: every page asks for both.
    """
    [(unread_count, place_count)] = read_rows(_UNREAD_AND_PLACES, {"reader_id": actor.person_id})
    return int(unread_count), int(place_count)


def _unread_and_places() -> sa.Select[int, int]:
    reader: sa.BindParameter[int] = sa.bindparam("reader_id", type_=sa.Integer())
    now = sa.bindparam("places_now", callable_=clock.now, type_=UtcDateTime())
    unread = (
        sa.select(Notification.id)
        .where(Notification.person_id == reader, Notification.read_at.is_(None))
        .limit(SHOWN_UNREAD)
    )
    places = sa.select(sa.func.count()).where(acts_for(reader), Membership.current_at(now))
    counted = sa.select(sa.func.count()).select_from(unread.subquery()).scalar_subquery()
    return sa.select(counted, places.scalar_subquery())


_UNREAD_AND_PLACES = _unread_and_places()


def list_inbox(actor: Actor, view: InboxView = InboxView.ALL, cursor: str | None = None) -> Page[InboxLine]:
    """The person's lines, newest first, paged by key.

    What they may not see any more has no content; what asks in vain, as its paper is in force no more or
    was received and answered, asks nothing.
    """
    in_vain = sa.or_(asks_in_vain(), is_settled())
    query: Any = sa.select(Notification, in_vain).where(Notification.person_id == actor.person_id)
    if view is not InboxView.ALL:
        query = query.where(Notification.read_at.is_(None))
    if view is InboxView.ACTION:
        query = query.where(Notification.needs_action, sa.not_(in_vain))
    found = paginate(db.session, query, order=(Notification.id.desc(),), cursor=cursor, size=30)
    over = {line.id for line, is_in_vain in found if is_in_vain}
    page: Page[Notification] = found.with_items([line for line, _ in found])
    here = visible_lines([actor], page.items)
    hidden = [line for line in page.items if line.id not in here]
    elsewhere: set[int] = set()
    if hidden:
        others = [each for each in list_actors(actor.person_id) if each.membership_id != actor.membership_id]
        elsewhere = visible_lines(others, hidden)
    return page.with_items(
        [
            _line(line, here=line.id in here, elsewhere=line.id in elsewhere, is_over=line.id in over)
            for line in page.items
        ]
    )


def get_line(actor: Actor, line_id: int) -> Notification:
    """One of the person's own lines. Raises NotFound."""
    line = db.session.scalar(
        sa.select(Notification).where(Notification.id == line_id, Notification.person_id == actor.person_id)
    )
    if line is None:
        raise NotFound
    return line


def _line(line: Notification, *, here: bool, elsewhere: bool, is_over: bool) -> InboxLine:
    is_visible = here or elsewhere
    wording = Wording(kind=line.kind, facts=line.facts)
    return InboxLine(
        id=line.id,
        at=line.created_at,
        is_read=line.read_at is not None,
        is_urgent=line.is_urgent and not is_over,
        needs_action=line.needs_action and not is_over,
        due_on=line.due_on if is_visible and not is_over else None,
        is_visible=is_visible,
        headline=wording.headline if is_visible else "",
        name=wording.name if is_visible else "",
        sender=str(line.facts.get("body") or line.facts.get("sender") or "") if is_visible else "",
        page=page_of(line.subject_kind, line.subject_id, line.facts) if here else None,
    )
