"""Workbooks as people might send them: a form filled in cell by cell, and files that hide or break something."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from portal.workbooks.grids import Grid, open_file
from portal.workbooks.scanning import address


def grid_of(content: bytes, sheet: str) -> Grid:
    """One sheet of a form."""
    return next(grid for grid in open_file("form.xlsx", io.BytesIO(content)).grids if grid.name == sheet)


def place_of(content: bytes, sheet: str, key: str, body: str = "") -> str:
    """Where the answer of a question stands in a form: of one body beside its code, of many in the body's row."""
    rows = grid_of(content, sheet).rows
    if not body:
        row = next(at for at, line in enumerate(rows) if line[7] == key)
        return address(row, 4)
    column = next(line.index(key) for line in rows if key in line)
    row = next(at for at, line in enumerate(rows) if line[1] == body)
    return address(row, column)


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The workbook of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def declaring(content: bytes, part: str, definition: str) -> bytes:
    """The workbook with a document type at the beginning of a part."""
    parts = parts_of(content)
    head, _, rest = parts[part].decode().partition("?>")
    return packed({**parts, part: f"{head}?>{definition}{rest}".encode()})


def path_of(parts: Mapping[str, bytes], sheet: str) -> str:
    """The part of a sheet."""
    book = parts["xl/workbook.xml"].decode()
    key = re.search(rf'<sheet name="{re.escape(escape(sheet))}"[^>]*r:id="(\w+)"', book)
    assert key, sheet
    target = re.search(
        rf'<Relationship Id="{key[1]}"[^>]*Target="([^"]+)"', parts["xl/_rels/workbook.xml.rels"].decode()
    )
    assert target
    return f"xl/{target[1].lstrip('/').removeprefix('xl/')}"


def changed(content: bytes, sheet: str, change: Callable[[str], str]) -> bytes:
    """The workbook with the XML of a sheet changed."""
    parts = parts_of(content)
    path = path_of(parts, sheet)
    before = parts[path].decode()
    after = change(before)
    assert after != before, "nothing changed"
    parts[path] = after.encode()
    return packed(parts)


def with_parts(content: bytes, **parts: bytes) -> bytes:
    """The workbook with further parts, their names with __ for / and _dot_ for a point."""
    return packed(
        {**parts_of(content), **{name.replace("__", "/").replace("_dot_", "."): it for name, it in parts.items()}}
    )


def filled(content: bytes, sheet: str, cells: Mapping[str, Any]) -> bytes:
    """The form with these values typed into cells, as a spreadsheet would save them."""

    def change(xml: str) -> str:
        for cell, value in cells.items():
            found = re.search(rf'<c r="{cell}"( s="\d+")?[^>]*?(/>|>.*?</c>)', xml)
            assert found, f"{sheet}!{cell}"
            xml = xml[: found.start()] + _cell(cell, found[1] or "", value) + xml[found.end() :]
        return xml

    return changed(content, sheet, change)


def _cell(cell: str, style: str, value: Any) -> str:
    if value is None:
        return f'<c r="{cell}"{style}/>'
    if isinstance(value, bool):
        return f'<c r="{cell}"{style} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{cell}"{style}><v>{value}</v></c>'
    if value.startswith("="):
        return f'<c r="{cell}"{style}><f>{escape(value[1:])}</f><v>1</v></c>'
    return f'<c r="{cell}"{style} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
