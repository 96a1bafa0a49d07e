"""add lists of addressees.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEPT = sa.text("dropped_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "addressee_list",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("office_id", _KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_person_id", _KEY, nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["organisation.id"], name=op.f("fk_addressee_list_office_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_person_id"], ["person.id"], name=op.f("fk_addressee_list_updated_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addressee_list")),
    )
    op.create_index(
        "uq_addressee_list_name",
        "addressee_list",
        ["office_id", "name"],
        unique=True,
        sqlite_where=_KEPT,
        postgresql_where=_KEPT,
    )
    op.create_index(op.f("ix_addressee_list_updated_by_person_id"), "addressee_list", ["updated_by_person_id"])
    op.create_table(
        "addressee_list_entry",
        sa.Column("list_id", _KEY, nullable=False),
        sa.Column("organisation_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["addressee_list.id"], name=op.f("fk_addressee_list_entry_list_id_addressee_list")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_addressee_list_entry_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("list_id", "organisation_id", name=op.f("pk_addressee_list_entry")),
    )
    op.create_index(op.f("ix_addressee_list_entry_organisation_id"), "addressee_list_entry", ["organisation_id"])


def downgrade() -> None:
    op.drop_table("addressee_list_entry")
    op.drop_table("addressee_list")
