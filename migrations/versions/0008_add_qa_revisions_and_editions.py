"""add qa revisions and editions.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('qa_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deidentifier_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_qa_entry_deidentifier_person_id_person'), 'person', ['deidentifier_person_id'], ['id'])

    op.create_table('qa_collection',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('theme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_qa_collection_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_collection'))
    )
    op.create_table('qa_edition',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('collection_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('preface', sa.Text(), nullable=False),
    sa.Column('drafter_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('drafter_organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('editor_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('approver_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=True),
    sa.Column('deidentified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deidentifier_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['approver_person_id'], ['person.id'], name=op.f('fk_qa_edition_approver_person_id_person')),
    sa.ForeignKeyConstraint(['collection_id'], ['qa_collection.id'], name=op.f('fk_qa_edition_collection_id_qa_collection')),
    sa.ForeignKeyConstraint(['deidentifier_person_id'], ['person.id'], name=op.f('fk_qa_edition_deidentifier_person_id_person')),
    sa.ForeignKeyConstraint(['drafter_organisation_id'], ['organisation.id'], name=op.f('fk_qa_edition_drafter_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['drafter_person_id'], ['person.id'], name=op.f('fk_qa_edition_drafter_person_id_person')),
    sa.ForeignKeyConstraint(['editor_person_id'], ['person.id'], name=op.f('fk_qa_edition_editor_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_edition')),
    sa.UniqueConstraint('collection_id', 'number', name=op.f('uq_qa_edition_collection_id_number'))
    )
    with op.batch_alter_table('qa_edition', schema=None) as batch_op:
        batch_op.create_index('uq_qa_edition_open', ['collection_id'], unique=True, sqlite_where=sa.text("state <> 'published'"), postgresql_where=sa.text("state <> 'published'"))

    op.create_table('qa_joining',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('case_count', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['qa_entry.id'], name=op.f('fk_qa_joining_entry_id_qa_entry')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_qa_joining_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_qa_joining_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_joining')),
    sa.UniqueConstraint('entry_id', 'organisation_id', name=op.f('uq_qa_joining_entry_id_organisation_id'))
    )
    with op.batch_alter_table('qa_joining', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_qa_joining_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('qa_revision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('change_note', sa.Text(), nullable=False),
    sa.Column('drafter_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('drafter_organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('editor_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('approver_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=True),
    sa.Column('deidentified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deidentifier_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['approver_person_id'], ['person.id'], name=op.f('fk_qa_revision_approver_person_id_person')),
    sa.ForeignKeyConstraint(['deidentifier_person_id'], ['person.id'], name=op.f('fk_qa_revision_deidentifier_person_id_person')),
    sa.ForeignKeyConstraint(['drafter_organisation_id'], ['organisation.id'], name=op.f('fk_qa_revision_drafter_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['drafter_person_id'], ['person.id'], name=op.f('fk_qa_revision_drafter_person_id_person')),
    sa.ForeignKeyConstraint(['editor_person_id'], ['person.id'], name=op.f('fk_qa_revision_editor_person_id_person')),
    sa.ForeignKeyConstraint(['entry_id'], ['qa_entry.id'], name=op.f('fk_qa_revision_entry_id_qa_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_revision')),
    sa.UniqueConstraint('entry_id', 'number', name=op.f('uq_qa_revision_entry_id_number'))
    )
    with op.batch_alter_table('qa_revision', schema=None) as batch_op:
        batch_op.create_index('uq_qa_revision_open', ['entry_id'], unique=True, sqlite_where=sa.text("state <> 'published'"), postgresql_where=sa.text("state <> 'published'"))

    op.create_table('qa_edition_reading',
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('edition_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['qa_edition.id'], name=op.f('fk_qa_edition_reading_edition_id_qa_edition')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_qa_edition_reading_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_qa_edition_reading_person_id_person')),
    sa.PrimaryKeyConstraint('organisation_id', 'edition_id', name=op.f('pk_qa_edition_reading'))
    )
    with op.batch_alter_table('qa_edition_reading', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_qa_edition_reading_edition_id'), ['edition_id'], unique=False)

    op.create_table('qa_section',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('edition_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['qa_edition.id'], name=op.f('fk_qa_section_edition_id_qa_edition')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_section'))
    )
    with op.batch_alter_table('qa_section', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_qa_section_edition_id'), ['edition_id'], unique=False)

    op.create_table('qa_item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('edition_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('section_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('question', sa.Text(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('change_note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['qa_edition.id'], name=op.f('fk_qa_item_edition_id_qa_edition')),
    sa.ForeignKeyConstraint(['entry_id'], ['qa_entry.id'], name=op.f('fk_qa_item_entry_id_qa_entry')),
    sa.ForeignKeyConstraint(['section_id'], ['qa_section.id'], name=op.f('fk_qa_item_section_id_qa_section')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_item')),
    sa.UniqueConstraint('edition_id', 'entry_id', name=op.f('uq_qa_item_edition_id_entry_id'))
    )
    with op.batch_alter_table('qa_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_qa_item_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_qa_item_section_id'), ['section_id'], unique=False)

    # What is published already is each entry's first revision.
    op.execute(
        "INSERT INTO qa_revision (entry_id, number, state, question, answer, change_note, drafter_person_id,"
        " drafter_organisation_id, editor_person_id, approver_person_id, deidentified_at, created_at, published_at)"
        " SELECT id, 1, 'published', question, answer, '', drafter_person_id, drafter_organisation_id,"
        " editor_person_id, approver_person_id, deidentified_at, created_at, published_at"
        " FROM qa_entry WHERE published_at IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table('qa_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_qa_item_section_id'))
        batch_op.drop_index(batch_op.f('ix_qa_item_entry_id'))

    op.drop_table('qa_item')
    with op.batch_alter_table('qa_section', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_qa_section_edition_id'))

    op.drop_table('qa_section')
    with op.batch_alter_table('qa_edition_reading', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_qa_edition_reading_edition_id'))

    op.drop_table('qa_edition_reading')
    with op.batch_alter_table('qa_revision', schema=None) as batch_op:
        batch_op.drop_index('uq_qa_revision_open', sqlite_where=sa.text("state <> 'published'"), postgresql_where=sa.text("state <> 'published'"))

    op.drop_table('qa_revision')
    with op.batch_alter_table('qa_joining', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_qa_joining_organisation_id'))

    op.drop_table('qa_joining')
    with op.batch_alter_table('qa_edition', schema=None) as batch_op:
        batch_op.drop_index('uq_qa_edition_open', sqlite_where=sa.text("state <> 'published'"), postgresql_where=sa.text("state <> 'published'"))

    op.drop_table('qa_edition')
    op.drop_table('qa_collection')

    with op.batch_alter_table('qa_entry', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_qa_entry_deidentifier_person_id_person'), type_='foreignkey')
        batch_op.drop_column('withdrawn_at')
        batch_op.drop_column('revision')
        batch_op.drop_column('deidentifier_person_id')
