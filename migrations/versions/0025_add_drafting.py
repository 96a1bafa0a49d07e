"""add remarks on drafts, and issues before the approval

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "paper_remark",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_person_id", _KEY, nullable=False),
        sa.Column("author_organisation_id", _KEY, nullable=False),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_signature", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_paper_remark_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["author_person_id"], ["person.id"], name=op.f("fk_paper_remark_author_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["author_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_paper_remark_author_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_remark")),
    )
    op.create_index("ix_paper_remark_guidance", "paper_remark", ["guidance_id", "id"])
    for column in ("author_person_id", "author_organisation_id"):
        op.create_index(op.f(f"ix_paper_remark_{column}"), "paper_remark", [column])
    op.create_table(
        "urgent_issue",
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_person_id", _KEY, nullable=False),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_person_id", _KEY, nullable=True),
        sa.Column("approved_signature", sa.String(length=300), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_urgent_issue_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["issued_by_person_id"], ["person.id"], name=op.f("fk_urgent_issue_issued_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_person_id"], ["person.id"], name=op.f("fk_urgent_issue_approved_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("guidance_id", name=op.f("pk_urgent_issue")),
    )
    for column in ("issued_by_person_id", "approved_by_person_id", "approved_at"):
        op.create_index(op.f(f"ix_urgent_issue_{column}"), "urgent_issue", [column])


def downgrade() -> None:
    op.drop_table("urgent_issue")
    op.drop_table("paper_remark")
