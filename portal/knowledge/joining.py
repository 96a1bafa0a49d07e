"""同じく困っている: a body adds itself to a published question instead of asking it again."""

from portal.core import clock
from portal.core.db import db, insert
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.knowledge import policy
from portal.knowledge.events import QaJoined, QaLeft
from portal.knowledge.impact import find_joining
from portal.knowledge.models import QaEntry, QaJoining

_MOST_CASES = 200_000_000
_LONGEST = 200


def join_entry(
    actor: Actor, entry: QaEntry, *, case_count: int | None = None, note: str = "", confirmed: bool = False
) -> QaJoining:
    """Say for the actor's body that it has the same question; saying it again changes count and line.

    Raises Forbidden for anybody but local governments, Invalid at the count or the line. Of two people of one body
    at once both are right: there is one row.
    """
    authorize(policy.can_join, actor, entry)
    if case_count is not None and not 0 <= case_count <= _MOST_CASES:
        raise Invalid(N_("0以上の件数を入力してください。"), field="case_count")
    if len(note.strip()) > _LONGEST:
        raise Invalid(N_("%(max)s文字以内で入力してください。"), field="note", max=_LONGEST)
    check_text("note", note, confirmed)
    said = {"case_count": case_count, "note": " ".join(note.split())}
    who = {"person_id": actor.person_id, "signature": actor.signature[:300]}
    db.session.execute(
        insert(QaJoining)
        .values(entry_id=entry.id, organisation_id=actor.organisation_id, joined_at=clock.now(), **who, **said)
        .on_conflict_do_update(index_elements=["entry_id", "organisation_id"], set_={**who, **said})
    )
    joining = find_joining(actor, entry)
    if joining is None:
        raise Conflict(N_("状態が変わったため、この操作はできません。"))
    db.session.refresh(joining)
    emit(actor, QaJoined(qa_entry_id=entry.id, organisation_id=actor.organisation_id))
    return joining


def leave_entry(actor: Actor, entry: QaEntry) -> None:
    """Take it back; a body that did not say it is no error."""
    authorize(policy.can_leave, actor, entry)
    joining = find_joining(actor, entry)
    if joining is not None:
        db.session.delete(joining)
        db.session.flush()
        emit(actor, QaLeft(qa_entry_id=entry.id, organisation_id=actor.organisation_id))
