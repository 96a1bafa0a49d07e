"""Plain SQL past every service: what the database itself lets pass."""

import sqlalchemy as sa

from portal.core.db import db


def refused(statement: str, **values) -> bool:
    """Whether the database itself refuses the statement."""
    try:
        with db.session.begin_nested():
            result = db.session.execute(sa.text(statement), values)
            assert result.rowcount > 0, f"touched nothing: {statement}"
    except sa.exc.IntegrityError:
        return True
    return False
