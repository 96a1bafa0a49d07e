"""From a browser's form to the store and back as a download."""

import io

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import Client

from portal.attachments.models import Attachment
from portal.attachments.storage import DirectoryStore
from portal.core.errors import NotFound
from portal.web.uploads import send_attachment, uploads_from
from tests.attachments.samples import PDF


class Field:
    """A form's file field."""

    def __init__(self, data):
        self.data = data


def test_chosen_files_become_uploads():
    one = FileStorage(io.BytesIO(b"1"), "a.pdf", content_type="application/pdf")
    two = FileStorage(io.BytesIO(b"2"), "b.txt")
    empty = FileStorage(io.BytesIO(b""), "")
    found = uploads_from(Field([one, empty, two]))
    assert [(upload.file_name, upload.stream.read()) for upload in found] == [("a.pdf", b"1"), ("b.txt", b"2")]
    assert found[0].declared_type == "application/pdf"
    assert len(uploads_from(Field(one))) == 1
    for nothing in (None, [], empty, "", [empty]):
        assert uploads_from(Field(nothing)) == []


@pytest.fixture
def store(tmp_path):
    """A store with one file."""
    return DirectoryStore(tmp_path)


def download(store, **fields):
    stored = store.put(io.BytesIO(PDF))
    values = {
        "file_name": "通知「第78号」.pdf",
        "media_type": "application/pdf",
        "size_bytes": stored.size,
        "storage_key": stored.key,
        **fields,
    }
    app = Flask(__name__)
    app.add_url_rule("/", "file", lambda: send_attachment(Attachment(id=1, **values), store))
    return Client(app).get("/")


def test_a_download_is_never_shown_in_the_portals_name(store):
    response = download(store)
    assert response.data == PDF
    headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment; ")
    encoded = "%E9%80%9A%E7%9F%A5%E3%80%8C%E7%AC%AC78%E5%8F%B7%E3%80%8D.pdf"
    assert f"filename*=UTF-8''{encoded}" in headers["Content-Disposition"]
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Length"] == str(len(PDF))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in headers


def test_no_name_injects_a_header(store):
    response = download(store, file_name='a"; filename=b.exe')
    assert response.headers["Content-Disposition"].count("filename=") <= 2
    assert response.headers["Content-Disposition"].startswith('attachment; filename="a\\"; filename=b.exe"')


def test_missing_bytes_are_not_found(store):
    with Flask(__name__).test_request_context(), pytest.raises(NotFound):
        send_attachment(Attachment(id=1, storage_key="0" * 32, file_name="a.pdf", media_type="application/pdf"), store)
