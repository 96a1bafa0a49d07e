"""add what offices say of a draft, and its versions

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "review_step",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", _KEY, nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_by_person_id", _KEY, nullable=True),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overruled_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_review_step_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_review_step_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_person_id"], ["person.id"], name=op.f("fk_review_step_marked_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_step")),
    )
    op.create_index(
        "uq_review_step_open",
        "review_step",
        ["guidance_id", "kind", "organisation_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_review_step_guidance", "review_step", ["guidance_id", "id"])
    op.create_index("ix_review_step_organisation", "review_step", ["organisation_id", "closed_at", "guidance_id"])
    op.create_index(op.f("ix_review_step_marked_by_person_id"), "review_step", ["marked_by_person_id"])
    op.create_table(
        "paper_version",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("author_person_id", _KEY, nullable=False),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_paper_version_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["author_person_id"], ["person.id"], name=op.f("fk_paper_version_author_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_version")),
        sa.UniqueConstraint("guidance_id", "number", name=op.f("uq_paper_version_guidance_id_number")),
    )
    op.create_index(op.f("ix_paper_version_author_person_id"), "paper_version", ["author_person_id"])


def downgrade() -> None:
    op.drop_table("paper_version")
    op.drop_table("review_step")
