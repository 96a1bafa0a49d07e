"""A report as a Word document, built from the same tables as its page, and its pictures, drawn in a process apart."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from portal.campaigns.models import Campaign
from portal.reporting.layout import JAPANESE, Shown, Table
from portal.reporting.marking import Facts
from portal.reporting.models import Report
from portal.reporting.presenting import summary_of, tables_of

_GOTHIC, _MINCHO = "游ゴシック", "游明朝"
_PICTURES = {"procedure_stages": "stages", "causes": "causes"}
_WIDTH = 15  # cm of a picture
_LINE = 16.6  # cm between the margins
_NAME, _FIGURE, _DAY = 4.6, 1.9, 3.6  # cm of a column: at least of names, at most of figures, of dates
_TEXTS = (("はじめに", "intro"), ("結果と評価", "findings"), ("今後の対応", "next_steps"))


def draw_svg(specification: dict[str, Any]) -> str:
    """A Vega-Lite picture as SVG; for a process of its own."""
    import vl_convert  # noqa: PLC0415 - 100 MB, which only that process needs

    return str(vl_convert.vegalite_to_svg(specification))


def draw_png(specification: dict[str, Any]) -> bytes:
    """The same as PNG, sharp in print."""
    import vl_convert  # noqa: PLC0415

    return bytes(vl_convert.vegalite_to_png(specification, scale=2))


def write_word(
    report: Report,
    campaign: Campaign,
    facts: Facts,
    heads: Sequence[tuple[str, str]],
    pictures: Mapping[str, io.BytesIO],
) -> bytes:
    """The document; ``heads`` are its title lines, ``pictures`` PNG images by name."""
    from docx import Document  # noqa: PLC0415 - only the worker needs it

    document = Document()
    _set_up(document, report, campaign)
    _write_front(document, heads)
    _write_text(document, *_text(report, 0))
    if facts["is_inspection"]:
        document.add_heading("概要", 1)
        rows = [(name, [shown]) for name, shown in summary_of(facts, report.kind, JAPANESE)]
        _fill(document, ["項目", "数"], rows, [8.0, 3.2])
    _write_text(document, *_text(report, 1))
    _write_text(document, *_text(report, 2))
    document.add_heading("集計", 1)
    for table in tables_of(facts, report.kind, JAPANESE):
        _write_table(document, table, pictures)
    document.add_paragraph(
        "照合率・確認率は小数第2位以下を切り捨て、誤りの割合は小数第3位を四捨五入しています。"
        "＊は、少数のため非公表としたもの（本部版では、公表版で非公表となるもの）です。"
    )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _text(report: Report, number: int) -> tuple[str, str]:
    heading, name = _TEXTS[number]
    return heading, getattr(report, name)


def _set_up(document: Any, report: Report, campaign: Campaign) -> None:
    """A4, Japanese fonts, page numbers, and what the file says of itself."""
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Cm, Pt, RGBColor  # noqa: PLC0415

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        font = _MINCHO if name == "Normal" else _GOTHIC
        style.font.name, style.font.color.rgb = font, RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:eastAsia", "w:ascii", "w:hAnsi"):
            fonts.set(qn(kind), font)
        for kind in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Title"].font.size = Pt(16)
    for said in document.styles.element.iter(qn("w:lang")):
        for kind in ("w:val", "w:eastAsia"):
            said.set(qn(kind), "ja-JP")
    _number_pages(section, report.title)
    properties = document.core_properties
    properties.title, properties.language, properties.comments = report.title, "ja-JP", ""
    properties.author = properties.last_modified_by = campaign.office.name
    properties.created = properties.modified = report.published_at or report.counted_at


def _number_pages(section: Any, title: str) -> None:
    """The title and the number of the page at the foot of each."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(f"{title}　").font.size = Pt(8)
    for name, between in (("PAGE", "／"), ("NUMPAGES", "")):
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        foot._p.append(field)
        run = foot.add_run("1")
        run.font.size = Pt(8)
        field.append(run._r)
        foot.add_run(between).font.size = Pt(8)


def _write_front(document: Any, heads: Sequence[tuple[str, str]]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415

    said = dict(heads)
    for name in ("年月日", "作成"):
        document.add_paragraph(said[name]).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_heading(said["表題"], 0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in (f"基準日：{said['基準日']}　{said['版']}", said.get("訂正")):
        if line:
            document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _write_text(document: Any, heading: str, text: str) -> None:
    """Markdown as plain paragraphs and lists: what stands between the marks is what is read."""
    if not text:
        return
    document.add_heading(heading, 1)
    for line in text.splitlines():
        plain = line.strip().replace("**", "")
        if plain.startswith("#"):
            document.add_heading(plain.lstrip("# "), 2)
        elif plain[:2] in {"- ", "* "}:
            document.add_paragraph(plain[2:], style="List Bullet")
        elif plain:
            document.add_paragraph(plain)


def _write_table(document: Any, table: Table, pictures: Mapping[str, io.BytesIO]) -> None:
    from docx.shared import Cm  # noqa: PLC0415

    document.add_heading(table.title, 2)
    picture = pictures.get(_PICTURES.get(table.name, ""))
    if picture is not None:
        picture.seek(0)
        shape = document.add_picture(picture, width=Cm(_WIDTH))
        shape._inline.docPr.set("descr", f"{table.title}の棒グラフ。数字は下の表のとおり。")
    rows = [(line.name, line.cells) for line in table.lines]
    _fill(document, [table.first, *table.columns], rows, _widths(table.measures))


def _widths(measures: Sequence[str]) -> list[float]:
    """Of each column in cm: figures take what they need, the address of a page or else the name takes the rest."""
    if "url" in measures:
        known = [_DAY if measure == "published_on" else _FIGURE for measure in measures if measure != "url"]
        name = 2.8
        return [name, *known, _LINE - name - sum(known)]
    figures = min(_FIGURE, (_LINE - _NAME) / len(measures)) if len(measures) > 3 else 2.6
    return [_LINE - figures * len(measures), *(figures for _ in measures)]


def _fill(
    document: Any, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[Shown]]], widths: Sequence[float]
) -> None:
    table = document.add_table(rows=1 + len(rows), cols=len(columns))
    table.style = "Table Grid"
    cells = table._cells  # looked up once: asking row by row takes the square of the time
    _lay_out(table, cells, widths)
    figures = {number for _, shown in rows for number, cell in enumerate(shown, start=1) if _is_figure(cell)}
    for number, text in enumerate(columns):
        _say(cells[number], text, is_bold=True, is_right=number in figures)
    for row, (name, shown) in enumerate(rows, start=1):
        start = row * len(columns)
        _say(cells[start], name)
        for number, cell in enumerate(shown, start=1):
            marked = cell.is_hidden and cell.number is not None
            _say(cells[start + number], f"{cell.text}＊" if marked else cell.text, is_right=_is_figure(cell))


def _lay_out(table: Any, cells: Sequence[Any], widths: Sequence[float]) -> None:
    """Columns as wide as given, the head repeated on each page, no row divided between two."""
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.shared import Cm  # noqa: PLC0415

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column._gridCol.w = Cm(width)
    for number, cell in enumerate(cells):
        cell.width = Cm(widths[number % len(widths)])
    for number, row in enumerate(table._tbl.tr_lst):
        properties = row.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))


def _is_figure(cell: Shown) -> bool:
    """A number, or the mark in the place of one."""
    return cell.number is not None or cell.is_hidden


def _say(cell: Any, text: str, *, is_bold: bool = False, is_right: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(9), is_bold
    if is_right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
