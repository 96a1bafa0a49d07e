"""add sub-questions of consultations.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sub_question',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('consultation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('replied_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_sub_question_consultation_id_consultation')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_sub_question_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sub_question')),
    sa.UniqueConstraint('consultation_id', 'position', name=op.f('uq_sub_question_consultation_id_position'))
    )
    with op.batch_alter_table('sub_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sub_question_post_id'), ['post_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('sub_question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sub_question_post_id'))

    op.drop_table('sub_question')
