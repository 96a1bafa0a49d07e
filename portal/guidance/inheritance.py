"""What a merger does to guidance: the predecessor's rows become the successor's to receive and answer."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.directory.absence_models import Inheritance
from portal.directory.inheritance import Merger, record_inheritance
from portal.directory.models import Organisation
from portal.guidance.models import Recipient
from portal.guidance.states import OPEN_RESPONSES, ResponseState

_LOT = 500


def inherit_recipients(merger: Merger, successor: Organisation) -> int:
    """Give the successor up to 500 rows of the predecessor; return how many.

    The row keeps the name under which it was addressed. Where the successor was addressed itself, one answer is enough:
    the predecessor's row is closed, and the successor's, had it been answered already, is under way again. Repeating it
    is harmless.
    """
    passed = sa.exists().where(
        Inheritance.kind == "recipient",
        Inheritance.subject_id == Recipient.id,
        Inheritance.predecessor_id == merger.predecessor_id,
    )
    rows = db.session.scalars(
        sa.select(Recipient)
        .where(Recipient.organisation_id == merger.predecessor_id, sa.not_(passed))
        .order_by(Recipient.id)
        .limit(_LOT)
    ).all()
    own = {
        row.guidance_id: row
        for row in db.session.scalars(
            sa.select(Recipient).where(
                Recipient.organisation_id == successor.id, Recipient.guidance_id.in_([row.guidance_id for row in rows])
            )
        )
    }
    for row in rows:
        if row.guidance_id in own:
            _join(row, own[row.guidance_id])
        else:
            row.organisation_id, row.prefecture_code = successor.id, successor.prefecture_code
        record_inheritance("recipient", row.id, merger)
    db.session.flush()
    return len(rows)


def _join(old: Recipient, heir: Recipient) -> None:
    if old.response not in OPEN_RESPONSES:
        return
    old.response, old.responded_at = ResponseState.NOT_APPLICABLE, clock.now()
    if heir.response not in OPEN_RESPONSES:
        heir.response = ResponseState.UNDER_WAY
