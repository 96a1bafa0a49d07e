"""Whether a workbook shows everything that it carries: what it hides is named, with where it stands."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from portal.attachments.archives import BROKEN, Refused, open_guarded, read_entry
from portal.attachments.formats import ARCHIVE_EXTENSIONS
from portal.core.my_number import scan
from portal.core.packages import xml_parts
from portal.workbooks.scanning import MOST_ROWS, TOO_LARGE, SheetScan, TooLarge, check_xml, column_name, scan_sheet
from portal.workbooks.states import Concealment

MOST_SHEETS = 200
_PARTS: tuple[tuple[re.Pattern[str], Concealment], ...] = (
    (re.compile(r"xl/pivot(Cache|Tables)/", re.IGNORECASE), Concealment.PIVOT_CACHE),
    (re.compile(r"xl/externalLinks/[^/]+\.xml$", re.IGNORECASE), Concealment.EXTERNAL_LINK),
    (re.compile(r"xl/(connections\.xml|queryTables/)", re.IGNORECASE), Concealment.CONNECTION),
    (re.compile(r"vbaProject\.bin|xl/(macrosheets|dialogsheets)/", re.IGNORECASE), Concealment.MACRO),
    (re.compile(r"xl/(embeddings|activeX|ctrlProps)/", re.IGNORECASE), Concealment.EMBEDDED),
)
_OUTSIDE = re.compile(r"\[[^\]]+\][^!]*!|https?:|\\\\|\|'")
_QUERY = tuple("DataMashup".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_LARGEST_LIST = 4 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Something that the workbook hides: the sheet and place, where there is one, or its name."""

    kind: Concealment
    sheet: str = ""
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Guarded:
    """What the guard saw: sheets in their order with their scans, those that can be seen alone; what is hidden."""

    sheets: list[tuple[str, SheetScan]]
    hidden: list[Hidden]


def guard(stream: BinaryIO) -> Guarded:
    """Look through a workbook before any of it is read.

    Raises Refused for what is no workbook, is a bomb, holds a document type, or is larger than any form.
    """
    with open_guarded(stream) as archive:
        names = archive.namelist()
        if len({name.casefold() for name in names}) != len(names) or "xl/workbook.xml" not in names:
            raise Refused(BROKEN)
        listed = list(_list_sheets(archive))
        scans = [(name, state, path, _scan(archive, name, path)) for name, state, path in listed]
        parsed = {path for _, _, path in listed}
        for part in xml_parts(archive):
            if part not in parsed:
                check_xml(archive, part)
        hidden = [*_in_parts(names), *_queries(archive), *_outside_names(archive)]
        for name, state, path, found in scans:
            hidden += [*_in_sheet(name, state, found), *_in_comments(archive, name, path)]
    return Guarded(sheets=[(name, found) for name, state, _, found in scans if state == "visible"], hidden=hidden)


def _list_sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str, str]]:
    """(name, state, part) of each sheet."""
    targets = {key: path for key, _, path in _relations(archive, "xl/workbook.xml")}
    sheets = [each for each in _tree(archive, "xl/workbook.xml").iter() if _local(each.tag) == "sheet"]
    if not sheets or len(sheets) > MOST_SHEETS:
        raise Refused(BROKEN)
    for sheet in sheets:
        key = next((value for name, value in sheet.attrib.items() if _local(name) == "id"), "")
        path = targets.get(key, "")
        if path not in archive.namelist():
            raise Refused(BROKEN)
        yield sheet.attrib.get("name", ""), sheet.attrib.get("state", "visible"), path


def _scan(archive: zipfile.ZipFile, name: str, path: str) -> SheetScan:
    try:
        return scan_sheet(archive, path)
    except TooLarge as error:
        raise Refused(TOO_LARGE, sheet=name, rows=f"{MOST_ROWS:,}") from error


def _in_parts(names: list[str]) -> Iterator[Hidden]:
    seen: set[Concealment] = set()
    for name in names:
        kind = next((kind for pattern, kind in _PARTS if pattern.search(name)), None)
        if kind is None and name.rpartition(".")[2].lower() in ARCHIVE_EXTENSIONS:
            kind = Concealment.EMBEDDED
        if kind is not None and kind not in seen:
            seen.add(kind)
            yield Hidden(kind=kind, where=name)


def _queries(archive: zipfile.ZipFile) -> Iterator[Hidden]:
    """Queries of outside data keep themselves among the parts that other programs may add."""
    for entry in archive.infolist():
        if not entry.filename.startswith("customXml/") or not entry.filename.endswith(".xml"):
            continue
        if any(mark in read_entry(archive, entry, _LARGEST_LIST) for mark in _QUERY):
            yield Hidden(kind=Concealment.CONNECTION, where=entry.filename)


def _outside_names(archive: zipfile.ZipFile) -> Iterator[Hidden]:
    for each in _tree(archive, "xl/workbook.xml").iter():
        if _local(each.tag) == "definedName" and _OUTSIDE.search(each.text or ""):
            yield Hidden(kind=Concealment.OUTSIDE_NAME, where=each.attrib.get("name", ""))


def _in_sheet(name: str, state: str, found: SheetScan) -> Iterator[Hidden]:
    if state != "visible":
        is_very = state.casefold() == "veryhidden"
        yield Hidden(kind=Concealment.VERY_HIDDEN_SHEET if is_very else Concealment.HIDDEN_SHEET, sheet=name)
    if found.hidden_rows or found.hides_rows_by_default:
        yield Hidden(kind=Concealment.HIDDEN_ROWS, sheet=name, where=_rows(found.hidden_rows))
    for first, last in found.hidden_columns:
        where = column_name(first) if first == last else f"{column_name(first)}:{column_name(last)}"
        yield Hidden(kind=Concealment.HIDDEN_COLUMNS, sheet=name, where=where)
    if found.embeds:
        yield Hidden(kind=Concealment.EMBEDDED, sheet=name)


def _rows(hidden: list[int]) -> str:
    """5, 8-12, …: the first runs of rows."""
    runs: list[list[int]] = []
    for row in sorted(hidden):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = [str(first + 1) if first == last else f"{first + 1}-{last + 1}" for first, last in runs[:5]]
    return "、".join(shown) + ("…" if len(runs) > 5 else "")


def _in_comments(archive: zipfile.ZipFile, name: str, path: str) -> Iterator[Hidden]:
    for _, kind, part in _relations(archive, path):
        if not kind.endswith(("/comments", "/threadedComment")) or part not in archive.namelist():
            continue
        for each in _tree(archive, part).iter():
            if _local(each.tag) in {"comment", "threadedComment"} and scan("".join(each.itertext())):
                yield Hidden(kind=Concealment.COMMENT, sheet=name, where=each.attrib.get("ref", ""))


def _relations(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """(id, type, part) of what the part refers to inside the workbook."""
    folder, base = posixpath.split(part)
    listing = f"{folder}/_rels/{base}.rels"
    if listing not in archive.namelist():
        return
    seen: set[str] = set()
    for each in _tree(archive, listing).iter():
        if _local(each.tag) != "Relationship" or each.attrib.get("TargetMode") == "External":
            continue
        key, target = each.attrib.get("Id", ""), each.attrib.get("Target", "")
        if key in seen:
            raise Refused(BROKEN)
        seen.add(key)
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        yield key, each.attrib.get("Type", ""), path


def _tree(archive: zipfile.ZipFile, part: str) -> Element:
    check_xml(archive, part)
    try:
        tree: Element = ElementTree.fromstring(read_entry(archive, archive.getinfo(part), _LARGEST_LIST))
    except ElementTree.ParseError as error:
        raise Refused(BROKEN) from error
    return tree


def _local(name: str) -> str:
    return name.rpartition("}")[2]
