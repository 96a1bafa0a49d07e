"""add requests for a later due date, a body's own due date, and when the rest of an answer is to come

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state = 'asked'")


def upgrade() -> None:
    # plain ADD COLUMN: a table built anew would lose the triggers that fix recipients
    op.add_column("recipient", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("response", sa.Column("expected_on", sa.Date(), nullable=True))
    op.create_table(
        "extension_request",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("recipient_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_person_id", _KEY, nullable=False),
        sa.Column("asked_signature", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_by_person_id", _KEY, nullable=True),
        sa.Column("decided_signature", sa.String(length=300), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["guidance_id"], ["guidance.id"], name=op.f("fk_extension_request_guidance_id_guidance")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipient.id"], name=op.f("fk_extension_request_recipient_id_recipient")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_person_id"], ["person.id"], name=op.f("fk_extension_request_asked_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_person_id"], ["person.id"], name=op.f("fk_extension_request_decided_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_request")),
    )
    op.create_index(
        "uq_extension_open",
        "extension_request",
        ["recipient_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_extension_request_listing", "extension_request", ["guidance_id", "state", "id"])
    op.create_index("ix_extension_request_recipient", "extension_request", ["recipient_id", "id"])
    for column in ("asked_by_person_id", "decided_by_person_id"):
        op.create_index(op.f(f"ix_extension_request_{column}"), "extension_request", [column])


def downgrade() -> None:
    op.drop_table("extension_request")
    op.drop_column("response", "expected_on")
    op.drop_column("recipient", "due_on")
