"""add liaison contacts.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contact',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('section_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('audience', sa.String(length=32), nullable=False),
    sa.Column('contacted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('direction', sa.String(length=32), nullable=True),
    sa.Column('means', sa.String(length=32), nullable=True),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('participants', sa.Text(), nullable=False),
    sa.Column('counterpart_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('counterpart', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('internal_text', sa.Text(), nullable=False),
    sa.Column('outcome', sa.String(length=32), nullable=True),
    sa.Column('again_on', sa.Date(), nullable=True),
    sa.Column('confirmation', sa.String(length=32), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('answer_signature', sa.String(length=300), nullable=False),
    sa.Column('correction', sa.Text(), nullable=False),
    sa.Column('author_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['answered_by_person_id'], ['person.id'], name=op.f('fk_contact_answered_by_person_id_person')),
    sa.ForeignKeyConstraint(['author_membership_id'], ['membership.id'], name=op.f('fk_contact_author_membership_id_membership')),
    sa.ForeignKeyConstraint(['author_person_id'], ['person.id'], name=op.f('fk_contact_author_person_id_person')),
    sa.ForeignKeyConstraint(['counterpart_person_id'], ['person.id'], name=op.f('fk_contact_counterpart_person_id_person')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_contact_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['section_id'], ['section.id'], name=op.f('fk_contact_section_id_section')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact'))
    )
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_author_person_id'), ['author_person_id'], unique=False)
        batch_op.create_index('ix_contact_body', ['organisation_id', 'contacted_at', 'id'], unique=False)
        batch_op.create_index('ix_contact_confirmation', ['confirmation', 'organisation_id', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_contact_counterpart_person_id'), ['counterpart_person_id'], unique=False)

    op.create_table('hearing_item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_hearing_item_contact_id_contact')),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_hearing_item_issue_id_issue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing_item')),
    sa.UniqueConstraint('contact_id', 'position', name=op.f('uq_hearing_item_contact_id_position'))
    )
    with op.batch_alter_table('hearing_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hearing_item_issue_id'), ['issue_id'], unique=False)

    op.create_table('promise',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('promised_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_signature', sa.String(length=300), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_promise_contact_id_contact')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_promise_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise'))
    )
    with op.batch_alter_table('promise', schema=None) as batch_op:
        batch_op.create_index('ix_promise_body', ['organisation_id', 'due_on'], unique=False)
        batch_op.create_index('ix_promise_contact', ['contact_id'], unique=False)
        batch_op.create_index('ix_promise_open', ['due_on'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))



def downgrade() -> None:
    with op.batch_alter_table('promise', schema=None) as batch_op:
        batch_op.drop_index('ix_promise_open', sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.drop_index('ix_promise_contact')
        batch_op.drop_index('ix_promise_body')

    op.drop_table('promise')
    with op.batch_alter_table('hearing_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hearing_item_issue_id'))

    op.drop_table('hearing_item')
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contact_counterpart_person_id'))
        batch_op.drop_index('ix_contact_confirmation')
        batch_op.drop_index('ix_contact_body')
        batch_op.drop_index(batch_op.f('ix_contact_author_person_id'))

    op.drop_table('contact')
