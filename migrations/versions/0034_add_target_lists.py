"""add the lists of targets that were put into papers, and an index of the decisions that stand

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index('ix_decision_standing', 'decision', ['campaign_id', 'outcome', 'entry_id'],
    sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
    op.create_table('target_list',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('guidance_id', _KEY, nullable=False),
    sa.Column('rule', sa.String(length=32), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_target_list_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target_list'))
    )
    op.create_index('ix_target_list_campaign', 'target_list', ['campaign_id', 'id'])
    op.create_index(op.f('ix_target_list_guidance_id'), 'target_list', ['guidance_id'])
    op.create_table('target_entry',
    sa.Column('list_id', _KEY, nullable=False),
    sa.Column('entry_id', _KEY, nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_target_entry_entry_id_entry')),
    sa.ForeignKeyConstraint(['list_id'], ['target_list.id'], name=op.f('fk_target_entry_list_id_target_list')),
    sa.PrimaryKeyConstraint('list_id', 'entry_id', name=op.f('pk_target_entry'))
    )
    op.create_index(op.f('ix_target_entry_entry_id'), 'target_entry', ['entry_id'])


def downgrade() -> None:
    op.drop_table('target_entry')
    op.drop_table('target_list')
    op.drop_index('ix_decision_standing', 'decision')
