"""add reports of campaigns, which are fixed once published, their texts, files and pictures

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FILE = ("owner_kind", "owner_id", "file_name", "media_type", "size_bytes", "sha256", "storage_key", "removed_at")


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("campaign_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("previous_on", sa.Date(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("next_steps", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("corrects_id", _KEY, nullable=True),
        sa.Column("correction_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("author_person_id", _KEY, nullable=False),
        sa.Column("editor_person_id", _KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_person_id", _KEY, nullable=True),
        sa.Column("published_signature", sa.String(length=300), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_report_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["corrects_id"], ["report.id"], name=op.f("fk_report_corrects_id_report")),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_report_{column}_person"))
            for column in ("author_person_id", "editor_person_id", "published_by_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_report_campaign_id_number")),
    )
    for column in ("corrects_id", "author_person_id", "editor_person_id", "published_by_person_id"):
        op.create_index(op.f(f"ix_report_{column}"), "report", [column])
    op.create_index("ix_report_listing", "report", ["campaign_id", "state", "id"])
    op.create_table(
        "report_text",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("report_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("next_steps", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_text_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_text")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_report_text_report_id_number")),
    )
    op.create_table(
        "report_file",
        sa.Column("report_id", _KEY, nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("attachment_id", _KEY, nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_file_report_id_report")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_report_file_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("report_id", "form", "edition", name=op.f("pk_report_file")),
    )
    op.create_index(op.f("ix_report_file_attachment_id"), "report_file", ["attachment_id"])
    op.create_table(
        "chart",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("specification", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("svg", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_chart")),
    )
    for name, table, moment, condition, message in _rules():
        _create_trigger(name, table, moment, condition, message)


def downgrade() -> None:
    for name, table, *_ in _rules():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("chart")
    op.drop_table("report_file")
    op.drop_table("report_text")
    op.drop_table("report")
    op.execute("UPDATE attachment SET removed_at = uploaded_at WHERE owner_kind = 'report_file'")


def _rules() -> list[tuple[str, str, str, str, str]]:
    """(name, table, moment, when it is refused, what is said)."""
    fixed, kept = "a published report cannot be changed", "a published report cannot be deleted"
    changed = " OR ".join(_differs(f"NEW.{column}", f"OLD.{column}") for column in _FILE)
    return [
        ("report_is_fixed", "report", "UPDATE", "OLD.state = 'published'", fixed),
        ("report_is_kept", "report", "DELETE", "OLD.state = 'published'", kept),
        ("report_text_is_fixed", "report_text", "UPDATE", "1 = 1", "a text of a report cannot be changed"),
        ("report_text_is_kept", "report_text", "DELETE", _is_published("OLD.report_id"), kept),
        ("report_text_is_not_added", "report_text", "INSERT", _is_published("NEW.report_id"), fixed),
        ("report_copy_is_fixed", "attachment", "UPDATE", f"({changed}) AND ({_is_copy('OLD')})", fixed),
        ("report_copy_is_kept", "attachment", "DELETE", _is_copy("OLD"), kept),
    ]


def _is_published(report_id: str) -> str:
    return f"EXISTS (SELECT 1 FROM report WHERE id = {report_id} AND state = 'published')"


def _is_copy(row: str) -> str:
    """Of the files of a published report those that were made since; what was made of its draft may be replaced."""
    return (
        f"{row}.owner_kind = 'report_file' AND EXISTS (SELECT 1 FROM report WHERE id = {row}.owner_id "
        f"AND state = 'published' AND published_at <= {row}.uploaded_at)"
    )


def _create_trigger(name: str, table: str, moment: str, condition: str, message: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    kept = "OLD" if moment == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
        f"RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END IF; RETURN {kept}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _differs(one: str, other: str) -> str:
    if op.get_bind().dialect.name == "postgresql":
        return f"{one} IS DISTINCT FROM {other}"
    return f"{one} IS NOT {other}"
