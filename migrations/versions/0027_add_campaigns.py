"""add campaigns, answers, decisions and snapshots, which are fixed once entered

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('campaign',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('legal_basis', sa.String(length=300), nullable=False),
    sa.Column('document_number', sa.String(length=50), nullable=False),
    sa.Column('requested_on', sa.Date(), nullable=True),
    sa.Column('contact', sa.Text(), nullable=False),
    sa.Column('office_id', _KEY, nullable=False),
    sa.Column('theme_id', _KEY, nullable=False),
    sa.Column('addressees', sa.JSON(), nullable=False),
    sa.Column('survey_due_on', sa.Date(), nullable=True),
    sa.Column('interim_on', sa.Date(), nullable=True),
    sa.Column('final_on', sa.Date(), nullable=True),
    sa.Column('rule', sa.String(length=32), nullable=True),
    sa.Column('juki_exceptions', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('is_drill', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('previous_id', _KEY, nullable=True),
    sa.Column('again_reason', sa.Text(), nullable=False),
    sa.Column('return_reason', sa.Text(), nullable=False),
    sa.Column('author_person_id', _KEY, nullable=False),
    sa.Column('editor_person_id', _KEY, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by_person_id', _KEY, nullable=True),
    sa.Column('published_signature', sa.String(length=300), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['author_person_id'], ['person.id'], name=op.f('fk_campaign_author_person_id_person')),
    sa.ForeignKeyConstraint(['editor_person_id'], ['person.id'], name=op.f('fk_campaign_editor_person_id_person')),
    sa.ForeignKeyConstraint(['office_id'], ['organisation.id'], name=op.f('fk_campaign_office_id_organisation')),
    sa.ForeignKeyConstraint(['previous_id'], ['campaign.id'], name=op.f('fk_campaign_previous_id_campaign')),
    sa.ForeignKeyConstraint(['published_by_person_id'], ['person.id'], name=op.f('fk_campaign_published_by_person_id_person')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_campaign_theme_id_theme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign'))
    )
    op.create_index(op.f('ix_campaign_author_person_id'), 'campaign', ['author_person_id'])
    op.create_index(op.f('ix_campaign_editor_person_id'), 'campaign', ['editor_person_id'])
    op.create_index('ix_campaign_listing', 'campaign', ['state', 'id'])
    op.create_index(op.f('ix_campaign_office_id'), 'campaign', ['office_id'])
    op.create_index(op.f('ix_campaign_previous_id'), 'campaign', ['previous_id'])
    op.create_index(op.f('ix_campaign_published_by_person_id'), 'campaign', ['published_by_person_id'])
    op.create_index(op.f('ix_campaign_theme_id'), 'campaign', ['theme_id'])

    op.create_table('answer_check',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('question_code', sa.String(length=32), nullable=False),
    sa.Column('expression', sa.String(length=300), nullable=False),
    sa.Column('message', sa.String(length=300), nullable=False),
    sa.Column('severity', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_answer_check_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_check'))
    )
    op.create_index('ix_answer_check_campaign', 'answer_check', ['campaign_id', 'position'])

    op.create_table('campaign_ministry',
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('organisation_id', _KEY, nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_ministry_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_campaign_ministry_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('campaign_id', 'organisation_id', name=op.f('pk_campaign_ministry'))
    )
    op.create_index(op.f('ix_campaign_ministry_organisation_id'), 'campaign_ministry', ['organisation_id'])

    op.create_table('participation',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('organisation_id', _KEY, nullable=False),
    sa.Column('organisation_code', sa.String(length=32), nullable=False),
    sa.Column('organisation_name', sa.String(length=100), nullable=False),
    sa.Column('prefecture_code', sa.String(length=2), nullable=True),
    sa.Column('is_prefecture', sa.Boolean(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('reply_number', sa.String(length=50), nullable=False),
    sa.Column('reply_on', sa.Date(), nullable=True),
    sa.Column('published_on', sa.Date(), nullable=True),
    sa.Column('published_url', sa.String(length=500), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_participation_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_participation_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participation')),
    sa.UniqueConstraint('campaign_id', 'organisation_id', name=op.f('uq_participation_campaign_id_organisation_id'))
    )
    op.create_index('ix_participation_listing', 'participation', ['campaign_id', 'organisation_code'])
    op.create_index('ix_participation_organisation', 'participation', ['organisation_id', 'campaign_id'])

    op.create_table('procedure',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('ministry_id', _KEY, nullable=True),
    sa.Column('information', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('kinds', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('includes_core_cities', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_always', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_prior', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_procedure_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['ministry_id'], ['organisation.id'], name=op.f('fk_procedure_ministry_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_procedure')),
    sa.UniqueConstraint('campaign_id', 'code', name=op.f('uq_procedure_campaign_id_code'))
    )
    op.create_index(op.f('ix_procedure_ministry_id'), 'procedure', ['ministry_id'])

    op.create_table('due_extension',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('participation_id', _KEY, nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('wanted_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_signature', sa.String(length=300), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('granted_on', sa.Date(), nullable=True),
    sa.Column('decision_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('decided_signature', sa.String(length=300), server_default='', nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_due_extension_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['participation_id'], ['participation.id'], name=op.f('fk_due_extension_participation_id_participation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_due_extension'))
    )
    op.create_index('ix_due_extension_listing', 'due_extension', ['campaign_id', 'state', 'id'])
    op.create_index('ix_due_extension_participation', 'due_extension', ['participation_id', 'id'])
    op.create_index('uq_due_extension_open', 'due_extension', ['participation_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.create_table('entry',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('procedure_id', _KEY, nullable=False),
    sa.Column('participation_id', _KEY, nullable=False),
    sa.Column('organisation_id', _KEY, nullable=False),
    sa.Column('prefecture_code', sa.String(length=2), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('not_applicable_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('pending_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('pending_until', sa.Date(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_signature', sa.String(length=300), server_default='', nullable=False),
    sa.Column('forwarded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('forwarded_signature', sa.String(length=300), server_default='', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_entry_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_entry_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['participation_id'], ['participation.id'], name=op.f('fk_entry_participation_id_participation')),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedure.id'], name=op.f('fk_entry_procedure_id_procedure')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry')),
    sa.UniqueConstraint('participation_id', 'procedure_id', name=op.f('uq_entry_participation_id_procedure_id'))
    )
    op.create_index('ix_entry_campaign', 'entry', ['campaign_id', 'prefecture_code', 'state'])
    op.create_index('ix_entry_organisation', 'entry', ['organisation_id', 'campaign_id'])
    op.create_index('ix_entry_procedure', 'entry', ['procedure_id', 'state'])

    op.create_table('question',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('procedure_id', _KEY, nullable=True),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('section', sa.String(length=100), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('hint', sa.String(length=500), nullable=False),
    sa.Column('unit', sa.String(length=20), nullable=False),
    sa.Column('is_required', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('options', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('rows', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('columns', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('shown_when', sa.JSON(), server_default='[]', nullable=False),
    sa.Column('formula', sa.String(length=300), nullable=False),
    sa.Column('asks_reason_for', sa.String(length=3), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_question_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedure.id'], name=op.f('fk_question_procedure_id_procedure')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question')),
    sa.UniqueConstraint('campaign_id', 'code', name=op.f('uq_question_campaign_id_code'))
    )
    op.create_index(op.f('ix_question_procedure_id'), 'question', ['procedure_id'])

    op.create_table('answer_change',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('entry_id', _KEY, nullable=False),
    sa.Column('question_code', sa.String(length=80), nullable=False),
    sa.Column('value', sa.JSON(), nullable=True),
    sa.Column('entry_version', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=32), nullable=False),
    sa.Column('source_name', sa.String(length=255), server_default='', nullable=False),
    sa.Column('changed_by_person_id', _KEY, nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_person_id'], ['person.id'], name=op.f('fk_answer_change_changed_by_person_id_person')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_answer_change_entry_id_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_change'))
    )
    op.create_index(op.f('ix_answer_change_changed_by_person_id'), 'answer_change', ['changed_by_person_id'])
    op.create_index('ix_answer_change_entry', 'answer_change', ['entry_id', 'id'])

    op.create_table('answer_return',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('entry_id', _KEY, nullable=False),
    sa.Column('question_code', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('returned_by_person_id', _KEY, nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_answer_return_entry_id_entry')),
    sa.ForeignKeyConstraint(['returned_by_person_id'], ['person.id'], name=op.f('fk_answer_return_returned_by_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_return'))
    )
    op.create_index('ix_answer_return_entry', 'answer_return', ['entry_id', 'id'])
    op.create_index(op.f('ix_answer_return_returned_by_person_id'), 'answer_return', ['returned_by_person_id'])

    op.create_table('decision',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('entry_id', _KEY, nullable=False),
    sa.Column('rule', sa.String(length=32), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('by_rule', sa.String(length=32), nullable=False),
    sa.Column('outcome', sa.String(length=32), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('cause', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_signature', sa.String(length=300), server_default='', nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_decision_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_decision_entry_id_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision'))
    )
    op.create_index('ix_decision_campaign', 'decision', ['campaign_id', 'outcome'])
    op.create_index('ix_decision_entry', 'decision', ['entry_id', 'id'])
    op.create_index('uq_decision_current', 'decision', ['entry_id'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.create_table('snapshot',
    sa.Column('id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('entry_id', _KEY, nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('stage', sa.String(length=32), nullable=False),
    sa.Column('target', sa.Integer(), nullable=False),
    sa.Column('extracted', sa.Integer(), nullable=False),
    sa.Column('matched', sa.Integer(), nullable=False),
    sa.Column('mismatched', sa.Integer(), nullable=False),
    sa.Column('confirmed', sa.Integer(), nullable=False),
    sa.Column('pending', sa.Integer(), nullable=False),
    sa.Column('mislinks', sa.Integer(), nullable=False),
    sa.Column('corrected', sa.Integer(), nullable=False),
    sa.Column('causes', sa.JSON(), nullable=False),
    sa.Column('is_linkage_stopped', sa.Boolean(), nullable=False),
    sa.Column('leak', sa.String(length=32), nullable=False),
    sa.Column('inquiries', sa.Integer(), nullable=False),
    sa.Column('prevention', sa.Text(), server_default='', nullable=False),
    sa.Column('expected_on', sa.Date(), nullable=True),
    sa.Column('delay_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('published_on', sa.Date(), nullable=True),
    sa.Column('published_url', sa.String(length=500), server_default='', nullable=False),
    sa.Column('corrects_id', _KEY, nullable=True),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entered_by_person_id', _KEY, nullable=False),
    sa.Column('signature', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_snapshot_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['corrects_id'], ['snapshot.id'], name=op.f('fk_snapshot_corrects_id_snapshot')),
    sa.ForeignKeyConstraint(['entered_by_person_id'], ['person.id'], name=op.f('fk_snapshot_entered_by_person_id_person')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_snapshot_entry_id_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshot'))
    )
    op.create_index('ix_snapshot_campaign', 'snapshot', ['campaign_id', 'as_of', 'entry_id', 'id'])
    op.create_index(op.f('ix_snapshot_corrects_id'), 'snapshot', ['corrects_id'])
    op.create_index(op.f('ix_snapshot_entered_by_person_id'), 'snapshot', ['entered_by_person_id'])
    op.create_index('ix_snapshot_entry', 'snapshot', ['entry_id', 'as_of', 'id'])

    op.create_table('inspection_progress',
    sa.Column('entry_id', _KEY, nullable=False),
    sa.Column('campaign_id', _KEY, nullable=False),
    sa.Column('snapshot_id', _KEY, nullable=False),
    sa.Column('stage', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_inspection_progress_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_inspection_progress_entry_id_entry')),
    sa.ForeignKeyConstraint(['snapshot_id'], ['snapshot.id'], name=op.f('fk_inspection_progress_snapshot_id_snapshot')),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_inspection_progress'))
    )
    op.create_index('ix_inspection_progress_campaign', 'inspection_progress', ['campaign_id', 'stage'])
    op.create_index(op.f('ix_inspection_progress_snapshot_id'), 'inspection_progress', ['snapshot_id'])
    for moment in ("UPDATE", "DELETE"):
        _fix_snapshots(moment)


def downgrade() -> None:
    for moment in ("UPDATE", "DELETE"):
        name = f"snapshot_is_fixed_{moment.lower()}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON snapshot")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("inspection_progress")
    op.drop_table("snapshot")
    op.drop_table("decision")
    op.drop_table("answer_return")
    op.drop_table("answer_change")
    op.drop_table("question")
    op.drop_table("entry")
    op.drop_table("due_extension")
    op.drop_table("procedure")
    op.drop_table("participation")
    op.drop_table("campaign_ministry")
    op.drop_table("answer_check")
    op.drop_table("campaign")


def _fix_snapshots(moment: str) -> None:
    name, message = f"snapshot_is_fixed_{moment.lower()}", "a snapshot cannot be changed"
    if op.get_bind().dialect.name != "postgresql":
        op.execute(f"CREATE TRIGGER {name} BEFORE {moment} ON snapshot BEGIN SELECT RAISE(ABORT, '{message}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {moment} ON snapshot FOR EACH ROW EXECUTE FUNCTION {name}()")
