"""add what a paper says beside its text: 公印省略, the request to tell municipalities

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_COLUMNS = ("seal_omitted", "asks_passing_on")
_NAME = "guidance_layout_is_fixed"
_ISSUED = "('issued', 'superseded', 'abolished', 'recalled')"
_MESSAGE = "issued guidance cannot be changed"


def upgrade() -> None:
    # plain ADD COLUMN: a table built anew would lose the triggers that fix issued papers
    for column in _COLUMNS:
        op.add_column("guidance", sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    differs = "IS DISTINCT FROM" if is_postgresql else "IS NOT"
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in _COLUMNS)
    condition = f"OLD.state IN {_ISSUED} AND ({changed})"
    if not is_postgresql:
        op.execute(
            f"CREATE TRIGGER {_NAME} BEFORE UPDATE ON guidance WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {_NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
        f"RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {_NAME} BEFORE UPDATE ON guidance FOR EACH ROW EXECUTE FUNCTION {_NAME}()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {_NAME} ON guidance")
        op.execute(f"DROP FUNCTION {_NAME}()")
    else:
        op.execute(f"DROP TRIGGER {_NAME}")
    for column in _COLUMNS:
        op.drop_column("guidance", column)
