"""keep when the publication of a report was asked for; drafts of before wait for their publication as they did

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("report", sa.Column("ready_signature", sa.String(length=300), server_default="", nullable=False))
    op.execute("UPDATE report SET ready_at = counted_at WHERE state = 'draft'")


def downgrade() -> None:
    op.drop_column("report", "ready_signature")
    op.drop_column("report", "ready_at")
