"""Whether this instance can do its work."""

import sqlalchemy as sa

from portal.core.db import db


def check_database() -> None:
    """Ask the database for an answer. Raises what the driver raises when there is none (the page is a 503 then)."""
    db.session.execute(sa.select(1)).scalar_one()
