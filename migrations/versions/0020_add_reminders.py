"""add reminders of due dates

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reminder_plan",
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("set_by_person_id", _KEY, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_reminder_plan_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["set_by_person_id"], ["person.id"], name=op.f("fk_reminder_plan_set_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("guidance_id", name=op.f("pk_reminder_plan")),
    )
    op.create_index(op.f("ix_reminder_plan_set_by_person_id"), "reminder_plan", ["set_by_person_id"])
    op.create_table(
        "reminder_batch",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sent_by_person_id", _KEY, nullable=True),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_reminder_batch_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["sent_by_person_id"], ["person.id"], name=op.f("fk_reminder_batch_sent_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_batch")),
    )
    op.create_index("ix_reminder_batch_guidance", "reminder_batch", ["guidance_id", "id"])
    op.create_index(op.f("ix_reminder_batch_sent_by_person_id"), "reminder_batch", ["sent_by_person_id"])
    op.create_table(
        "reminder",
        sa.Column("recipient_id", _KEY, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("batch_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"], name=op.f("fk_reminder_recipient_id_recipient")),
        sa.ForeignKeyConstraint(["batch_id"], ["reminder_batch.id"], name=op.f("fk_reminder_batch_id_reminder_batch")),
        sa.PrimaryKeyConstraint("recipient_id", "key", name=op.f("pk_reminder")),
    )
    op.create_index(op.f("ix_reminder_batch_id"), "reminder", ["batch_id"])


def downgrade() -> None:
    op.drop_table("reminder")
    op.drop_table("reminder_batch")
    op.drop_table("reminder_plan")
