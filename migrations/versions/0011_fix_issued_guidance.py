"""fix issued guidance: its text, its recipients and its files change by no path; plans and recalls of issues.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ISSUED = "('issued', 'superseded', 'abolished', 'recalled')"
_TEXT = (
    "kind", "sender_id", "sender_title", "origin_ministry_id", "document_number", "number_year", "nature",
    "legal_basis", "addressee_line", "title", "body", "contact", "concerned_sections", "required_action",
    "difference", "reply_due_on", "short_due_reason", "route", "edition", "predecessor_id", "issued_at", "issued_on",
)  # fmt: skip
_FILE = ("owner_kind", "owner_id", "file_name", "media_type", "size_bytes", "sha256", "storage_key", "removed_at")
_IDENTITY = ("guidance_id", "organisation_code", "organisation_name")


def upgrade() -> None:
    op.create_table(
        "issue_plan",
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("issue_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_ids", sa.JSON(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by_person_id", _KEY, nullable=False),
        sa.Column("planned_by_membership_id", _KEY, nullable=False),
        sa.Column("told_fingerprint", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_issue_plan_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["planned_by_person_id"], ["person.id"], name=op.f("fk_issue_plan_planned_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["planned_by_membership_id"],
            ["membership.id"],
            name=op.f("fk_issue_plan_planned_by_membership_id_membership"),
        ),
        sa.PrimaryKeyConstraint("guidance_id", name=op.f("pk_issue_plan")),
    )
    for column in ("issue_at", "planned_by_person_id", "planned_by_membership_id"):
        op.create_index(op.f(f"ix_issue_plan_{column}"), "issue_plan", [column])
    op.create_table(
        "recall",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recalled_by_person_id", _KEY, nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("uncertain", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_recall_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["recalled_by_person_id"], ["person.id"], name=op.f("fk_recall_recalled_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("guidance_id", name=op.f("uq_recall_guidance_id")),
    )
    op.create_index(op.f("ix_recall_recalled_by_person_id"), "recall", ["recalled_by_person_id"])
    for name, table, moment, condition, message in _rules():
        _create_trigger(name, table, moment, condition, message)


def downgrade() -> None:
    for name, table, *_ in _rules():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("recall")
    op.drop_table("issue_plan")


def _rules() -> list[tuple[str, str, str, str, str]]:
    """(name, table, moment, when it is refused, what is said)."""
    as_text = "CAST({} AS text)"
    rule = f"{_differs(as_text.format('NEW.addressees'), as_text.format('OLD.addressees'))}"
    counted = f"(OLD.recipient_count IS NOT NULL AND {_differs('NEW.recipient_count', 'OLD.recipient_count')})"
    text = f"{_changed(_TEXT)} OR {rule} OR {counted} OR NEW.state NOT IN {_ISSUED}"
    succeeds = (
        "EXISTS (SELECT 1 FROM organisation_succession WHERE predecessor_id = OLD.organisation_id "
        "AND successor_id = NEW.organisation_id)"
    )
    moved = _differs("NEW.organisation_id", "OLD.organisation_id")
    area = _differs("NEW.prefecture_code", "OLD.prefecture_code")
    elsewhere = f"(({moved} OR {area}) AND NOT {succeeds})"
    frozen = "EXISTS (SELECT 1 FROM guidance WHERE id = NEW.guidance_id AND recipient_count IS NOT NULL)"
    return [
        (
            "guidance_is_fixed",
            "guidance",
            "UPDATE",
            f"OLD.state IN {_ISSUED} AND ({text})",
            "issued guidance cannot be changed",
        ),
        (
            "guidance_is_kept",
            "guidance",
            "DELETE",
            f"OLD.state IN {_ISSUED}",
            "issued guidance cannot be deleted",
        ),
        (
            "recipient_is_fixed",
            "recipient",
            "UPDATE",
            f"{_changed(_IDENTITY)} OR {elsewhere}",
            "a recipient changes only by a merger",
        ),
        ("recipient_is_kept", "recipient", "DELETE", "1 = 1", "a recipient cannot be deleted"),
        ("recipient_is_frozen", "recipient", "INSERT", frozen, "recipients are frozen at the issue"),
        (
            "attachment_is_fixed",
            "attachment",
            "UPDATE",
            f"({_changed(_FILE)}) AND ({_of_issued('OLD')} OR {_of_issued('NEW')})",
            "a file of issued guidance cannot be changed",
        ),
        (
            "attachment_is_kept",
            "attachment",
            "DELETE",
            _of_issued("OLD"),
            "a file of issued guidance cannot be deleted",
        ),
        (
            "attachment_is_not_added",
            "attachment",
            "INSERT",
            _of_issued("NEW"),
            "a file cannot be added to issued guidance",
        ),
    ]


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


def _of_issued(row: str) -> str:
    return (
        f"({row}.owner_kind = 'guidance' AND EXISTS "
        f"(SELECT 1 FROM guidance WHERE id = {row}.owner_id AND state IN {_ISSUED}))"
    )


def _changed(columns: tuple[str, ...]) -> str:
    return " OR ".join(_differs(f"NEW.{column}", f"OLD.{column}") for column in columns)


def _differs(one: str, other: str) -> str:
    if op.get_bind().dialect.name == "postgresql":
        return f"{one} IS DISTINCT FROM {other}"
    return f"{one} IS NOT {other}"
