"""What may be attached: each file is judged by its name, its size and its content before it is stored."""

import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from portal.attachments import archives, texts
from portal.attachments.archives import BROKEN, HAS_DTD, PROTECTED, Refused
from portal.attachments.file_names import clean_file_name, extension_of, shown_name
from portal.attachments.formats import (
    ALLOWED_LABEL,
    ARCHIVE_EXTENSIONS,
    ENCRYPTED_PACKAGE,
    FORMATS,
    Format,
    holds,
    is_archive,
)
from portal.core.errors import Invalid, NeedsConfirmation
from portal.core.i18n import N_
from portal.core.my_number import Finding, check_text, gravest, scan
from portal.core.packages import declares_document_type

MAX_FILES = 10
MAX_BYTES = 20 * 1024 * 1024
_LEFTOVERS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

_TOO_MANY = N_("一度に添付できるファイルは%(limit)s件までです。")
_TOO_LARGE = N_("「%(name)s」は大きすぎます。1ファイルの上限は%(limit)s MBです。")
_EMPTY = N_("「%(name)s」は空のファイルです。")
_FORBIDDEN = N_("「%(name)s」の形式は添付できません。添付できる形式は%(allowed)sです。")
_MACRO = N_("「%(name)s」にはマクロが含まれているため、添付できません。マクロのない形式で保存してください。")
_NESTED = N_("「%(name)s」の中に圧縮ファイルが含まれているため、添付できません。圧縮は一重にしてください。")
_INNER = N_("「%(name)s」の中の「%(inner)s」は添付できない形式です。添付できる形式は%(allowed)sです。")
_MY_NUMBER = N_(
    "「%(name)s」の中に、個人番号（マイナンバー）と思われる番号が含まれています。個人番号を含むファイルは添付できません。"
)
_MAYBE_MY_NUMBER = N_(
    "「%(name)s」の中に、個人番号（マイナンバー）と同じ形式の12桁の番号が含まれています。"
    "個人番号でないことを確かめたうえで、確認欄にチェックを入れてください。"
)


@dataclass(frozen=True)
class Upload:
    """A file that somebody sends: its raw name, its bytes from the start (seekable), and the type the browser named."""

    file_name: str
    stream: BinaryIO
    declared_type: str = ""


@dataclass(frozen=True)
class Inspected:
    """A file that may be stored."""

    file_name: str
    media_type: str
    size: int
    stream: BinaryIO


def inspect_uploads(uploads: Sequence[Upload], *, field: str, confirmed: bool) -> list[Inspected]:
    """Judge the files of one post. Raises Invalid for the first that may not be stored, naming it.

    Raises NeedsConfirmation, after every other check, when a name or a content may hold an individual number.
    """
    if len(uploads) > MAX_FILES:
        raise Invalid(_TOO_MANY, field=field, limit=MAX_FILES)
    accepted, doubt = [], None
    for upload in uploads:
        name = clean_file_name(upload.file_name)
        try:
            check_text(field, name, confirmed)
        except NeedsConfirmation as question:
            doubt = doubt or question
        inspected, finding = _inspect(upload, name, field)
        if finding is Finding.CONFIRM and not confirmed:
            doubt = doubt or NeedsConfirmation(_MAYBE_MY_NUMBER, field=field, name=shown_name(name))
        accepted.append(inspected)
    if doubt:
        raise doubt
    return accepted


def _inspect(upload: Upload, name: str, field: str) -> tuple[Inspected, Finding | None]:
    size = upload.stream.seek(0, os.SEEK_END)
    try:
        found = FORMATS.get(extension_of(name))
        if found is None:
            raise Refused(_FORBIDDEN, allowed=ALLOWED_LABEL)
        if not size:
            raise Refused(_EMPTY)
        if size > MAX_BYTES:
            raise Refused(_TOO_LARGE, limit=MAX_BYTES // 1024 // 1024)
        finding = _check_content(found, upload.stream)
        if finding is Finding.REFUSED:
            raise Refused(_MY_NUMBER)
    except Refused as refusal:
        raise Invalid(refusal.message, field=field, name=shown_name(name), **refusal.params) from refusal
    upload.stream.seek(0)
    return Inspected(name, found.media_type, size, upload.stream), finding


def _check_content(found: Format, stream: BinaryIO) -> Finding | None:
    """What the My Number check says of the content. Raises Refused when it is not what its extension says."""
    stream.seek(0)
    if not found.matches(stream.read(8192)):
        raise Refused(PROTECTED if found.folder and holds(stream, ENCRYPTED_PACKAGE) else BROKEN)
    if found.is_zip:
        with archives.open_guarded(stream) as archive:
            return _check_package(archive, found) if found.folder else _check_archive(archive)
    if found.stream and not holds(stream, found.stream):
        raise Refused(BROKEN)
    return _check_text_file(stream) if found.is_text else None


def _check_text_file(stream: BinaryIO) -> Finding | None:
    stream.seek(0)
    text = texts.decode_text(stream.read())
    if text is None:
        raise Refused(BROKEN)
    return texts.scan_plain(text)


def _check_package(archive: zipfile.ZipFile, found: Format) -> Finding | None:
    names = archive.namelist()
    if "[Content_Types].xml" not in names or not any(name.startswith(found.folder) for name in names):
        raise Refused(BROKEN)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(_MACRO)
    _refuse_document_types(archive)
    return texts.scan_package(archive)


def _refuse_document_types(archive: zipfile.ZipFile) -> None:
    try:
        is_hostile = declares_document_type(archive)
    except Exception as error:  # as in archives.read_chunks: a hostile zip can make the library raise nearly anything
        raise Refused(BROKEN) from error
    if is_hostile:
        raise Refused(HAS_DTD)


def _check_archive(archive: zipfile.ZipFile) -> Finding | None:
    """Every file in the zip must be one that could be attached by itself, and no archive."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_leftover(entry.filename)]
    if not entries:
        raise Refused(_EMPTY)
    return gravest(_check_entry(archive, entry) for entry in entries)


def _is_leftover(path: str) -> bool:
    """Whether a desktop put the entry there by itself."""
    name = path.rsplit("/", 1)[-1]
    return name in _LEFTOVERS or (path.startswith("__MACOSX/") and name.startswith("._"))


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Finding | None:
    path = archives.entry_name(entry).replace("\\", "/")
    if path.startswith("/") or ".." in path.split("/") or ":" in path:
        raise Refused(BROKEN)
    name = clean_file_name(path)
    extension = extension_of(name)
    found = FORMATS.get(extension)
    is_package = found is not None and found.is_zip and extension not in ARCHIVE_EXTENSIONS
    if extension in ARCHIVE_EXTENSIONS or (not is_package and is_archive(archives.read_entry(archive, entry, 512))):
        raise Refused(_NESTED)
    if found is None:
        raise Refused(_INNER, inner=shown_name(name), allowed=ALLOWED_LABEL)
    if entry.file_size > MAX_BYTES:
        raise Refused(archives.BOMB)
    in_name = scan(name)
    if not entry.file_size:
        return in_name
    return gravest([in_name, _check_content(found, io.BytesIO(archives.read_entry(archive, entry, MAX_BYTES)))])
