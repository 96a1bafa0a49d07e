"""add to which colleagues a member of a body sent a paper on

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PLACES = (
    ("guidance_id", "guidance"),
    ("recipient_id", "recipient"),
    ("to_membership_id", "membership"),
    ("to_section_id", "section"),
    ("passed_by_person_id", "person"),
)


def upgrade() -> None:
    op.create_table(
        "passed_paper",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("recipient_id", _KEY, nullable=False),
        sa.Column("to_membership_id", _KEY, nullable=True),
        sa.Column("to_section_id", _KEY, nullable=True),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("passed_by_person_id", _KEY, nullable=False),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_passed_paper_{column}_{table}"))
            for column, table in _PLACES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_paper")),
    )
    op.create_index("ix_passed_paper_listing", "passed_paper", ["recipient_id", "id"])
    for column in ("guidance_id", "to_membership_id", "to_section_id", "passed_by_person_id"):
        op.create_index(op.f(f"ix_passed_paper_{column}"), "passed_paper", [column])


def downgrade() -> None:
    op.drop_table("passed_paper")
