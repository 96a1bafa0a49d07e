"""What a merger does to contacts and promises: the successor has them, so that what was promised is still owed."""

import sqlalchemy as sa

from portal.core.db import db
from portal.directory.inheritance import Merger, record_inheritance
from portal.directory.models import Organisation, Section
from portal.liaison.models import Contact, Promise

_LOT = 200


def inherit_contacts(merger: Merger, successor: Organisation) -> int:
    """Give the successor up to 200 contacts of the predecessor with their promises; return how many.

    The section is the successor's of the same name, else nobody's but the managers'. Repeating it is harmless.
    """
    contacts = db.session.scalars(
        sa.select(Contact).where(Contact.organisation_id == merger.predecessor_id).order_by(Contact.id).limit(_LOT)
    ).all()
    twins = _twin_sections(merger.predecessor_id, successor.id)
    for contact in contacts:
        contact.organisation_id = successor.id
        contact.section_id = twins.get(contact.section_id or 0)
        record_inheritance("contact", contact.id, merger)
    db.session.execute(
        sa.update(Promise)
        .where(Promise.contact_id.in_([contact.id for contact in contacts]))
        .values(organisation_id=successor.id, version=Promise.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.flush()
    return len(contacts)


def _twin_sections(predecessor_id: int, successor_id: int) -> dict[int, int]:
    """The predecessor's sections → the successor's of the same names."""
    rows = db.session.execute(
        sa.select(Section.organisation_id, Section.name, Section.id).where(
            Section.organisation_id.in_((predecessor_id, successor_id))
        )
    ).all()
    named = {name: key for body, name, key in rows if body == successor_id}
    return {key: named[name] for body, name, key in rows if body == predecessor_id and name in named}
