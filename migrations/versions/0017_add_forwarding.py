"""add what prefectures hand on and add to papers

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HANDS_ON = sa.text("hands_on")


def upgrade() -> None:
    op.create_table(
        "forwarding",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("prefecture_code", sa.String(length=2), nullable=False),
        sa.Column("hands_on", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("forwarded_by_person_id", _KEY, nullable=True),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_forwarding_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["forwarded_by_person_id"], ["person.id"], name=op.f("fk_forwarding_forwarded_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forwarding")),
    )
    op.create_index(
        "uq_forwarding_hands_on",
        "forwarding",
        ["guidance_id", "prefecture_code"],
        unique=True,
        sqlite_where=_HANDS_ON,
        postgresql_where=_HANDS_ON,
    )
    op.create_index("ix_forwarding_listing", "forwarding", ["guidance_id", "prefecture_code", "id"])
    op.create_index(op.f("ix_forwarding_forwarded_by_person_id"), "forwarding", ["forwarded_by_person_id"])


def downgrade() -> None:
    op.drop_table("forwarding")
