"""keep later dues of campaigns with their reasons

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "campaign_due_change",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("campaign_id", _KEY, nullable=False),
        sa.Column("before_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_due_change_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_due_change")),
    )
    op.create_index("ix_campaign_due_change_listing", "campaign_due_change", ["campaign_id", "id"])


def downgrade() -> None:
    op.drop_table("campaign_due_change")
