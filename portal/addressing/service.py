"""Keeping an office's lists of addressees."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.addressing import policy
from portal.addressing.events import AddresseeListDropped, AddresseeListKept
from portal.addressing.models import AddresseeList, AddresseeListEntry
from portal.addressing.rule import parse_codes
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation

MOST_BODIES = 2_000


def keep_list(
    actor: Actor,
    found: AddresseeList | None,
    *,
    name: str,
    codes: str,
    note: str = "",
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> AddresseeList:
    """Make a list of the actor's office, or give one another name, note and bodies.

    Raises Invalid at ``name`` (empty, taken) or ``codes`` (empty, unknown), Conflict when somebody was quicker.
    """
    authorize(policy.can_use_lists, actor)
    if found is not None:
        authorize(policy.can_change, actor, found)
        found.check_version(version)
    my_number.check_text("name", name, my_number_confirmed)
    my_number.check_text("note", note, my_number_confirmed)
    if not name.strip():
        raise Invalid(N_("リストの名称を入力してください。"), field="name")
    body_ids = _bodies(codes)
    found = found or AddresseeList(office_id=actor.organisation_id, created_at=clock.now())
    try:
        with db.session.begin_nested():
            found.name, found.note = name.strip(), note.strip()
            found.updated_at, found.updated_by_person_id = clock.now(), actor.person_id
            db.session.add(found)
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Invalid(N_("同じ名称のリストがあります。別の名称にしてください。"), field="name") from error
    _write_entries(found, body_ids)
    emit(actor, AddresseeListKept(addressee_list_id=found.id, count=len(body_ids)))
    return found


def drop_list(actor: Actor, found: AddresseeList, *, version: int | None = None) -> None:
    """Offer the list no more; papers that name it keep it. Raises Conflict when somebody changed it meanwhile."""
    if not policy.can_change(actor, found):
        raise Forbidden
    found.check_version(version)
    found.dropped_at = clock.now()
    db.session.flush()
    emit(actor, AddresseeListDropped(addressee_list_id=found.id))


def _bodies(codes: str) -> Sequence[int]:
    known = parse_codes("codes", codes)
    if not known:
        raise Invalid(N_("団体コードを1件以上入力してください。"), field="codes")
    if len(known) > MOST_BODIES:
        raise Invalid(N_("リストに入れられるのは%(n)s団体までです。"), field="codes", n=f"{MOST_BODIES:,}")
    return db.session.scalars(sa.select(Organisation.id).where(Organisation.code.in_(known))).all()


def _write_entries(found: AddresseeList, body_ids: Sequence[int]) -> None:
    db.session.execute(sa.delete(AddresseeListEntry).where(AddresseeListEntry.list_id == found.id))
    db.session.execute(
        sa.insert(AddresseeListEntry), [{"list_id": found.id, "organisation_id": body_id} for body_id in body_ids]
    )
