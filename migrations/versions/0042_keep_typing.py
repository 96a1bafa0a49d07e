"""keep what is typed into the form of a paper until it is saved

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kept_typing",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=True),
        sa.Column("issue_number", sa.String(length=16), nullable=True),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("seen_version", _KEY, nullable=True),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_kept_typing_guidance_id_guidance")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_typing_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_typing")),
        sa.UniqueConstraint("person_id", "guidance_id", name=op.f("uq_kept_typing_person_id_guidance_id")),
    )
    op.create_index(op.f("ix_kept_typing_guidance_id"), "kept_typing", ["guidance_id"])
    op.create_index(
        "uq_kept_typing_new",
        "kept_typing",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("guidance_id IS NULL"),
        postgresql_where=sa.text("guidance_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("kept_typing")
