"""add targets, clocks and escalations.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('closed_day',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=100), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['added_by_person_id'], ['person.id'], name=op.f('fk_closed_day_added_by_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closed_day')),
    sa.UniqueConstraint('closed_on', name=op.f('uq_closed_day_closed_on'))
    )
    op.create_table('target_setting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('first_reply_days', sa.Integer(), nullable=False),
    sa.Column('routed_days', sa.Integer(), nullable=False),
    sa.Column('answered_days', sa.Integer(), nullable=False),
    sa.Column('urgent_days', sa.Integer(), nullable=False),
    sa.Column('follow_up_days', sa.Integer(), nullable=False),
    sa.Column('escalate_days', sa.Integer(), nullable=False),
    sa.Column('same_problem_bodies', sa.Integer(), nullable=False),
    sa.Column('longest_pause_days', sa.Integer(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('set_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['set_by_person_id'], ['person.id'], name=op.f('fk_target_setting_set_by_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target_setting'))
    )
    op.create_table('escalation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('step', sa.String(length=32), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('sub_topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('bodies', sa.Integer(), nullable=True),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_escalation_issue_id_issue')),
    sa.ForeignKeyConstraint(['sub_topic_id'], ['sub_topic.id'], name=op.f('fk_escalation_sub_topic_id_sub_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation')),
    sa.UniqueConstraint('issue_id', 'step', 'round', name=op.f('uq_escalation_issue_id_step_round'))
    )
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.create_index('ix_escalation_sub_topic', ['sub_topic_id', 'raised_at'], unique=False)

    op.create_table('issue_pause',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expected_on', sa.Date(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_pause_issue_id_issue')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_issue_pause_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue_pause'))
    )
    with op.batch_alter_table('issue_pause', schema=None) as batch_op:
        batch_op.create_index('ix_issue_pause_issue', ['issue_id', 'id'], unique=False)
        batch_op.create_index('ix_issue_pause_open', ['expected_on'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_issue_pause_post_id'), ['post_id'], unique=False)

    op.create_table('issue_clock',
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('first_reply_days', sa.Integer(), nullable=False),
    sa.Column('routed_days', sa.Integer(), nullable=False),
    sa.Column('answered_days', sa.Integer(), nullable=False),
    sa.Column('urgent_days', sa.Integer(), nullable=False),
    sa.Column('follow_up_days', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_reply_due_on', sa.Date(), nullable=False),
    sa.Column('first_reply_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('routed_due_on', sa.Date(), nullable=False),
    sa.Column('routed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('follow_up_on', sa.Date(), nullable=True),
    sa.Column('answered_due_on', sa.Date(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_answered_late', sa.Boolean(), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pause_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_clock_issue_id_issue')),
    sa.ForeignKeyConstraint(['pause_id'], ['issue_pause.id'], name=op.f('fk_issue_clock_pause_id_issue_pause')),
    sa.PrimaryKeyConstraint('issue_id', name=op.f('pk_issue_clock'))
    )
    with op.batch_alter_table('issue_clock', schema=None) as batch_op:
        batch_op.create_index('ix_issue_clock_answered', ['answered_due_on', 'issue_id'], unique=False, sqlite_where=sa.text('answered_at IS NULL AND stopped_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL AND stopped_at IS NULL'))
        batch_op.create_index('ix_issue_clock_answered_at', ['answered_at'], unique=False)
        batch_op.create_index('ix_issue_clock_first_reply', ['first_reply_due_on', 'issue_id'], unique=False, sqlite_where=sa.text('first_reply_at IS NULL AND stopped_at IS NULL'), postgresql_where=sa.text('first_reply_at IS NULL AND stopped_at IS NULL'))
        batch_op.create_index('ix_issue_clock_follow_up', ['follow_up_on', 'issue_id'], unique=False, sqlite_where=sa.text('follow_up_on IS NOT NULL AND stopped_at IS NULL'), postgresql_where=sa.text('follow_up_on IS NOT NULL AND stopped_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_issue_clock_pause_id'), ['pause_id'], unique=False)
        batch_op.create_index('ix_issue_clock_routed', ['routed_due_on', 'issue_id'], unique=False, sqlite_where=sa.text('routed_at IS NULL AND stopped_at IS NULL'), postgresql_where=sa.text('routed_at IS NULL AND stopped_at IS NULL'))


def downgrade() -> None:
    with op.batch_alter_table('issue_clock', schema=None) as batch_op:
        batch_op.drop_index('ix_issue_clock_routed')
        batch_op.drop_index(batch_op.f('ix_issue_clock_pause_id'))
        batch_op.drop_index('ix_issue_clock_follow_up')
        batch_op.drop_index('ix_issue_clock_first_reply')
        batch_op.drop_index('ix_issue_clock_answered_at')
        batch_op.drop_index('ix_issue_clock_answered')

    op.drop_table('issue_clock')
    with op.batch_alter_table('issue_pause', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issue_pause_post_id'))
        batch_op.drop_index('ix_issue_pause_open')
        batch_op.drop_index('ix_issue_pause_issue')

    op.drop_table('issue_pause')
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.drop_index('ix_escalation_sub_topic')

    op.drop_table('escalation')
    op.drop_table('target_setting')
    op.drop_table('closed_day')
