"""One effect per form: the first use of a form's key is recorded with where it led."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.web.models import UsedFormKey


def find_location(key: str, person_id: int | None) -> str | None:
    """Where the first use of the key led this person, or None when it is unused."""
    return db.session.scalar(
        sa.select(UsedFormKey.location).where(
            UsedFormKey.key == key, UsedFormKey.person_id.is_not_distinct_from(person_id)
        )
    )


def use(key: str, person_id: int | None, location: str) -> None:
    """Record the use; a second one at the same moment fails on the primary key, and with it its whole effect."""
    db.session.add(UsedFormKey(key=key[:64], person_id=person_id, location=location, used_at=clock.now()))
    db.session.flush()
