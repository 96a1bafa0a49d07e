"""remind bodies of campaigns, find mislinks and leaks

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ALARM = sa.text("mislinks > 0 OR leak IN ('investigating', 'confirmed')")


def upgrade() -> None:
    op.create_table(
        "campaign_reminder_batch",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("campaign_id", _KEY, nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sent_by_person_id", _KEY, nullable=True),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_reminder_batch_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_person_id"], ["person.id"], name=op.f("fk_campaign_reminder_batch_sent_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_reminder_batch")),
    )
    op.create_index("ix_campaign_reminder_batch_campaign", "campaign_reminder_batch", ["campaign_id", "id"])
    op.create_index(
        op.f("ix_campaign_reminder_batch_sent_by_person_id"), "campaign_reminder_batch", ["sent_by_person_id"]
    )
    op.create_table(
        "campaign_reminder",
        sa.Column("participation_id", _KEY, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("batch_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_campaign_reminder_participation_id_participation")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["campaign_reminder_batch.id"],
            name=op.f("fk_campaign_reminder_batch_id_campaign_reminder_batch"),
        ),
        sa.PrimaryKeyConstraint("participation_id", "key", name=op.f("pk_campaign_reminder")),
    )
    op.create_index(op.f("ix_campaign_reminder_batch_id"), "campaign_reminder", ["batch_id"])
    op.create_index(
        "ix_snapshot_alarm", "snapshot", ["campaign_id", "id"], sqlite_where=_ALARM, postgresql_where=_ALARM
    )


def downgrade() -> None:
    op.drop_index("ix_snapshot_alarm", table_name="snapshot")
    op.drop_table("campaign_reminder")
    op.drop_table("campaign_reminder_batch")
