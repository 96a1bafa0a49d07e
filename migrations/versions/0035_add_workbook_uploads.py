"""add workbooks that people sent

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('workbook_upload',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('key', sa.String(length=43), nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('organisation_id', _KEY, nullable=False),
    sa.Column('person_id', _KEY, nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('scope', sa.String(length=20), server_default='', nullable=False),
    sa.Column('kept', sa.JSON(), server_default='{}', nullable=False),
    sa.Column('is_confirmed_number', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('cells', sa.Integer(), server_default='0', nullable=False),
    sa.Column('entries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('bodies', sa.Integer(), server_default='0', nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_workbook_upload_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_workbook_upload_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_workbook_upload_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workbook_upload')),
    sa.UniqueConstraint('key', name=op.f('uq_workbook_upload_key'))
    )
    op.create_index('ix_workbook_upload_expiry', 'workbook_upload', ['state', 'expires_at'])
    op.create_index('ix_workbook_upload_listing', 'workbook_upload', ['campaign_id', 'organisation_id', 'state', 'id'])
    op.create_index(op.f('ix_workbook_upload_organisation_id'), 'workbook_upload', ['organisation_id'])
    op.create_index(op.f('ix_workbook_upload_person_id'), 'workbook_upload', ['person_id'])


def downgrade() -> None:
    op.drop_table('workbook_upload')
