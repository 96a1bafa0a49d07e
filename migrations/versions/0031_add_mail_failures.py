"""add which mails did not reach their readers, by address; what failed so far is taken over

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PLACES = (("person_id", "person"), ("delivery_id", "delivery"), ("digest_id", "digest"))
_TAKEN_OVER = """
INSERT INTO mail_failure (person_id, address, source, delivery_id, status, said, occurred_at)
SELECT delivery.person_id, person.email, 'refused', delivery.id, '', substr(coalesce(delivery.error, ''), 1, 500),
       coalesce(delivery.claimed_at, delivery.created_at)
FROM delivery JOIN person ON person.id = delivery.person_id
WHERE delivery.state = 'failed'
ORDER BY delivery.id
"""


def upgrade() -> None:
    op.create_table(
        "mail_failure",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("delivery_id", _KEY, nullable=True),
        sa.Column("digest_id", _KEY, nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_mail_failure_{column}_{table}"))
            for column, table in _PLACES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_failure")),
        sa.UniqueConstraint("delivery_id", "source", name=op.f("uq_mail_failure_delivery_id_source")),
        sa.UniqueConstraint("digest_id", "source", name=op.f("uq_mail_failure_digest_id_source")),
    )
    op.create_index("ix_mail_failure_person", "mail_failure", ["person_id", "id"])
    op.create_index("ix_mail_failure_occurred_at", "mail_failure", ["occurred_at", "id"])
    op.execute(_TAKEN_OVER)


def downgrade() -> None:
    op.drop_table("mail_failure")
