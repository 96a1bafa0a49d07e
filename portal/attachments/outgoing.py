"""ZIP archives of files and texts: names that every system takes, a hash list, and no file whole in memory."""

import codecs
import hashlib
import re
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import IO

from portal.attachments.models import Attachment
from portal.attachments.storage import current_store
from portal.core import clock
from portal.core.calendar import japan_datetime

HASHES = "SHA256SUMS.txt"
_SPOOLED = 4 * 1024 * 1024  # bytes kept in memory before the archive goes to a temporary file
_CHUNK = 1024 * 1024
_LONGEST = 120
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class Archive:
    """A ZIP under way. ``finish`` adds the hash list and gives the whole, to be read from its beginning."""

    def __init__(self) -> None:
        self._made_at = clock.now()
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(_SPOOLED)  # noqa: SIM115 - whoever sends it closes it
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        self._taken: set[str] = set()
        self.hashes: list[tuple[str, str]] = []

    def add_text(self, name: str, text: str, *, folder: str = "") -> str:
        """A text in UTF-8, with a mark that Windows needs unless it is JSON; the path under which it stands."""
        return self.add_bytes(name, _mark(name) + text.encode(), folder=folder)

    def add_bytes(self, name: str, content: bytes, *, folder: str = "") -> str:
        """What is in memory already; the path under which it stands."""
        path = self._path(folder, name)
        self._zip.writestr(_entry(path, self._made_at), content)
        self.hashes.append((path, hashlib.sha256(content).hexdigest()))
        return path

    def add_lines(self, name: str, lines: Iterable[str]) -> str:
        """A text that comes piece by piece, in UTF-8 as above; the path under which it stands."""
        path, digest = self._path("", name), hashlib.sha256()
        with self._zip.open(_entry(path, self._made_at), "w", force_zip64=True) as to:
            for piece in chain((_mark(name),), (line.encode() for line in lines)):
                digest.update(piece)
                to.write(piece)
        self.hashes.append((path, digest.hexdigest()))
        return path

    def add_file(self, attachment: Attachment, *, folder: str = "") -> str:
        """A stored file; the path under which it stands. Raises FileNotFoundError when its bytes are gone."""
        path = self._path(folder, attachment.file_name)
        digest, entry = hashlib.sha256(), _entry(path, attachment.uploaded_at)
        with current_store().open(attachment.storage_key) as source, self._zip.open(entry, "w", force_zip64=True) as to:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                to.write(chunk)
        self.hashes.append((path, digest.hexdigest()))
        return path

    def finish(self) -> IO[bytes]:
        """The archive with its hash list, as ``sha256sum --check`` reads it."""
        lines = "".join(f"{digest}  {path}\n" for path, digest in self.hashes)
        self._zip.writestr(_entry(HASHES, self._made_at), lines.encode())
        self._zip.close()
        self._file.seek(0)
        return self._file

    def _path(self, folder: str, name: str) -> str:
        stem, dot, ending = safe_name(name).rpartition(".")
        if not dot:
            stem, ending = ending, ""
        number, path = 1, ""
        while not path or path.casefold() in self._taken:
            counted = f"{stem} ({number})" if number > 1 else stem
            path = f"{folder}/{counted}{dot}{ending}" if folder else f"{counted}{dot}{ending}"
            number += 1
        self._taken.add(path.casefold())
        return path


def _entry(path: str, at: datetime) -> zipfile.ZipInfo:
    """The head of an entry: made texts bear the moment of the archive, files that of their upload, in Japan's time."""
    year, month, day, hour, minute, second, *_ = japan_datetime(at).timetuple()
    entry = zipfile.ZipInfo(path, (year, month, day, hour, minute, second))
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return entry


def safe_name(name: str) -> str:
    """The name without what Windows, macOS or a ZIP reader refuses; its ending stays."""
    cleaned = _UNSAFE.sub("＿", name).strip(" .") or "file"
    if _RESERVED.fullmatch(cleaned):
        cleaned = f"＿{cleaned}"
    stem, dot, ending = cleaned.rpartition(".")
    if not dot or len(ending) > 10:
        return cleaned[:_LONGEST]
    return f"{stem[: _LONGEST - len(ending)]}.{ending}"


def _mark(name: str) -> bytes:
    """The mark at the beginning of a text: JSON must have none (RFC 8259)."""
    return b"" if name.endswith(".json") else codecs.BOM_UTF8
