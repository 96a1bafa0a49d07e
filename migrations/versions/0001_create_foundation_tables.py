"""create foundation tables.

Revision ID: 0001
Revises: 
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('duty',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('name_en', sa.String(length=50), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty')),
    sa.UniqueConstraint('code', name=op.f('uq_duty_code'))
    )
    op.create_table('event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('subject_kind', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.String(length=32), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('actor_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('actor_membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_actor_person_id'), ['actor_person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_occurred_at'), ['occurred_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index('ix_event_subject', ['subject_kind', 'subject_id', 'id'], unique=False)
        batch_op.create_index('ix_event_unhandled', ['id'], unique=False, sqlite_where=sa.text('handled_at IS NULL'), postgresql_where=sa.text('handled_at IS NULL'))

    op.create_table('number_counter',
    sa.Column('scope', sa.String(length=64), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('scope', name=op.f('pk_number_counter'))
    )
    op.create_table('organisation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=100), nullable=True),
    sa.Column('kana', sa.String(length=100), nullable=False),
    sa.Column('prefecture_code', sa.String(length=2), nullable=True),
    sa.Column('county', sa.String(length=50), nullable=True),
    sa.Column('is_core_city', sa.Boolean(), nullable=False),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('population_on', sa.Date(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['organisation.id'], name=op.f('fk_organisation_parent_id_organisation')),
    sa.ForeignKeyConstraint(['post_id'], ['organisation.id'], name=op.f('fk_organisation_post_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('code', name=op.f('uq_organisation_code'))
    )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_kind'), ['kind'], unique=False)
        batch_op.create_index('ix_organisation_listing', ['prefecture_code', 'kind', 'code'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_post_id'), ['post_id'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('kana', sa.String(length=100), nullable=False),
    sa.Column('phone', sa.String(length=30), nullable=True),
    sa.Column('locale', sa.String(length=5), server_default='ja', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email'))
    )
    op.create_table('sign_in_try',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('succeeded', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_try'))
    )
    with op.batch_alter_table('sign_in_try', schema=None) as batch_op:
        batch_op.create_index('ix_sign_in_try_account', ['account', 'tried_at'], unique=False)
        batch_op.create_index('ix_sign_in_try_address', ['address', 'tried_at'], unique=False)

    op.create_table('theme',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('letter', sa.String(length=1), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_theme')),
    sa.UniqueConstraint('code', name=op.f('uq_theme_code')),
    sa.UniqueConstraint('letter', name=op.f('uq_theme_letter'))
    )
    op.create_table('tick',
    sa.Column('job', sa.String(length=32), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('job', 'due_at', name=op.f('pk_tick'))
    )
    op.create_table('attachment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('owner_kind', sa.String(length=16), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('audience', sa.String(length=32), nullable=True),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size_bytes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('storage_key', sa.String(length=64), nullable=False),
    sa.Column('uploaded_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['uploaded_by_person_id'], ['person.id'], name=op.f('fk_attachment_uploaded_by_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('storage_key', name=op.f('uq_attachment_storage_key'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index('ix_attachment_owner', ['owner_kind', 'owner_id'], unique=False)

    op.create_table('credential',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_credential_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_credential'))
    )
    op.create_table('digest',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest_on', sa.Date(), nullable=False),
    sa.Column('message_id', sa.String(length=200), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('as_of_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unknown_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_digest_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest')),
    sa.UniqueConstraint('message_id', name=op.f('uq_digest_message_id')),
    sa.UniqueConstraint('person_id', 'digest_on', name=op.f('uq_digest_person_id_digest_on'))
    )
    with op.batch_alter_table('digest', schema=None) as batch_op:
        batch_op.create_index('ix_digest_state', ['state', 'id'], unique=False)

    op.create_table('digest_setting',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('is_weekly', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_digest_setting_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_digest_setting'))
    )
    op.create_table('directory_import',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('creates_sections', sa.Boolean(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_directory_import_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_import'))
    )
    with op.batch_alter_table('directory_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_import_person_id'), ['person_id'], unique=False)

    op.create_table('dispatch',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('last_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('told_count', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_dispatch_event_id_event')),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_dispatch'))
    )
    op.create_table('guidance',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('sender_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sender_title', sa.String(length=100), nullable=False),
    sa.Column('origin_ministry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('document_number', sa.String(length=50), nullable=True),
    sa.Column('number_year', sa.Integer(), nullable=True),
    sa.Column('theme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('nature', sa.String(length=32), nullable=False),
    sa.Column('legal_basis', sa.String(length=200), nullable=False),
    sa.Column('addressee_line', sa.String(length=200), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('contact', sa.Text(), nullable=False),
    sa.Column('concerned_sections', sa.String(length=200), nullable=False),
    sa.Column('required_action', sa.String(length=300), nullable=False),
    sa.Column('difference', sa.String(length=300), nullable=False),
    sa.Column('reply_due_on', sa.Date(), nullable=True),
    sa.Column('short_due_reason', sa.Text(), nullable=True),
    sa.Column('route', sa.String(length=32), nullable=False),
    sa.Column('addressees', sa.JSON(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('predecessor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('drafter_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('drafter_organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('editor_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('approver_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('abolished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('abolition_reason', sa.Text(), nullable=True),
    sa.Column('recipient_count', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['approver_person_id'], ['person.id'], name=op.f('fk_guidance_approver_person_id_person')),
    sa.ForeignKeyConstraint(['drafter_organisation_id'], ['organisation.id'], name=op.f('fk_guidance_drafter_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['drafter_person_id'], ['person.id'], name=op.f('fk_guidance_drafter_person_id_person')),
    sa.ForeignKeyConstraint(['editor_person_id'], ['person.id'], name=op.f('fk_guidance_editor_person_id_person')),
    sa.ForeignKeyConstraint(['origin_ministry_id'], ['organisation.id'], name=op.f('fk_guidance_origin_ministry_id_organisation')),
    sa.ForeignKeyConstraint(['predecessor_id'], ['guidance.id'], name=op.f('fk_guidance_predecessor_id_guidance')),
    sa.ForeignKeyConstraint(['sender_id'], ['organisation.id'], name=op.f('fk_guidance_sender_id_organisation')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_guidance_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guidance')),
    sa.UniqueConstraint('sender_id', 'number_year', 'document_number', name=op.f('uq_guidance_sender_id_number_year_document_number'))
    )
    with op.batch_alter_table('guidance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_guidance_drafter_organisation_id'), ['drafter_organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_guidance_drafter_person_id'), ['drafter_person_id'], unique=False)
        batch_op.create_index('ix_guidance_sender', ['sender_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_guidance_state', ['state', 'issued_at', 'id'], unique=False)
        batch_op.create_index('ix_guidance_theme', ['theme_id', 'issued_at', 'id'], unique=False)

    op.create_table('link',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_kind', sa.String(length=16), nullable=False),
    sa.Column('from_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('to_kind', sa.String(length=16), nullable=False),
    sa.Column('to_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('relation', sa.String(length=32), nullable=False),
    sa.Column('created_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['created_by_person_id'], ['person.id'], name=op.f('fk_link_created_by_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link')),
    sa.UniqueConstraint('from_kind', 'from_id', 'to_kind', 'to_id', 'relation', name=op.f('uq_link_from_kind_from_id_to_kind_to_id_relation'))
    )
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.create_index('ix_link_to', ['to_kind', 'to_id'], unique=False)

    op.create_table('organisation_succession',
    sa.Column('predecessor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('successor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['predecessor_id'], ['organisation.id'], name=op.f('fk_organisation_succession_predecessor_id_organisation')),
    sa.ForeignKeyConstraint(['successor_id'], ['organisation.id'], name=op.f('fk_organisation_succession_successor_id_organisation')),
    sa.PrimaryKeyConstraint('predecessor_id', 'successor_id', name=op.f('pk_organisation_succession'))
    )
    with op.batch_alter_table('organisation_succession', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_succession_successor_id'), ['successor_id'], unique=False)

    op.create_table('preference',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('topic', sa.String(length=32), nullable=False),
    sa.Column('mode', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_preference_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', 'topic', name=op.f('pk_preference'))
    )
    op.create_table('qa_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=16), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('theme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('drafter_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('drafter_organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('editor_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('approver_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=True),
    sa.Column('deidentified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['approver_person_id'], ['person.id'], name=op.f('fk_qa_entry_approver_person_id_person')),
    sa.ForeignKeyConstraint(['drafter_organisation_id'], ['organisation.id'], name=op.f('fk_qa_entry_drafter_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['drafter_person_id'], ['person.id'], name=op.f('fk_qa_entry_drafter_person_id_person')),
    sa.ForeignKeyConstraint(['editor_person_id'], ['person.id'], name=op.f('fk_qa_entry_editor_person_id_person')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_qa_entry_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_entry')),
    sa.UniqueConstraint('number', name=op.f('uq_qa_entry_number'))
    )
    with op.batch_alter_table('qa_entry', schema=None) as batch_op:
        batch_op.create_index('ix_qa_entry_listing', ['state', 'theme_id', 'published_at', 'id'], unique=False)

    op.create_table('reading_grant',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_kind', sa.String(length=16), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_reading_grant_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading_grant'))
    )
    with op.batch_alter_table('reading_grant', schema=None) as batch_op:
        batch_op.create_index('ix_reading_grant_subject', ['person_id', 'subject_kind', 'subject_id'], unique=False)

    op.create_table('section',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('is_general_desk', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_section_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_section')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_section_organisation_id_name'))
    )
    op.create_table('single_use_link',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_single_use_link_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_single_use_link')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_single_use_link_secret_hash'))
    )
    with op.batch_alter_table('single_use_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_single_use_link_person_id'), ['person_id'], unique=False)

    op.create_table('sub_topic',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('theme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_sub_topic_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sub_topic')),
    sa.UniqueConstraint('theme_id', 'name', name=op.f('uq_sub_topic_theme_id_name'))
    )
    op.create_table('unsubscribe_key',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('topic', sa.String(length=32), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_unsubscribe_key_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unsubscribe_key')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_unsubscribe_key_secret_hash'))
    )
    with op.batch_alter_table('unsubscribe_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unsubscribe_key_person_id'), ['person_id'], unique=False)

    op.create_table('used_form_key',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('location', sa.Text(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_used_form_key_person_id_person')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_used_form_key'))
    )
    with op.batch_alter_table('used_form_key', schema=None) as batch_op:
        batch_op.create_index('ix_used_form_key_used_at', ['used_at'], unique=False)

    op.create_table('membership',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('section_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('role', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=50), nullable=False),
    sa.Column('is_head', sa.Boolean(), nullable=False),
    sa.Column('is_approver', sa.Boolean(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_membership_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id_person')),
    sa.ForeignKeyConstraint(['section_id'], ['section.id'], name=op.f('fk_membership_section_id_section')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index('ix_membership_organisation', ['organisation_id', 'role'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_person_id'), ['person_id'], unique=False)

    op.create_table('notification',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('topic', sa.String(length=32), nullable=False),
    sa.Column('mode', sa.String(length=32), nullable=False),
    sa.Column('audience', sa.String(length=32), nullable=False),
    sa.Column('subject_kind', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('needs_action', sa.Boolean(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('digest_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['digest_id'], ['digest.id'], name=op.f('fk_notification_digest_id_digest')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_notification_event_id_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notification_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification')),
    sa.UniqueConstraint('event_id', 'person_id', name=op.f('uq_notification_event_id_person_id'))
    )
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.create_index('ix_notification_digest', ['person_id'], unique=False, sqlite_where=sa.text("read_at IS NULL AND digest_id IS NULL AND mode = 'digest'"), postgresql_where=sa.text("read_at IS NULL AND digest_id IS NULL AND mode = 'digest'"))
        batch_op.create_index(batch_op.f('ix_notification_digest_id'), ['digest_id'], unique=False)
        batch_op.create_index('ix_notification_inbox', ['person_id', 'id'], unique=False)
        batch_op.create_index('ix_notification_subject', ['subject_kind', 'subject_id', 'person_id'], unique=False)
        batch_op.create_index('ix_notification_unread', ['person_id', 'id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))

    op.create_table('recipient',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('guidance_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_code', sa.String(length=32), nullable=False),
    sa.Column('organisation_name', sa.String(length=100), nullable=False),
    sa.Column('prefecture_code', sa.String(length=2), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('response', sa.String(length=32), server_default='none', nullable=False),
    sa.Column('responded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['guidance_id'], ['guidance.id'], name=op.f('fk_recipient_guidance_id_guidance')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_recipient_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient')),
    sa.UniqueConstraint('guidance_id', 'organisation_id', name=op.f('uq_recipient_guidance_id_organisation_id'))
    )
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.create_index('ix_recipient_listing', ['guidance_id', 'organisation_code'], unique=False)
        batch_op.create_index('ix_recipient_organisation', ['organisation_id', 'guidance_id'], unique=False)

    op.create_table('routing_rule',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('theme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sub_topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('division_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['division_id'], ['organisation.id'], name=op.f('fk_routing_rule_division_id_organisation')),
    sa.ForeignKeyConstraint(['sub_topic_id'], ['sub_topic.id'], name=op.f('fk_routing_rule_sub_topic_id_sub_topic')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_routing_rule_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_rule'))
    )
    with op.batch_alter_table('routing_rule', schema=None) as batch_op:
        batch_op.create_index('uq_routing_rule_theme', ['theme_id'], unique=True, sqlite_where=sa.text('sub_topic_id IS NULL'), postgresql_where=sa.text('sub_topic_id IS NULL'))
        batch_op.create_index('uq_routing_rule_topic', ['theme_id', 'sub_topic_id'], unique=True)

    op.create_table('delivery',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('notification_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('message_id', sa.String(length=200), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('not_before_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unknown_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_delivery_event_id_event')),
    sa.ForeignKeyConstraint(['notification_id'], ['notification.id'], name=op.f('fk_delivery_notification_id_notification')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_delivery_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('event_id', 'person_id', 'channel', name=op.f('uq_delivery_event_id_person_id_channel')),
    sa.UniqueConstraint('message_id', name=op.f('uq_delivery_message_id'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_notification_id'), ['notification_id'], unique=False)
        batch_op.create_index('ix_delivery_person', ['person_id', 'id'], unique=False)
        batch_op.create_index('ix_delivery_state', ['state', 'id'], unique=False)
        batch_op.create_index('ix_delivery_unknown', ['unknown_at'], unique=False, sqlite_where=sa.text('unknown_at IS NOT NULL'), postgresql_where=sa.text('unknown_at IS NOT NULL'))

    op.create_table('issue',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=16), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('section_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('submitter_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('submitter_membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('division_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('theme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('sub_topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('tried', sa.Text(), nullable=False),
    sa.Column('impact_count', sa.Integer(), nullable=True),
    sa.Column('urgency', sa.String(length=32), nullable=False),
    sa.Column('needed_by_on', sa.Date(), nullable=True),
    sa.Column('leak', sa.String(length=32), nullable=True),
    sa.Column('is_shared_with_prefecture', sa.Boolean(), nullable=False),
    sa.Column('holder', sa.String(length=32), nullable=False),
    sa.Column('holder_organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('holder_since_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('decline_desk', sa.String(length=100), nullable=True),
    sa.Column('promised_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_activity_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_public_activity_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['division_id'], ['organisation.id'], name=op.f('fk_issue_division_id_organisation')),
    sa.ForeignKeyConstraint(['holder_organisation_id'], ['organisation.id'], name=op.f('fk_issue_holder_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_issue_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['post_id'], ['organisation.id'], name=op.f('fk_issue_post_id_organisation')),
    sa.ForeignKeyConstraint(['section_id'], ['section.id'], name=op.f('fk_issue_section_id_section')),
    sa.ForeignKeyConstraint(['sub_topic_id'], ['sub_topic.id'], name=op.f('fk_issue_sub_topic_id_sub_topic')),
    sa.ForeignKeyConstraint(['submitter_membership_id'], ['membership.id'], name=op.f('fk_issue_submitter_membership_id_membership')),
    sa.ForeignKeyConstraint(['submitter_person_id'], ['person.id'], name=op.f('fk_issue_submitter_person_id_person')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_issue_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue')),
    sa.UniqueConstraint('number', name=op.f('uq_issue_number'))
    )
    with op.batch_alter_table('issue', schema=None) as batch_op:
        batch_op.create_index('ix_issue_activity', ['last_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_issue_body', ['organisation_id', 'state', 'last_public_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_issue_division', ['division_id', 'state', 'last_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_issue_due', ['due_on', 'id'], unique=False)
        batch_op.create_index('ix_issue_holder', ['holder', 'holder_organisation_id', 'due_on', 'id'], unique=False)
        batch_op.create_index('ix_issue_post', ['post_id', 'state', 'last_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_issue_public_activity', ['last_public_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_issue_state', ['state', 'last_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_issue_submitter', ['submitter_person_id', 'last_activity_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issue_submitter_membership_id'), ['submitter_membership_id'], unique=False)
        batch_op.create_index('ix_issue_theme', ['theme_id', 'last_activity_at', 'id'], unique=False)

    op.create_table('liaison_assignment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rank', sa.String(length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_liaison_assignment_membership_id_membership')),
    sa.ForeignKeyConstraint(['post_id'], ['organisation.id'], name=op.f('fk_liaison_assignment_post_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_liaison_assignment'))
    )
    with op.batch_alter_table('liaison_assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_liaison_assignment_membership_id'), ['membership_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_liaison_assignment_post_id'), ['post_id'], unique=False)

    op.create_table('membership_duty',
    sa.Column('membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('duty_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_membership_duty_duty_id_duty')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_membership_duty_membership_id_membership'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('membership_id', 'duty_id', name=op.f('pk_membership_duty'))
    )
    with op.batch_alter_table('membership_duty', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_duty_duty_id'), ['duty_id'], unique=False)

    op.create_table('opening',
    sa.Column('recipient_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_opening_person_id_person')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_opening_recipient_id_recipient')),
    sa.PrimaryKeyConstraint('recipient_id', 'person_id', name=op.f('pk_opening'))
    )
    op.create_table('receipt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('recipient_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('section_name', sa.String(length=100), nullable=False),
    sa.Column('receipt_number', sa.String(length=50), nullable=False),
    sa.Column('received_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['received_by_person_id'], ['person.id'], name=op.f('fk_receipt_received_by_person_id_person')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_receipt_recipient_id_recipient')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('recipient_id', 'section_name', name=op.f('uq_receipt_recipient_id_section_name'))
    )
    op.create_table('response',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('recipient_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('responded_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('responded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_response_recipient_id_recipient')),
    sa.ForeignKeyConstraint(['responded_by_person_id'], ['person.id'], name=op.f('fk_response_responded_by_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_response'))
    )
    with op.batch_alter_table('response', schema=None) as batch_op:
        batch_op.create_index('ix_response_recipient', ['recipient_id', 'id'], unique=False)

    op.create_table('sign_in_session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('user_agent', sa.String(length=200), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('second_factor_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_sign_in_session_membership_id_membership')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_session_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_session')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_sign_in_session_secret_hash'))
    )
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_session_person_id'), ['person_id'], unique=False)

    op.create_table('consultation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ministry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('asked_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('replied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['asked_by_person_id'], ['person.id'], name=op.f('fk_consultation_asked_by_person_id_person')),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_consultation_issue_id_issue')),
    sa.ForeignKeyConstraint(['ministry_id'], ['organisation.id'], name=op.f('fk_consultation_ministry_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation'))
    )
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consultation_issue_id'), ['issue_id'], unique=False)
        batch_op.create_index('ix_consultation_ministry', ['ministry_id', 'replied_at', 'id'], unique=False)

    op.create_table('issue_follower',
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('followed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_follower_issue_id_issue')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_issue_follower_person_id_person')),
    sa.PrimaryKeyConstraint('issue_id', 'person_id', name=op.f('pk_issue_follower'))
    )
    with op.batch_alter_table('issue_follower', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issue_follower_person_id'), ['person_id'], unique=False)

    op.create_table('issue_hop',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('holder', sa.String(length=32), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_hop_issue_id_issue')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_issue_hop_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue_hop'))
    )
    with op.batch_alter_table('issue_hop', schema=None) as batch_op:
        batch_op.create_index('ix_issue_hop_issue', ['issue_id', 'id'], unique=False)

    op.create_table('issue_reading',
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_reading_issue_id_issue')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_issue_reading_person_id_person')),
    sa.PrimaryKeyConstraint('issue_id', 'person_id', name=op.f('pk_issue_reading'))
    )
    with op.batch_alter_table('issue_reading', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issue_reading_person_id'), ['person_id'], unique=False)

    op.create_table('issue_revision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('edited_by_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['edited_by_person_id'], ['person.id'], name=op.f('fk_issue_revision_edited_by_person_id_person')),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_revision_issue_id_issue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue_revision')),
    sa.UniqueConstraint('issue_id', 'version', name=op.f('uq_issue_revision_issue_id_version'))
    )
    op.create_table('post',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('audience', sa.String(length=32), nullable=False),
    sa.Column('consultation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('author_person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_membership_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('promised_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_membership_id'], ['membership.id'], name=op.f('fk_post_author_membership_id_membership')),
    sa.ForeignKeyConstraint(['author_organisation_id'], ['organisation.id'], name=op.f('fk_post_author_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['author_person_id'], ['person.id'], name=op.f('fk_post_author_person_id_person')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_post_consultation_id_consultation')),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_post_issue_id_issue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post'))
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index('ix_post_author', ['author_person_id', 'issue_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_post_consultation_id'), ['consultation_id'], unique=False)
        batch_op.create_index('ix_post_issue', ['issue_id', 'audience', 'id'], unique=False)




def downgrade() -> None:

    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.drop_index('ix_post_issue')
        batch_op.drop_index(batch_op.f('ix_post_consultation_id'))
        batch_op.drop_index('ix_post_author')

    op.drop_table('post')
    op.drop_table('issue_revision')
    with op.batch_alter_table('issue_reading', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issue_reading_person_id'))

    op.drop_table('issue_reading')
    with op.batch_alter_table('issue_hop', schema=None) as batch_op:
        batch_op.drop_index('ix_issue_hop_issue')

    op.drop_table('issue_hop')
    with op.batch_alter_table('issue_follower', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issue_follower_person_id'))

    op.drop_table('issue_follower')
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.drop_index('ix_consultation_ministry')
        batch_op.drop_index(batch_op.f('ix_consultation_issue_id'))

    op.drop_table('consultation')
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_session_person_id'))

    op.drop_table('sign_in_session')
    with op.batch_alter_table('response', schema=None) as batch_op:
        batch_op.drop_index('ix_response_recipient')

    op.drop_table('response')
    op.drop_table('receipt')
    op.drop_table('opening')
    with op.batch_alter_table('membership_duty', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_duty_duty_id'))

    op.drop_table('membership_duty')
    with op.batch_alter_table('liaison_assignment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_liaison_assignment_post_id'))
        batch_op.drop_index(batch_op.f('ix_liaison_assignment_membership_id'))

    op.drop_table('liaison_assignment')
    with op.batch_alter_table('issue', schema=None) as batch_op:
        batch_op.drop_index('ix_issue_theme')
        batch_op.drop_index(batch_op.f('ix_issue_submitter_membership_id'))
        batch_op.drop_index('ix_issue_submitter')
        batch_op.drop_index('ix_issue_state')
        batch_op.drop_index('ix_issue_public_activity')
        batch_op.drop_index('ix_issue_post')
        batch_op.drop_index('ix_issue_holder')
        batch_op.drop_index('ix_issue_due')
        batch_op.drop_index('ix_issue_division')
        batch_op.drop_index('ix_issue_body')
        batch_op.drop_index('ix_issue_activity')

    op.drop_table('issue')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_unknown', sqlite_where=sa.text('unknown_at IS NOT NULL'), postgresql_where=sa.text('unknown_at IS NOT NULL'))
        batch_op.drop_index('ix_delivery_state')
        batch_op.drop_index('ix_delivery_person')
        batch_op.drop_index(batch_op.f('ix_delivery_notification_id'))

    op.drop_table('delivery')
    with op.batch_alter_table('routing_rule', schema=None) as batch_op:
        batch_op.drop_index('uq_routing_rule_topic')
        batch_op.drop_index('uq_routing_rule_theme', sqlite_where=sa.text('sub_topic_id IS NULL'), postgresql_where=sa.text('sub_topic_id IS NULL'))

    op.drop_table('routing_rule')
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.drop_index('ix_recipient_organisation')
        batch_op.drop_index('ix_recipient_listing')

    op.drop_table('recipient')
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.drop_index('ix_notification_unread', sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
        batch_op.drop_index('ix_notification_subject')
        batch_op.drop_index('ix_notification_inbox')
        batch_op.drop_index(batch_op.f('ix_notification_digest_id'))
        batch_op.drop_index('ix_notification_digest', sqlite_where=sa.text("read_at IS NULL AND digest_id IS NULL AND mode = 'digest'"), postgresql_where=sa.text("read_at IS NULL AND digest_id IS NULL AND mode = 'digest'"))

    op.drop_table('notification')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_person_id'))
        batch_op.drop_index('ix_membership_organisation')

    op.drop_table('membership')
    with op.batch_alter_table('used_form_key', schema=None) as batch_op:
        batch_op.drop_index('ix_used_form_key_used_at')

    op.drop_table('used_form_key')
    with op.batch_alter_table('unsubscribe_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unsubscribe_key_person_id'))

    op.drop_table('unsubscribe_key')
    op.drop_table('sub_topic')
    with op.batch_alter_table('single_use_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_single_use_link_person_id'))

    op.drop_table('single_use_link')
    op.drop_table('section')
    with op.batch_alter_table('reading_grant', schema=None) as batch_op:
        batch_op.drop_index('ix_reading_grant_subject')

    op.drop_table('reading_grant')
    with op.batch_alter_table('qa_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_qa_entry_listing')

    op.drop_table('qa_entry')
    op.drop_table('preference')
    with op.batch_alter_table('organisation_succession', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_succession_successor_id'))

    op.drop_table('organisation_succession')
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.drop_index('ix_link_to')

    op.drop_table('link')
    with op.batch_alter_table('guidance', schema=None) as batch_op:
        batch_op.drop_index('ix_guidance_theme')
        batch_op.drop_index('ix_guidance_state')
        batch_op.drop_index('ix_guidance_sender')
        batch_op.drop_index(batch_op.f('ix_guidance_drafter_person_id'))
        batch_op.drop_index(batch_op.f('ix_guidance_drafter_organisation_id'))

    op.drop_table('guidance')
    op.drop_table('dispatch')
    with op.batch_alter_table('directory_import', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_directory_import_person_id'))

    op.drop_table('directory_import')
    op.drop_table('digest_setting')
    with op.batch_alter_table('digest', schema=None) as batch_op:
        batch_op.drop_index('ix_digest_state')

    op.drop_table('digest')
    op.drop_table('credential')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index('ix_attachment_owner')

    op.drop_table('attachment')
    op.drop_table('tick')
    op.drop_table('theme')
    with op.batch_alter_table('sign_in_try', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_in_try_address')
        batch_op.drop_index('ix_sign_in_try_account')

    op.drop_table('sign_in_try')
    op.drop_table('person')
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_post_id'))
        batch_op.drop_index(batch_op.f('ix_organisation_parent_id'))
        batch_op.drop_index(batch_op.f('ix_organisation_name'))
        batch_op.drop_index('ix_organisation_listing')
        batch_op.drop_index(batch_op.f('ix_organisation_kind'))

    op.drop_table('organisation')
    op.drop_table('number_counter')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_unhandled', sqlite_where=sa.text('handled_at IS NULL'), postgresql_where=sa.text('handled_at IS NULL'))
        batch_op.drop_index('ix_event_subject')
        batch_op.drop_index(batch_op.f('ix_event_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_event_occurred_at'))
        batch_op.drop_index(batch_op.f('ix_event_kind'))
        batch_op.drop_index(batch_op.f('ix_event_actor_person_id'))

    op.drop_table('event')
    op.drop_table('duty')

