"""Where the bytes of attachments are kept: a directory of this machine, behind an interface that others can fill.

A file is written before its row commits. When the row never comes, the file is an orphan for ``service.list_orphans``.
"""

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

_CHUNK = 256 * 1024
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class StoredFile:
    """What was written: a random key, the size in bytes and the SHA-256 in hex."""

    key: str
    size: int
    sha256: str


class FileStore(Protocol):
    """A place for files under random keys."""

    def put(self, stream: BinaryIO) -> StoredFile:
        """Write the rest of the stream durably, whole or not at all. Raises OSError when it cannot."""

    def open(self, key: str) -> BinaryIO:
        """The file to read from. Raises FileNotFoundError."""

    def delete(self, key: str) -> None:
        """Remove the file; a key without a file is no error."""

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Every key with the instant at which it was written."""


class DirectoryStore:
    """Files in a directory, each readable by the portal's user only."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def put(self, stream: BinaryIO) -> StoredFile:
        """Write to a temporary name, sync, then rename: a reader never sees half a file, nor does a power cut."""
        key = secrets.token_hex(16)
        final = self._path(key)
        final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = final.with_suffix(".part")
        try:
            size, digest = _write(partial, stream)
            partial.rename(final)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        _sync_directory(final.parent)
        return StoredFile(key, size, digest)

    def open(self, key: str) -> BinaryIO:
        """The file to read from. Raises FileNotFoundError."""
        return self._path(key).open("rb")

    def delete(self, key: str) -> None:
        """Remove the file; a key without a file is no error."""
        self._path(key).unlink(missing_ok=True)

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Every key with the instant at which it was written; what a killed upload left is among them."""
        for path in self.root.glob("??/*"):
            if _KEY.fullmatch(path.stem):
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key.removesuffix(".part")):
            raise FileNotFoundError(key)
        return self.root / key[:2] / key


def use_store(store: FileStore) -> None:
    """Keep files there from now on; called once when the application is put together."""
    _stores[:] = [store]


def current_store() -> FileStore:
    """The store in use."""
    if not _stores:
        raise RuntimeError("no file store: the application calls use_store() when it is put together")
    return _stores[0]


_stores: list[FileStore] = []


def _write(path: Path, stream: BinaryIO) -> tuple[int, str]:
    size, digest = 0, sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while chunk := stream.read(_CHUNK):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest()


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
