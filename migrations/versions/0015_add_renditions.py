"""add the PDF of each text of an issued paper

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FILE = ("owner_kind", "owner_id", "file_name", "media_type", "size_bytes", "sha256", "storage_key", "removed_at")


def upgrade() -> None:
    op.create_table(
        "rendition",
        sa.Column("guidance_id", _KEY, nullable=False),
        sa.Column("correction_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("attachment_id", _KEY, nullable=True),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"], name=op.f("fk_rendition_guidance_id_guidance")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_rendition_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("guidance_id", "correction_count", name=op.f("pk_rendition")),
    )
    op.create_index(op.f("ix_rendition_attachment_id"), "rendition", ["attachment_id"])
    for name, moment, condition in _rules():
        _create_trigger(name, moment, condition)


def downgrade() -> None:
    for name, *_ in _rules():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON attachment")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("rendition")
    op.execute("UPDATE attachment SET removed_at = uploaded_at WHERE owner_kind = 'guidance_pdf'")


def _rules() -> list[tuple[str, str, str]]:
    """(name, moment, when it is refused): a printed copy stays as it was made."""
    differs = "IS DISTINCT FROM" if op.get_bind().dialect.name == "postgresql" else "IS NOT"
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in _FILE)
    return [
        (
            "printed_copy_is_fixed",
            "UPDATE",
            f"({changed}) AND (OLD.owner_kind = 'guidance_pdf' OR NEW.owner_kind = 'guidance_pdf')",
        ),
        ("printed_copy_is_kept", "DELETE", "OLD.owner_kind = 'guidance_pdf'"),
    ]


def _create_trigger(name: str, moment: str, condition: str) -> None:
    message = "the printed copy of a paper cannot be changed"
    if op.get_bind().dialect.name != "postgresql":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON attachment WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    kept = "OLD" if moment == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
        f"RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END IF; RETURN {kept}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {moment} ON attachment FOR EACH ROW EXECUTE FUNCTION {name}()")
