"""The zip guard: what a zip says of itself is judged before any of it is unpacked."""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from portal.core.errors import DomainError
from portal.core.i18n import N_

MAX_ENTRIES = 500
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
_HARMLESS = 1024 * 1024  # below this much unpacked, a high ratio is a spreadsheet of blanks and no bomb
_MAX_DIRECTORY_RECORDS = 5000  # of all levels together; counted on the raw bytes, since a directory can lie

BOMB = N_("「%(name)s」は、展開すると極端に大きくなるか、中のファイルが多すぎるため、添付できません。")
BROKEN = N_(
    "「%(name)s」の内容が拡張子と一致しないか、ファイルが壊れています。元のアプリケーションで保存し直してください。"
)
HAS_DTD = N_("「%(name)s」には外部の定義を読み込む記述が含まれているため、受け付けられません。")
PROTECTED = N_("「%(name)s」はパスワードで保護されており、内容を確認できません。パスワードを外して添付してください。")


class Refused(DomainError):
    """A reason not to take the file; the inspection adds the names."""


def open_guarded(stream: BinaryIO) -> zipfile.ZipFile:
    """The zip, once its directory is known to be bearable. Raises Refused for bombs, broken and protected ones."""
    if _count_records(stream) > _MAX_DIRECTORY_RECORDS:
        raise Refused(BOMB)
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Refused(BROKEN) from error
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or _is_bomb(unpacked, packed):
        raise Refused(BOMB)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused(PROTECTED)
    if not all(_is_readable(entry) for entry in entries):
        raise Refused(BROKEN)
    return archive


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """At most ``limit`` bytes of the entry. Raises Refused when it is not what the directory says."""
    return b"".join(read_chunks(archive, entry, limit, size=limit))


def read_chunks(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int, size: int = 1024 * 1024
) -> Iterator[bytes]:
    """At most ``limit`` bytes of the entry, piece by piece. Raises Refused as ``read_entry`` does."""
    try:
        with archive.open(entry) as file:
            while limit > 0 and (chunk := file.read(min(size, limit))):
                limit -= len(chunk)
                yield chunk
    except Exception as error:  # zlib, struct, EOF: a hostile zip can make the library raise nearly anything
        raise Refused(BROKEN) from error


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The entry's name; Japanese systems wrote cp932 where the standard said cp437."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return entry.filename


def _is_readable(entry: zipfile.ZipInfo) -> bool:
    """Whether the entry has a name and is packed in a way that the guard can unpack."""
    return bool(entry.filename) and entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > _HARMLESS and unpacked > MAX_RATIO * max(packed, 1)


def _count_records(stream: BinaryIO) -> int:
    stream.seek(0)
    count, tail = 0, b""
    while chunk := stream.read(1024 * 1024):
        count += (tail + chunk).count(b"PK\x01\x02")
        tail = chunk[-3:]
    return count
