"""add what a body sends to its own sections, their answers, and the answers put before its head

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ASKED = sa.text("state = 'asked'")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _add_circulation()
    _add_part()
    _add_answer()


def downgrade() -> None:
    op.drop_table("composed_answer")
    op.drop_table("circulated_part")
    op.drop_table("circulation")


def _add_circulation() -> None:
    op.create_table(
        "circulation",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("recipient_id", _KEY, nullable=False),
        sa.Column("section_id", _KEY, nullable=True),
        sa.Column("section_name", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("begun_by_person_id", _KEY, nullable=False),
        sa.Column("begun_at", _TIME, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _key("circulation", "guidance_id", "guidance"),
        _key("circulation", "recipient_id", "recipient"),
        _key("circulation", "section_id", "section"),
        _key("circulation", "begun_by_person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circulation")),
        sa.UniqueConstraint("recipient_id", name=op.f("uq_circulation_recipient_id")),
    )
    _index("circulation", "guidance_id", "section_id", "begun_by_person_id")


def _add_part() -> None:
    op.create_table(
        "circulated_part",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("circulation_id", _KEY, nullable=False),
        sa.Column("section_id", _KEY, nullable=False),
        sa.Column("section_name", sa.String(length=100), nullable=False),
        sa.Column("predecessor_id", _KEY, nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("file_ids", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sent_by_person_id", _KEY, nullable=False),
        sa.Column("sent_signature", sa.String(length=300), nullable=False),
        sa.Column("sent_at", _TIME, nullable=False),
        sa.Column("reminded_at", _TIME, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_person_id", _KEY, nullable=True),
        sa.Column("answered_signature", sa.String(length=300), nullable=False),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _key("circulated_part", "circulation_id", "circulation"),
        _key("circulated_part", "section_id", "section"),
        _key("circulated_part", "predecessor_id", "circulated_part"),
        _key("circulated_part", "sent_by_person_id", "person"),
        _key("circulated_part", "answered_by_person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circulated_part")),
    )
    op.create_index(
        "ix_circulated_part_listing", "circulated_part", ["circulation_id", "state", "due_on", "id"]
    )
    op.create_index("ix_circulated_part_section", "circulated_part", ["section_id", "state", "due_on", "id"])
    _index("circulated_part", "predecessor_id", "sent_by_person_id", "answered_by_person_id")


def _add_answer() -> None:
    op.create_table(
        "composed_answer",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("circulation_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("response_state", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("part_ids", sa.JSON(), nullable=False),
        sa.Column("composed_by_person_id", _KEY, nullable=False),
        sa.Column("composed_signature", sa.String(length=300), nullable=False),
        sa.Column("composed_at", _TIME, nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_by_person_id", _KEY, nullable=True),
        sa.Column("decided_signature", sa.String(length=300), nullable=False),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("response_id", _KEY, nullable=True),
        _key("composed_answer", "circulation_id", "circulation"),
        _key("composed_answer", "composed_by_person_id", "person"),
        _key("composed_answer", "decided_by_person_id", "person"),
        _key("composed_answer", "response_id", "response"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_composed_answer")),
    )
    op.create_index(
        "uq_composed_answer_asked",
        "composed_answer",
        ["circulation_id"],
        unique=True,
        sqlite_where=_ASKED,
        postgresql_where=_ASKED,
    )
    op.create_index("ix_composed_answer_listing", "composed_answer", ["circulation_id", "id"])
    _index("composed_answer", "composed_by_person_id", "decided_by_person_id", "response_id")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
