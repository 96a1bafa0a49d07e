"""take over papers from before the portal: when one was, and what waits to be

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # plain ADD COLUMN: a table built anew would lose the triggers that fix issued papers
    op.add_column("guidance", sa.Column("taken_over_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "paper_import",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_import_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_import")),
    )
    op.create_index(op.f("ix_paper_import_person_id"), "paper_import", ["person_id"])


def downgrade() -> None:
    op.drop_table("paper_import")
    op.drop_column("guidance", "taken_over_at")
