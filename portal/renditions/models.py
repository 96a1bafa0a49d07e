"""The PDF of each text of an issued paper: as it was issued, and once more with each correction."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn
from portal.renditions.states import RenditionState

PDF_KIND = "guidance_pdf"  # the kind of the attachments that are such files


class Rendition(Base):
    """Whether the PDF of a paper with its first ``correction_count`` corrections is made, and how often it was tried.

    The file itself is an attachment of the kind ``guidance_pdf``. ``tried_at`` is the newest claim of a worker.
    """

    __tablename__ = "rendition"

    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), primary_key=True)
    correction_count: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    state: orm.Mapped[RenditionState] = orm.mapped_column(EnumColumn(RenditionState))
    tries: orm.Mapped[int]
    tried_at: orm.Mapped[datetime]
    made_at: orm.Mapped[datetime | None]
    error: orm.Mapped[str | None] = orm.mapped_column(sa.String(500))
    attachment_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("attachment.id"), index=True)
