"""create search index.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The pairs of neighbouring characters of a text and its tags, one a line. PL/pgSQL, so that its cost is believed.
_GRAMS = r"""
    CREATE FUNCTION search_grams(content text, tags text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 20000 AS $$
    BEGIN
        RETURN pg_catalog.string_to_array(
            tags || E'\n' || pg_catalog.regexp_replace(content, '(..)', E'\\1\n', 'g')
            || E'\n' || pg_catalog.regexp_replace(pg_catalog.substr(content, 2), '(..)', E'\\1\n', 'g'), E'\n');
    END $$"""


def upgrade() -> None:
    op.create_table(
        "search_document",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", _KEY, nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("part_id", _KEY, nullable=False),
        sa.Column("bound_id", _KEY, nullable=True),
        sa.Column("headline_length", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint(
            "kind", "subject_id", "part", "part_id", name=op.f("uq_search_document_kind_subject_id_part_part_id")
        ),
    )
    op.create_index("ix_search_document_newest", "search_document", ["kind", "id"])
    op.create_table(
        "search_pending",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", _KEY, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_search_pending")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_GRAMS)
        op.execute(
            "CREATE INDEX ix_search_document_grams ON search_document USING gin (search_grams(text, tags)) "
            "WITH (fastupdate = off)"
        )
    else:
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5 "
            "(grams, content='', columnsize=0, detail=none, tokenize='ascii')"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_search_document_grams")
        op.execute("DROP FUNCTION search_grams(text, text)")
    else:
        op.execute("DROP TABLE search_index")
    op.drop_table("search_pending")
    op.drop_index("ix_search_document_newest", "search_document")
    op.drop_table("search_document")
