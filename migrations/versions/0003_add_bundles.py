"""add bundles.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bulk_reply',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('is_my_number_confirmed', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recalled_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('recalled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_membership_id'], ['membership.id'], name=op.f('fk_bulk_reply_author_membership_id_membership')),
    sa.ForeignKeyConstraint(['author_person_id'], ['person.id'], name=op.f('fk_bulk_reply_author_person_id_person')),
    sa.ForeignKeyConstraint(['recalled_by_person_id'], ['person.id'], name=op.f('fk_bulk_reply_recalled_by_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_reply'))
    )
    with op.batch_alter_table('bulk_reply', schema=None) as batch_op:
        batch_op.create_index('ix_bulk_reply_author', ['author_person_id', 'id'], unique=False)

    op.create_table('bundle',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lead_issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dissolved_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('dissolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_person_id'], ['person.id'], name=op.f('fk_bundle_created_by_person_id_person')),
    sa.ForeignKeyConstraint(['dissolved_by_person_id'], ['person.id'], name=op.f('fk_bundle_dissolved_by_person_id_person')),
    sa.ForeignKeyConstraint(['lead_issue_id'], ['issue.id'], name=op.f('fk_bundle_lead_issue_id_issue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bundle'))
    )
    with op.batch_alter_table('bundle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bundle_lead_issue_id'), ['lead_issue_id'], unique=False)

    op.create_table('bundle_tie',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bundle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tied_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tied_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('untied_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('untied_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['bundle_id'], ['bundle.id'], name=op.f('fk_bundle_tie_bundle_id_bundle')),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_bundle_tie_issue_id_issue')),
    sa.ForeignKeyConstraint(['tied_by_person_id'], ['person.id'], name=op.f('fk_bundle_tie_tied_by_person_id_person')),
    sa.ForeignKeyConstraint(['untied_by_person_id'], ['person.id'], name=op.f('fk_bundle_tie_untied_by_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bundle_tie'))
    )
    with op.batch_alter_table('bundle_tie', schema=None) as batch_op:
        batch_op.create_index('ix_bundle_tie_bundle', ['bundle_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_bundle_tie_issue_id'), ['issue_id'], unique=False)
        batch_op.create_index('uq_bundle_tie_issue', ['issue_id'], unique=True, sqlite_where=sa.text('untied_at IS NULL'), postgresql_where=sa.text('untied_at IS NULL'))

    op.create_table('bulk_target',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bulk_reply_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('sends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(length=32), nullable=True),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['bulk_reply_id'], ['bulk_reply.id'], name=op.f('fk_bulk_target_bulk_reply_id_bulk_reply')),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_bulk_target_issue_id_issue')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_bulk_target_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_target')),
    sa.UniqueConstraint('bulk_reply_id', 'issue_id', name=op.f('uq_bulk_target_bulk_reply_id_issue_id'))
    )
    with op.batch_alter_table('bulk_target', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bulk_target_issue_id'), ['issue_id'], unique=False)
        batch_op.create_index('ix_bulk_target_waiting', ['sends_at', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))



def downgrade() -> None:
    with op.batch_alter_table('bulk_target', schema=None) as batch_op:
        batch_op.drop_index('ix_bulk_target_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index(batch_op.f('ix_bulk_target_issue_id'))

    op.drop_table('bulk_target')
    with op.batch_alter_table('bundle_tie', schema=None) as batch_op:
        batch_op.drop_index('uq_bundle_tie_issue', sqlite_where=sa.text('untied_at IS NULL'), postgresql_where=sa.text('untied_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_bundle_tie_issue_id'))
        batch_op.drop_index('ix_bundle_tie_bundle')

    op.drop_table('bundle_tie')
    with op.batch_alter_table('bundle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bundle_lead_issue_id'))

    op.drop_table('bundle')
    with op.batch_alter_table('bulk_reply', schema=None) as batch_op:
        batch_op.drop_index('ix_bulk_reply_author')

    op.drop_table('bulk_reply')
