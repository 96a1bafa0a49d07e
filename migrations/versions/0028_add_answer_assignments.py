"""add what a body gives to its own sections to answer

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('answer_assignment',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('entry_id', _KEY, nullable=False),
    sa.Column('section_id', _KEY, nullable=False),
    sa.Column('section_name', sa.String(length=100), nullable=False),
    sa.Column('part', sa.String(length=100), server_default='', nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('assigned_signature', sa.String(length=300), nullable=False),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ready_signature', sa.String(length=300), server_default='', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_answer_assignment_entry_id_entry')),
    sa.ForeignKeyConstraint(['section_id'], ['section.id'], name=op.f('fk_answer_assignment_section_id_section')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_assignment')),
    sa.UniqueConstraint('entry_id', 'section_id', 'part', name=op.f('uq_answer_assignment_entry_id_section_id_part'))
    )
    op.create_index('ix_answer_assignment_section', 'answer_assignment', ['section_id', 'ready_at', 'id'])


def downgrade() -> None:
    op.drop_table('answer_assignment')
