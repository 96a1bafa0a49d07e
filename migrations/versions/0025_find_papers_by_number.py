"""find papers by their document numbers alone

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_guidance_document_number", "guidance", ["document_number"])


def downgrade() -> None:
    op.drop_index("ix_guidance_document_number", table_name="guidance")
