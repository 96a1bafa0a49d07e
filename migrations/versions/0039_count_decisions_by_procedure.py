"""let decisions name their procedure, so that the figures by procedure and outcome are read from one index

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STANDING = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.add_column("decision", sa.Column("procedure_id", _KEY, nullable=True))
    op.execute(
        "UPDATE decision SET procedure_id = (SELECT entry.procedure_id FROM entry WHERE entry.id = decision.entry_id)"
    )
    with op.batch_alter_table("decision") as batch_op:
        batch_op.alter_column("procedure_id", existing_type=_KEY, nullable=False)
    _index(["campaign_id", "outcome", "procedure_id", "entry_id"])


def downgrade() -> None:
    _index(["campaign_id", "outcome", "entry_id"])
    with op.batch_alter_table("decision") as batch_op:
        batch_op.drop_column("procedure_id")


def _index(columns: list[str]) -> None:
    op.drop_index("ix_decision_standing", "decision")
    op.create_index(
        "ix_decision_standing", "decision", columns, sqlite_where=_STANDING, postgresql_where=_STANDING
    )
