"""The proofs of campaigns that somebody asked for: how far each is, and the file while it is kept."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key
from portal.proof.states import ProofState

PROOF_KIND = "campaign_proof"  # the kind of the attachments that are such files


class CampaignProof(Base):
    """One request for the proof of a campaign, by one person, who alone may fetch it.

    ``digest`` is the SHA-256 of its hash list and stays when the file is removed. ``tries`` numbers the claims of
    workers: only the newest keeps its file.
    """

    __tablename__ = "campaign_proof"
    __table_args__ = (
        sa.Index("ix_campaign_proof_listing", "campaign_id", "id"),
        sa.Index("ix_campaign_proof_due", "state", "id"),
    )

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    state: orm.Mapped[ProofState] = orm.mapped_column(EnumColumn(ProofState), default=ProofState.ASKED)
    asked_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    asked_at: orm.Mapped[datetime]
    tries: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    tried_at: orm.Mapped[datetime | None]
    made_at: orm.Mapped[datetime | None]
    digest: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="", server_default="")
    error: orm.Mapped[str | None] = orm.mapped_column(sa.String(500))
    attachment_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("attachment.id"), index=True)
