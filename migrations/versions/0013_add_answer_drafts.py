"""add drafts of answers, checklists and reply templates.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reply_template',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('is_shared', sa.Boolean(), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('source_kind', sa.String(length=32), nullable=True),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('source_mark', sa.String(length=64), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reviewed_signature', sa.String(length=300), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_reply_template_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['updated_by_person_id'], ['person.id'], name=op.f('fk_reply_template_updated_by_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_template'))
    )
    with op.batch_alter_table('reply_template', schema=None) as batch_op:
        batch_op.create_index('ix_reply_template_listing', ['organisation_id', 'is_shared', 'id'], unique=False)

    op.create_table('checklist_step',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('side', sa.String(length=32), nullable=False),
    sa.Column('party', sa.String(length=100), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('added_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('done_signature', sa.String(length=300), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['added_by_person_id'], ['person.id'], name=op.f('fk_checklist_step_added_by_person_id_person')),
    sa.ForeignKeyConstraint(['done_by_person_id'], ['person.id'], name=op.f('fk_checklist_step_done_by_person_id_person')),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_checklist_step_issue_id_issue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checklist_step'))
    )
    with op.batch_alter_table('checklist_step', schema=None) as batch_op:
        batch_op.create_index('ix_checklist_step_issue', ['issue_id', 'id'], unique=False)

    op.create_table('draft_presence',
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_draft_presence_issue_id_issue')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_draft_presence_person_id_person')),
    sa.PrimaryKeyConstraint('issue_id', 'person_id', name=op.f('pk_draft_presence'))
    )
    op.create_table('promise_notice',
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('promised_on', sa.Date(), nullable=False),
    sa.Column('step', sa.String(length=32), nullable=False),
    sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_promise_notice_issue_id_issue')),
    sa.PrimaryKeyConstraint('issue_id', 'promised_on', 'step', name=op.f('pk_promise_notice'))
    )
    op.create_table('answer_draft',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('latest', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_answer_draft_issue_id_issue')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_answer_draft_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_draft'))
    )
    with op.batch_alter_table('answer_draft', schema=None) as batch_op:
        batch_op.create_index('ix_answer_draft_issue', ['issue_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_answer_draft_post_id'), ['post_id'], unique=False)
        batch_op.create_index('uq_answer_draft_open', ['issue_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('draft_comment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('draft_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version_number', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('author_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_membership_id'], ['membership.id'], name=op.f('fk_draft_comment_author_membership_id_membership')),
    sa.ForeignKeyConstraint(['author_person_id'], ['person.id'], name=op.f('fk_draft_comment_author_person_id_person')),
    sa.ForeignKeyConstraint(['draft_id'], ['answer_draft.id'], name=op.f('fk_draft_comment_draft_id_answer_draft')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_comment'))
    )
    with op.batch_alter_table('draft_comment', schema=None) as batch_op:
        batch_op.create_index('ix_draft_comment_draft', ['draft_id', 'id'], unique=False)

    op.create_table('draft_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('draft_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('restored_from', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('author_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_membership_id'], ['membership.id'], name=op.f('fk_draft_version_author_membership_id_membership')),
    sa.ForeignKeyConstraint(['author_person_id'], ['person.id'], name=op.f('fk_draft_version_author_person_id_person')),
    sa.ForeignKeyConstraint(['draft_id'], ['answer_draft.id'], name=op.f('fk_draft_version_draft_id_answer_draft')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_version')),
    sa.UniqueConstraint('draft_id', 'number', name=op.f('uq_draft_version_draft_id_number'))
    )


def downgrade() -> None:
    op.drop_table('draft_version')
    with op.batch_alter_table('draft_comment', schema=None) as batch_op:
        batch_op.drop_index('ix_draft_comment_draft')

    op.drop_table('draft_comment')
    with op.batch_alter_table('answer_draft', schema=None) as batch_op:
        batch_op.drop_index('uq_answer_draft_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_answer_draft_post_id'))
        batch_op.drop_index('ix_answer_draft_issue')

    op.drop_table('answer_draft')
    op.drop_table('promise_notice')
    op.drop_table('draft_presence')
    with op.batch_alter_table('checklist_step', schema=None) as batch_op:
        batch_op.drop_index('ix_checklist_step_issue')

    op.drop_table('checklist_step')
    with op.batch_alter_table('reply_template', schema=None) as batch_op:
        batch_op.drop_index('ix_reply_template_listing')

    op.drop_table('reply_template')
