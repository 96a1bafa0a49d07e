"""add corrections of issued guidance, what a paper replaces, receipts that are asked for anew

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state IN ('draft', 'review')")
_FILE = ("owner_kind", "owner_id", "file_name", "media_type", "size_bytes", "sha256", "storage_key", "removed_at")


def upgrade() -> None:
    # plain ADD COLUMN: a table built anew would lose the triggers that fix issued papers
    for column in ("correction_count", "receipt_round"):
        op.add_column("guidance", sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("receipt") as batch:
        batch.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="0"))
        batch.drop_constraint("uq_receipt_recipient_id_section_name", type_="unique")
        batch.create_unique_constraint(
            "uq_receipt_recipient_id_section_name_round", ["recipient_id", "section_name", "round"]
        )
    op.create_table(
        "replacement",
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("replaced_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_replacement_guidance_id_guidance")),
        sa.ForeignKeyConstraint(["replaced_id"], ["guidance.id"], name=op.f("fk_replacement_replaced_id_guidance")),
        sa.PrimaryKeyConstraint("guidance_id", "replaced_id", name=op.f("pk_replacement")),
    )
    op.create_index(op.f("ix_replacement_replaced_id"), "replacement", ["replaced_id"])
    _create_corrections()
    for name, table, moment, condition, message in _rules():
        _create_trigger(name, table, moment, condition, message)


def downgrade() -> None:
    for name, table, *_ in _rules():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("erratum")
    op.drop_table("correction")
    op.drop_table("replacement")
    # of a section's several receipts the newest is kept
    op.execute(
        "DELETE FROM receipt WHERE EXISTS (SELECT 1 FROM receipt AS newer WHERE newer.recipient_id = "
        "receipt.recipient_id AND newer.section_name = receipt.section_name AND newer.round > receipt.round)"
    )
    with op.batch_alter_table("receipt") as batch:
        batch.drop_constraint("uq_receipt_recipient_id_section_name_round", type_="unique")
        batch.create_unique_constraint("uq_receipt_recipient_id_section_name", ["recipient_id", "section_name"])
        batch.drop_column("round")
    for column in ("receipt_round", "correction_count"):
        op.drop_column("guidance", column)


def _create_corrections() -> None:
    people = ("drafter_person_id", "editor_person_id", "approver_person_id")
    op.create_table(
        "correction",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asks_receipt", sa.Boolean(), nullable=False),
        sa.Column("drafter_person_id", _KEY, nullable=False),
        sa.Column("editor_person_id", _KEY, nullable=False),
        sa.Column("approver_person_id", _KEY, nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_correction_guidance_id_guidance")),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_correction_{column}_person"))
            for column in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("guidance_id", "number", name=op.f("uq_correction_guidance_id_number")),
    )
    op.create_index(
        "uq_correction_open", "correction", ["guidance_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    for column in people:
        op.create_index(op.f(f"ix_correction_{column}"), "correction", [column])
    op.create_table(
        "erratum",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("correction_id", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["correction_id"], ["correction.id"], name=op.f("fk_erratum_correction_id_correction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erratum")),
        sa.UniqueConstraint("correction_id", "position", name=op.f("uq_erratum_correction_id_position")),
    )


def _rules() -> list[tuple[str, str, str, str, str]]:
    """(name, table, moment, when it is refused, what is said): an issued correction changes no more than its paper."""
    fixed = _changed(("guidance_id", "number", "state", "reason", "asks_receipt", "issued_at"))
    of_issued = "EXISTS (SELECT 1 FROM correction WHERE id = {}.correction_id AND state = 'issued')"
    owned = (
        "({row}.owner_kind = 'correction' AND EXISTS "
        "(SELECT 1 FROM correction WHERE id = {row}.owner_id AND state = 'issued'))"
    )
    old_file, new_file = owned.format(row="OLD"), owned.format(row="NEW")
    said = "an issued correction cannot be changed"
    return [
        ("correction_is_fixed", "correction", "UPDATE", f"OLD.state = 'issued' AND ({fixed})", said),
        ("correction_is_kept", "correction", "DELETE", "OLD.state = 'issued'", said),
        ("erratum_is_fixed", "erratum", "UPDATE", of_issued.format("OLD"), said),
        ("erratum_is_kept", "erratum", "DELETE", of_issued.format("OLD"), said),
        ("erratum_is_not_added", "erratum", "INSERT", of_issued.format("NEW"), said),
        (
            "correction_file_is_fixed",
            "attachment",
            "UPDATE",
            f"({_changed(_FILE)}) AND ({old_file} OR {new_file})",
            said,
        ),
        ("correction_file_is_kept", "attachment", "DELETE", old_file, said),
        ("correction_file_is_not_added", "attachment", "INSERT", new_file, said),
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


def _changed(columns: tuple[str, ...]) -> str:
    differs = "IS DISTINCT FROM" if op.get_bind().dialect.name == "postgresql" else "IS NOT"
    return " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)
