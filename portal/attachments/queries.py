"""Reading of attachments. Whoever may see the owner may see them: the features ask only for owners already scoped."""

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

from portal.attachments.models import Attachment
from portal.core.db import db
from portal.core.events import Audience
from portal.core.statements import kept


def list_attachments(
    owner_kind: str, owner_ids: Collection[int], *, audiences: Collection[Audience] | None = None
) -> dict[int, list[Attachment]]:
    """The attachments of each of these owners, in the order in which they came; owners without any give an empty list.

    One statement (none without owners). Removed ones are left out, and with ``audiences`` also those of any other
    audience; an attachment without an audience always shows.
    """
    found: dict[int, list[Attachment]] = defaultdict(list)
    if owner_ids:
        statement = sa.select(Attachment).where(
            Attachment.owner_kind == owner_kind,
            Attachment.owner_id.in_(owner_ids),
            Attachment.removed_at.is_(None),
            *_within(audiences),
        )
        for attachment in db.session.scalars(statement.order_by(Attachment.id)):
            found[attachment.owner_id].append(attachment)
    return found


def list_attachments_of(**owners: Collection[int]) -> dict[str, dict[int, list[Attachment]]]:
    """The attachments of things of several kinds (``kind=ids``), each as ``list_attachments`` has it. One statement."""
    found: dict[str, dict[int, list[Attachment]]] = {kind: defaultdict(list) for kind in owners}
    wanted = {kind: list(ids) for kind, ids in owners.items() if ids}
    if wanted:
        for attachment in db.session.scalars(_of(*wanted), wanted):
            found[attachment.owner_kind][attachment.owner_id].append(attachment)
    return found


@kept
def _of(*kinds: str) -> sa.Select[Attachment]:
    wanted = [
        sa.and_(Attachment.owner_kind == kind, Attachment.owner_id.in_(sa.bindparam(kind, expanding=True)))
        for kind in kinds
    ]
    return sa.select(Attachment).where(sa.or_(*wanted), Attachment.removed_at.is_(None)).order_by(Attachment.id)


def find_attachment(
    owner_kind: str, owner_id: int, attachment_id: int, *, audiences: Collection[Audience] | None = None
) -> Attachment | None:
    """The attachment when it hangs on just this owner, is not removed and is of these audiences; else None."""
    return db.session.scalar(
        sa.select(Attachment).where(
            Attachment.id == attachment_id,
            Attachment.owner_kind == owner_kind,
            Attachment.owner_id == owner_id,
            Attachment.removed_at.is_(None),
            *_within(audiences),
        )
    )


def _within(audiences: Collection[Audience] | None) -> list[sa.ColumnElement[bool]]:
    if audiences is None:
        return []
    return [sa.or_(Attachment.audience.is_(None), Attachment.audience.in_(audiences))]
