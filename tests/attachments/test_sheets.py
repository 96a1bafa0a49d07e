"""The sheets of a spreadsheet are named; what cannot be read is listed without."""

import io

import pytest

from portal.attachments.inspection import Upload
from portal.attachments.service import store_attachments
from portal.attachments.sheets import list_sheets
from portal.attachments.storage import current_store
from tests.attachments.samples import workbook
from tests.factories.guidance import make_draft, make_drafter
from tests.factories.people import actor_of


@pytest.mark.parametrize(
    ("name", "content", "sheets"),
    [("様式.xlsx", workbook("様式1", "記載例"), ["様式1", "記載例"]), ("様式.csv", b"a,b\n", [])],
)
def test_sheets_in_their_order(arrange, name, content, sheets):
    with arrange():
        drafter = actor_of(make_drafter())
        upload = Upload(name, io.BytesIO(content), "application/octet-stream")
        (stored,) = store_attachments(drafter, "guidance", make_draft(drafter).id, [upload])
        assert list_sheets(stored) == sheets
        current_store().delete(stored.storage_key)
        assert list_sheets(stored) == []
