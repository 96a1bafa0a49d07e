"""add redactions: the one path by which an issued text changes, and only to what an approved redaction says

Revision ID: 0033
Revises: 0032
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_ISSUED = "('issued', 'superseded', 'abolished', 'recalled')"
_WORDS = (  # of these a redaction may take something out
    "title", "body", "contact", "required_action", "difference", "addressee_line", "sender_title",
    "concerned_sections", "short_due_reason",
)  # fmt: skip
_FIXED = (
    "kind", "sender_id", "origin_ministry_id", "document_number", "number_year", "nature", "legal_basis",
    "reply_due_on", "route", "edition", "predecessor_id", "issued_at", "issued_on",
)  # fmt: skip
_FILE = ("file_name", "media_type", "size_bytes", "sha256", "storage_key", "removed_at")
_OWNER = ("owner_kind", "owner_id")
_ASKED = (
    "target_kind", "target_id", "guidance_id", "issue_id", "cause", "reason", "tombstone", "asked_by_person_id",
    "asked_signature", "asked_at",
)  # fmt: skip


def upgrade() -> None:
    _create_tables()
    for name, table, moment, before, after, message in _changed_rules():
        _replace(name, table, moment, after or before, message)
    for name, table, moment, condition, message in _own_rules():
        _create(name, table, moment, condition, message)


def downgrade() -> None:
    for name, table, *_ in _own_rules():
        _drop(name, table)
    for name, table, moment, before, _, message in _changed_rules():
        _replace(name, table, moment, before, message)
    op.drop_table("redacted_field")
    op.drop_table("redaction")


def _create_tables() -> None:
    people = ("asked_by_person_id", "decided_by_person_id")
    op.create_table(
        "redaction",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("target_kind", sa.String(length=32), nullable=False),
        sa.Column("target_id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=True),
        sa.Column("issue_id", _KEY, nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tombstone", sa.String(length=100), nullable=False),
        sa.Column("asked_by_person_id", _KEY, nullable=False),
        sa.Column("asked_signature", sa.String(length=300), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("decided_by_person_id", _KEY, nullable=True),
        sa.Column("decided_signature", sa.String(length=300), nullable=False),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_redaction_guidance_id_guidance")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_redaction_issue_id_issue")),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_redaction_{column}_person"))
            for column in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
    )
    op.create_index("ix_redaction_listing", "redaction", ["state", "id"])
    op.create_index("ix_redaction_target", "redaction", ["target_kind", "target_id"])
    for column in ("guidance_id", "issue_id", *people):
        op.create_index(op.f(f"ix_redaction_{column}"), "redaction", [column])
    op.create_table(
        "redacted_field",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("redaction_id", _KEY, nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("redacted", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["redaction_id"], ["redaction.id"], name=op.f("fk_redacted_field_redaction_id_redaction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redacted_field")),
        sa.UniqueConstraint("redaction_id", "field", name=op.f("uq_redacted_field_redaction_id_field")),
    )


def _changed_rules() -> list[tuple[str, str, str, str, str, str]]:
    """(name, table, moment, when it was refused, when it is refused now, what is said)."""
    said, said_of_file = "issued guidance cannot be changed", "a file of issued guidance cannot be changed"
    of_correction, of_print = "an issued correction cannot be changed", "the printed copy of a paper cannot be changed"
    of_issued = "EXISTS (SELECT 1 FROM correction WHERE id = OLD.correction_id AND state = 'issued')"
    correction_kept = _changed(("guidance_id", "number", "state", "asks_receipt", "issued_at"))
    erratum_kept = _changed(("correction_id", "position"))
    owned = "({row}.owner_kind = 'correction' AND EXISTS (SELECT 1 FROM correction WHERE id = {row}.owner_id AND state = 'issued'))"
    files = f"({_changed((*_OWNER, *_FILE))})"
    moved, redacted_file = f"({_changed(_OWNER)})", _under_way("redaction.target_kind = 'file' AND redaction.target_id = OLD.id")
    of_paper = "OLD.owner_kind = 'guidance_pdf' OR NEW.owner_kind = 'guidance_pdf'"
    printed = _under_way("redaction.guidance_id = OLD.owner_id")
    paper_of_erratum = _under_way(
        "redaction.guidance_id = (SELECT correction.guidance_id FROM correction WHERE correction.id = OLD.correction_id)"
    )
    guidance_file = f"({_of_issued('OLD')} OR {_of_issued('NEW')})"
    correction_file = f"({owned.format(row='OLD')} OR {owned.format(row='NEW')})"
    return [
        (
            "guidance_is_fixed", "guidance", "UPDATE",
            f"OLD.state IN {_ISSUED} AND ({_text(redactable=False)})",
            f"OLD.state IN {_ISSUED} AND ({_text(redactable=True)})",
            said,
        ),
        (
            "correction_is_fixed", "correction", "UPDATE",
            f"OLD.state = 'issued' AND ({correction_kept} OR {_changed(('reason',))})",
            f"OLD.state = 'issued' AND ({correction_kept} OR ({_changed(('reason',))} AND NOT "
            f"{_under_way('redaction.guidance_id = OLD.guidance_id')}))",
            of_correction,
        ),
        (
            "erratum_is_fixed", "erratum", "UPDATE",
            of_issued,
            f"{of_issued} AND ({erratum_kept} OR NOT {paper_of_erratum})",
            of_correction,
        ),
        (
            "attachment_is_fixed", "attachment", "UPDATE",
            f"{files} AND {guidance_file}",
            f"{files} AND {guidance_file} AND ({moved} OR NOT {redacted_file})",
            said_of_file,
        ),
        (
            "correction_file_is_fixed", "attachment", "UPDATE",
            f"{files} AND {correction_file}",
            f"{files} AND {correction_file} AND ({moved} OR NOT {redacted_file})",
            of_correction,
        ),
        (
            "printed_copy_is_fixed", "attachment", "UPDATE",
            f"{files} AND ({of_paper})",
            f"{files} AND ({of_paper}) AND ({moved} OR NOT {printed})",
            of_print,
        ),
    ]  # fmt: skip


def _own_rules() -> list[tuple[str, str, str, str, str]]:
    """(name, table, moment, when it is refused, what is said): asked by one, approved by another, kept for good."""
    two = "(NEW.decided_by_person_id IS NULL OR NEW.decided_by_person_id = NEW.asked_by_person_id)"
    step = (
        "NOT ((OLD.state = 'asked' AND NEW.state IN ('asked', 'approved', 'refused')) "
        "OR (OLD.state = 'approved' AND NEW.state IN ('approved', 'done')))"
    )
    begun = "EXISTS (SELECT 1 FROM redaction WHERE id = {}.redaction_id AND state <> 'asked')"
    said = "a redaction is asked by one person, approved by another and kept"
    return [
        ("redaction_is_asked", "redaction", "INSERT", "NEW.state <> 'asked'", said),
        (
            "redaction_is_fixed",
            "redaction",
            "UPDATE",
            f"{_changed(_ASKED)} OR {step} OR (NEW.state <> 'asked' AND {two})",
            said,
        ),
        ("redaction_is_kept", "redaction", "DELETE", "1 = 1", said),
        ("redacted_field_is_fixed", "redacted_field", "UPDATE", "1 = 1", said),
        ("redacted_field_is_kept", "redacted_field", "DELETE", "1 = 1", said),
        ("redacted_field_is_not_added", "redacted_field", "INSERT", begun.format("NEW"), said),
    ]


def _text(*, redactable: bool) -> str:
    """What of an issued paper is fixed: everything that it says, its state's kind and how many bodies it went to."""
    as_text = "CAST({} AS text)"
    rule = _differs(as_text.format("NEW.addressees"), as_text.format("OLD.addressees"))
    counted = f"(OLD.recipient_count IS NOT NULL AND {_differs('NEW.recipient_count', 'OLD.recipient_count')})"
    words = [_word(column) if redactable else _differs(f"NEW.{column}", f"OLD.{column}") for column in _WORDS]
    return f"{_changed(_FIXED)} OR {' OR '.join(words)} OR {rule} OR {counted} OR NEW.state NOT IN {_ISSUED}"


def _word(column: str) -> str:
    """A word field may only become what an approved redaction of this paper says that it reads."""
    said = (
        "EXISTS (SELECT 1 FROM redaction JOIN redacted_field ON redacted_field.redaction_id = redaction.id "
        "WHERE redaction.target_kind = 'guidance' AND redaction.target_id = OLD.id AND redaction.state = 'approved' "
        f"AND redacted_field.field = '{column}' AND redacted_field.redacted = NEW.{column})"
    )
    return f"({_differs(f'NEW.{column}', f'OLD.{column}')} AND NOT {said})"


def _under_way(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM redaction WHERE redaction.state = 'approved' AND {condition})"


def _of_issued(row: str) -> str:
    return (
        f"({row}.owner_kind = 'guidance' AND EXISTS "
        f"(SELECT 1 FROM guidance WHERE id = {row}.owner_id AND state IN {_ISSUED}))"
    )


def _replace(name: str, table: str, moment: str, condition: str, message: str) -> None:
    _drop(name, table)
    _create(name, table, moment, condition, message)


def _create(name: str, table: str, moment: str, condition: str, message: str) -> None:
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


def _drop(name: str, table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    else:
        op.execute(f"DROP TRIGGER {name}")


def _changed(columns: Iterable[str]) -> str:
    return " OR ".join(_differs(f"NEW.{column}", f"OLD.{column}") for column in columns)


def _differs(one: str, other: str) -> str:
    if op.get_bind().dialect.name == "postgresql":
        return f"{one} IS DISTINCT FROM {other}"
    return f"{one} IS NOT {other}"
