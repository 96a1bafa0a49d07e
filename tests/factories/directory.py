"""Files of people and populations; what the directory holds is made by the factories of people."""

import csv
import io

import xlsxwriter

PEOPLE_HEADINGS = [
    "団体コード",
    "団体名",
    "氏名",
    "フリガナ",
    "メールアドレス",
    "電話番号",
    "所属",
    "職名",
    "役割",
    "担当区分",
    "所属長",
]


def people_row(**cells: str) -> list[str]:
    """A row without faults, with these cells instead: ``people_row(氏名="山田 花子")``."""
    values = {
        "団体コード": "152226",
        "団体名": "上越市",
        "氏名": "山田 花子",
        "フリガナ": "やまだ はなこ",
        "メールアドレス": "hanako@city.joetsu.example",
        "電話番号": "025-000-0000",
        "所属": "",
        "職名": "係長",
        "役割": "団体担当者",
        "担当区分": "住民基本台帳・戸籍",
        "所属長": "",
        **cells,
    }
    return [values[heading] for heading in PEOPLE_HEADINGS]


def csv_file(*rows: list[str], headings: list[str] | None = None, encoding: str = "utf-8-sig") -> bytes:
    """The rows below their headings as a CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows([headings or PEOPLE_HEADINGS, *rows])
    return out.getvalue().encode(encoding)


def excel_file(*rows: list[object], headings: list[str] | None = None) -> bytes:
    """The same as an Excel file."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([headings or PEOPLE_HEADINGS, *rows]):
            sheet.write_row(number, 0, row)
    return out.getvalue()
