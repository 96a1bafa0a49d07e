"""The names of the sheets of a spreadsheet, for lists of what a paper brings along."""

import io

from python_calamine import CalamineError, CalamineWorkbook

from portal.attachments.models import Attachment
from portal.attachments.storage import current_store

LARGEST = 5_000_000  # bytes; a larger file is listed by its name alone
_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")


def list_sheets(attachment: Attachment) -> list[str]:
    """The sheets in their order; none for what is no spreadsheet, is larger than LARGEST or cannot be read."""
    if not attachment.file_name.casefold().endswith(_ENDINGS) or attachment.size_bytes > LARGEST:
        return []
    try:
        with current_store().open(attachment.storage_key) as stored:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(stored.read()))
    except (CalamineError, FileNotFoundError):
        return []
    return workbook.sheet_names
