"""The formats that may be attached, and how each is told by its content."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
ARCHIVE_EXTENSIONS = frozenset(
    {"zip", "7z", "rar", "lzh", "lha", "gz", "tgz", "bz2", "xz", "zst", "tar", "cab", "jar", "iso", "arj", "z"}
)
_ARCHIVE_MAGIC = (
    ZIP_MAGIC,
    b"PK\x05\x06",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
    b"!<arch>",
)


@dataclass(frozen=True)
class Format:
    """One allowed format. ``matches`` looks at the beginning; ``folder`` is the part that an Office package must hold,
    ``stream`` the stream that an old Office file must hold."""

    media_type: str
    matches: Callable[[bytes], bool]
    folder: str = ""
    stream: bytes = b""
    is_text: bool = False

    @property
    def is_zip(self) -> bool:
        """Whether the content is a zip, to be looked into by the guard."""
        return self.matches(ZIP_MAGIC) and not self.is_text


def _starting(*magic: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magic)


def _package(kind: str, folder: str) -> Format:
    return Format(f"application/vnd.openxmlformats-officedocument.{kind}", _starting(ZIP_MAGIC), folder=folder)


def _old_office(media_type: str, stream: str) -> Format:
    return Format(media_type, _starting(_OLE), stream=stream.encode("utf-16-le"))


FORMATS: dict[str, Format] = {
    "pdf": Format("application/pdf", lambda head: b"%PDF-" in head[:1024]),
    "docx": _package("wordprocessingml.document", "word/"),
    "xlsx": _package("spreadsheetml.sheet", "xl/"),
    "pptx": _package("presentationml.presentation", "ppt/"),
    "doc": _old_office("application/msword", "WordDocument"),
    "xls": _old_office("application/vnd.ms-excel", "Workbook"),
    "ppt": _old_office("application/vnd.ms-powerpoint", "PowerPoint Document"),
    "csv": Format("text/csv", lambda head: b"\x00" not in head, is_text=True),
    "txt": Format("text/plain", lambda head: b"\x00" not in head, is_text=True),
    "png": Format("image/png", _starting(b"\x89PNG\r\n\x1a\n")),
    "jpg": Format("image/jpeg", _starting(b"\xff\xd8\xff")),
    "jpeg": Format("image/jpeg", _starting(b"\xff\xd8\xff")),
    "gif": Format("image/gif", _starting(b"GIF87a", b"GIF89a")),
    "zip": Format("application/zip", _starting(ZIP_MAGIC)),
}
ALLOWED_LABEL = "PDF, Word, Excel, PowerPoint, CSV, TXT, PNG, JPEG, GIF, ZIP"


def is_archive(head: bytes) -> bool:
    """Whether the content begins as an archive of any common kind."""
    return head.startswith(_ARCHIVE_MAGIC) or head[257:262] == b"ustar" or head[2:5] == b"-lh"


def holds(stream: BinaryIO, wanted: bytes) -> bool:
    """Whether the bytes occur anywhere in the stream."""
    stream.seek(0)
    tail = b""
    while chunk := stream.read(1024 * 1024):
        if wanted in tail + chunk:
            return True
        tail = chunk[-len(wanted) :]
    return False
