"""add proofs of campaigns

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "campaign_proof",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("campaign_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_by_person_id", _KEY, nullable=False),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("attachment_id", _KEY, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_proof_campaign_id_campaign")),
        sa.ForeignKeyConstraint(
            ["asked_by_person_id"], ["person.id"], name=op.f("fk_campaign_proof_asked_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_campaign_proof_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_proof")),
    )
    op.create_index("ix_campaign_proof_listing", "campaign_proof", ["campaign_id", "id"])
    op.create_index("ix_campaign_proof_due", "campaign_proof", ["state", "id"])
    op.create_index(op.f("ix_campaign_proof_asked_by_person_id"), "campaign_proof", ["asked_by_person_id"])
    op.create_index(op.f("ix_campaign_proof_attachment_id"), "campaign_proof", ["attachment_id"])


def downgrade() -> None:
    op.drop_table("campaign_proof")
