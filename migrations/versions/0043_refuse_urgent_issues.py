"""keep who refused to approve a paper that went out before its approval, and why

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("urgent_issue", sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("urgent_issue", sa.Column("refused_signature", sa.String(length=300), nullable=True))
    op.add_column("urgent_issue", sa.Column("refusal_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("urgent_issue", "refusal_reason")
    op.drop_column("urgent_issue", "refused_signature")
    op.drop_column("urgent_issue", "refused_at")
