"""index recipients by prefecture, which follows what reached its municipalities

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_recipient_prefecture", "recipient", ["guidance_id", "prefecture_code"])


def downgrade() -> None:
    op.drop_index("ix_recipient_prefecture", table_name="recipient")
