"""add questions on a paragraph

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "paragraph_question",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("issue_id", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("paragraph", sa.String(length=32), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["guidance_id"], ["guidance.id"], name=op.f("fk_paragraph_question_guidance_id_guidance")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_paragraph_question_issue_id_issue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph_question")),
        sa.UniqueConstraint("issue_id", name=op.f("uq_paragraph_question_issue_id")),
    )
    op.create_index("ix_paragraph_question_listing", "paragraph_question", ["guidance_id", "position", "id"])


def downgrade() -> None:
    op.drop_index("ix_paragraph_question_listing", table_name="paragraph_question")
    op.drop_table("paragraph_question")
