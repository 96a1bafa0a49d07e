"""The words of reports: kinds, states, forms of files, tables."""

from portal.core.enums import LabelledEnum


class ReportKind(LabelledEnum):
    """What a report tells: how far an inspection is, or what came of it."""

    INTERIM = ("interim", "中間報告", "Interim report")
    FINAL = ("final", "最終報告", "Final report")


class ReportState(LabelledEnum):
    """draft → published by a second person; a published report never changes."""

    DRAFT = ("draft", "案", "Draft")
    PUBLISHED = ("published", "公表済", "Published")


class FileForm(LabelledEnum):
    """The files that are made of a report."""

    PDF = ("pdf", "PDF", "PDF")
    WORD = ("word", "Word", "Word")
    EXCEL = ("excel", "Excel", "Excel")
    OPEN_CSV = ("open_csv", "オープンデータ（CSV）", "Open data (CSV)")
    OPEN_EXCEL = ("open_excel", "オープンデータ（Excel）", "Open data (Excel)")


class Edition(LabelledEnum):
    """Whom a file is for: everybody (small counts left out), or the headquarters (nothing left out)."""

    PUBLIC = ("public", "公表版", "Published edition")
    INTERNAL = ("internal", "本部版（取扱注意）", "Headquarters' edition (confidential)")


class MakingState(LabelledEnum):
    """How far a file or a picture is."""

    WAITING = ("waiting", "作成待ち", "Waiting")
    MAKING = ("making", "作成中", "Being made")
    MADE = ("made", "作成済", "Made")
    FAILED = ("failed", "失敗", "Failed")


class Breakdown(LabelledEnum):
    """The published tables: each divides everything once."""

    PROCEDURE = ("procedure", "事務別", "By procedure")
    PREFECTURE = ("prefecture", "都道府県別", "By prefecture")
    KIND = ("kind", "団体の種別", "By kind of body")


class Family(LabelledEnum):
    """Figures that are shown or left out together, because one gives away the other."""

    TARGET = ("target", "対象件数", "Records to inspect")
    PENDING = ("pending", "確認済・確認中", "Confirmed and pending")
    MISLINKS = ("mislinks", "紐付け誤り", "Mislinks")
    CORRECTED = ("corrected", "修正済", "Corrected")
