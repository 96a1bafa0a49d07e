"""What a merger does to campaigns: the successor answers what the predecessor was asked, under the latter's name."""

import sqlalchemy as sa

from portal.campaigns.models import Entry, Participation
from portal.core.db import db
from portal.directory.absence_models import Inheritance
from portal.directory.inheritance import Merger, record_inheritance
from portal.directory.models import Organisation

_LOT = 100


def inherit_answers(merger: Merger, successor: Organisation) -> int:
    """Give the successor up to 100 campaigns in which the predecessor takes part; return how many.

    Numbers were linked in each former body in its own way, so its procedures stay apart and keep its name. Where the
    successor was not asked itself, it takes the predecessor's place altogether. Repeating it is harmless.
    """
    passed = sa.exists().where(
        Inheritance.kind == "participation",
        Inheritance.subject_id == Participation.id,
        Inheritance.predecessor_id == merger.predecessor_id,
    )
    answered = sa.exists().where(
        Entry.participation_id == Participation.id, Entry.organisation_id == merger.predecessor_id
    )
    rows = db.session.scalars(
        sa.select(Participation)
        .where(sa.or_(Participation.organisation_id == merger.predecessor_id, answered), sa.not_(passed))
        .order_by(Participation.id)
        .limit(_LOT)
    ).all()
    own = set(
        db.session.scalars(
            sa.select(Participation.campaign_id).where(
                Participation.organisation_id == successor.id,
                Participation.campaign_id.in_([row.campaign_id for row in rows]),
            )
        )
    )
    for row in rows:
        if row.organisation_id == merger.predecessor_id and row.campaign_id not in own:
            row.organisation_id, row.prefecture_code = successor.id, successor.prefecture_code
            own.add(row.campaign_id)
        record_inheritance("participation", row.id, merger)
    db.session.execute(
        sa.update(Entry)
        .where(Entry.participation_id.in_([row.id for row in rows]), Entry.organisation_id == merger.predecessor_id)
        .values(organisation_id=successor.id, prefecture_code=successor.prefecture_code, version=Entry.version + 1)
    )
    db.session.flush()
    return len(rows)
