"""find papers by their document numbers alone

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_guidance_document_number", "guidance", ["document_number"])


def downgrade() -> None:
    op.drop_index("ix_guidance_document_number", table_name="guidance")
