"""add the register of document numbers

Revision ID: 0023
Revises: 0022
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "document_number",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("sender_id", _KEY, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=50), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_signature", sa.String(length=300), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["organisation.id"], name=op.f("fk_document_number_sender_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["guidance_id"], ["guidance.id"], name=op.f("fk_document_number_guidance_id_guidance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_number")),
        sa.UniqueConstraint("sender_id", "year", "number", name=op.f("uq_document_number_sender_id_year_number")),
    )
    op.create_index("ix_document_number_listing", "document_number", ["sender_id", "year", "serial", "id"])
    op.create_index(op.f("ix_document_number_guidance_id"), "document_number", ["guidance_id"])
    _enter_given_numbers()


def downgrade() -> None:
    op.drop_table("document_number")


def _enter_given_numbers() -> None:
    """The numbers that papers bear already."""
    guidance = sa.table(
        "guidance",
        *(sa.column(name) for name in ("id", "sender_id", "number_year", "document_number")),
        sa.column("approved_at", sa.DateTime(timezone=True)),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    register = sa.table(
        "document_number",
        *(sa.column(name) for name in ("sender_id", "year", "number", "serial", "guidance_id")),
        sa.column("reserved_at", sa.DateTime(timezone=True)),
        *(sa.column(name) for name in ("signature", "cancelled_signature", "cancel_reason")),
    )
    rows = op.get_bind().execute(
        sa.select(guidance).where(guidance.c.number_year.is_not(None), guidance.c.document_number.is_not(None))
    )
    lines = [
        {
            "sender_id": row.sender_id,
            "year": row.number_year,
            "number": row.document_number,
            "serial": int(found.group(1)) if (found := re.search(r"第(\d+)号", row.document_number)) else 0,
            "guidance_id": row.id,
            "reserved_at": row.approved_at or row.updated_at,
            "signature": "",
            "cancelled_signature": "",
            "cancel_reason": "",
        }
        for row in rows
    ]
    if lines:
        op.bulk_insert(register, lines)
