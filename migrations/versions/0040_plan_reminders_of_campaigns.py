"""plan reminders of campaigns

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "campaign_reminder_plan",
        sa.Column("campaign_id", _KEY, nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("set_by_person_id", _KEY, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_reminder_plan_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_person_id"], ["person.id"], name=op.f("fk_campaign_reminder_plan_set_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_reminder_plan")),
    )
    op.create_index(
        op.f("ix_campaign_reminder_plan_set_by_person_id"), "campaign_reminder_plan", ["set_by_person_id"]
    )


def downgrade() -> None:
    op.drop_table("campaign_reminder_plan")
