"""add absences and rosters.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('inheritance',
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('predecessor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('successor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('inherited_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['predecessor_id'], ['organisation.id'], name=op.f('fk_inheritance_predecessor_id_organisation')),
    sa.ForeignKeyConstraint(['successor_id'], ['organisation.id'], name=op.f('fk_inheritance_successor_id_organisation')),
    sa.PrimaryKeyConstraint('kind', 'subject_id', 'predecessor_id', name=op.f('pk_inheritance'))
    )
    with op.batch_alter_table('inheritance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inheritance_successor_id'), ['successor_id'], unique=False)

    op.create_table('absence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('substitute_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('may_sign', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('entered_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['entered_by_person_id'], ['person.id'], name=op.f('fk_absence_entered_by_person_id_person')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_absence_membership_id_membership')),
    sa.ForeignKeyConstraint(['substitute_id'], ['membership.id'], name=op.f('fk_absence_substitute_id_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_membership_id'), ['membership_id'], unique=False)
        batch_op.create_index('ix_absence_period', ['ends_at', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_absence_substitute_id'), ['substitute_id'], unique=False)

    op.create_table('handover_note',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('section_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('duty_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('is_liaison_post', sa.Boolean(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('author_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_membership_id'], ['membership.id'], name=op.f('fk_handover_note_author_membership_id_membership')),
    sa.ForeignKeyConstraint(['author_person_id'], ['person.id'], name=op.f('fk_handover_note_author_person_id_person')),
    sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_handover_note_duty_id_duty')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_handover_note_membership_id_membership')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_handover_note_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['section_id'], ['section.id'], name=op.f('fk_handover_note_section_id_section')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_note'))
    )
    with op.batch_alter_table('handover_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handover_note_membership_id'), ['membership_id'], unique=False)
        batch_op.create_index('ix_handover_note_post', ['organisation_id', 'section_id', 'duty_id', 'id'], unique=False)

    op.create_table('roster_replacement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('creates_sections', sa.Boolean(), nullable=False),
    sa.Column('invites', sa.Boolean(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('takers', sa.JSON(), nullable=False),
    sa.Column('same_people', sa.JSON(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=True),
    sa.Column('summary', sa.JSON(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_roster_replacement_membership_id_membership')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_roster_replacement_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_roster_replacement_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_replacement'))
    )
    with op.batch_alter_table('roster_replacement', schema=None) as batch_op:
        batch_op.create_index('ix_roster_replacement_due', ['state', 'effective_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_roster_replacement_membership_id'), ['membership_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_roster_replacement_organisation_id'), ['organisation_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('roster_replacement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roster_replacement_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_roster_replacement_membership_id'))
        batch_op.drop_index('ix_roster_replacement_due')

    op.drop_table('roster_replacement')
    with op.batch_alter_table('handover_note', schema=None) as batch_op:
        batch_op.drop_index('ix_handover_note_post')
        batch_op.drop_index(batch_op.f('ix_handover_note_membership_id'))

    op.drop_table('handover_note')
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_absence_substitute_id'))
        batch_op.drop_index('ix_absence_period')
        batch_op.drop_index(batch_op.f('ix_absence_membership_id'))

    op.drop_table('absence')
    with op.batch_alter_table('inheritance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inheritance_successor_id'))

    op.drop_table('inheritance')
