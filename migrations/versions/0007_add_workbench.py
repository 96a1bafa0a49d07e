"""add claims, saved filters and the order of priority.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("issue_id", _KEY, nullable=False),
        sa.Column("team_id", _KEY, nullable=False),
        sa.Column("membership_id", _KEY, nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_claim_issue_id_issue")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_claim_membership_id_membership")),
        sa.ForeignKeyConstraint(["team_id"], ["organisation.id"], name=op.f("fk_claim_team_id_organisation")),
        sa.PrimaryKeyConstraint("issue_id", "team_id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_membership_id"), "claim", ["membership_id"])
    op.create_index(op.f("ix_claim_team_id"), "claim", ["team_id"])
    op.create_table(
        "saved_filter",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("condition", sa.JSON(), nullable=False),
        sa.Column("membership_id", _KEY, nullable=False),
        sa.Column("sharing", sa.String(length=32), nullable=False),
        sa.Column("team_id", _KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_saved_filter_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["organisation.id"], name=op.f("fk_saved_filter_team_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index(op.f("ix_saved_filter_membership_id"), "saved_filter", ["membership_id"])
    op.create_index(op.f("ix_saved_filter_team_id"), "saved_filter", ["team_id"])
    op.create_table(
        "saved_filter_place",
        sa.Column("membership_id", _KEY, nullable=False),
        sa.Column("filter_id", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["filter_id"],
            ["saved_filter.id"],
            name=op.f("fk_saved_filter_place_filter_id_saved_filter"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_saved_filter_place_membership_id_membership")
        ),
        sa.PrimaryKeyConstraint("membership_id", "filter_id", name=op.f("pk_saved_filter_place")),
    )
    op.create_index(op.f("ix_saved_filter_place_filter_id"), "saved_filter_place", ["filter_id"])
    op.add_column("issue", sa.Column("priority", sa.Integer(), server_default="299991231", nullable=False))
    op.execute(
        "UPDATE issue SET priority = CASE"
        " WHEN state NOT IN ('submitted', 'triaged', 'returned', 'assigned', 'consulting') THEN 300000000"
        " WHEN leak IN ('yes', 'suspected') THEN 0 WHEN urgency = 'urgent' THEN 100000000 ELSE 200000000 END"
        " + coalesce(CAST(replace(CAST(due_on AS VARCHAR(10)), '-', '') AS INTEGER), 99991231)"
    )
    op.create_index("ix_issue_priority", "issue", ["priority", "id"])


def downgrade() -> None:
    op.drop_index("ix_issue_priority", table_name="issue")
    op.drop_column("issue", "priority")
    op.drop_table("saved_filter_place")
    op.drop_table("saved_filter")
    op.drop_table("claim")
