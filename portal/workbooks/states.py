"""The words of workbooks: what a form asks for, where an upload stands, what a file may hide."""

from portal.core.enums import LabelledEnum


class FormKind(LabelledEnum):
    """What a form asks for."""

    ANSWERS = ("answers", "回答", "Answers")
    PROGRESS = ("progress", "点検の進捗", "Inspection progress")


class UploadState(LabelledEnum):
    """waiting → stored; what hides something is refused, with what could be read kept for a clean copy."""

    WAITING = ("waiting", "確認待ち", "Waiting for confirmation")
    REFUSED = ("refused", "受付不可", "Refused")
    STORED = ("stored", "登録済", "Stored")


class Concealment(LabelledEnum):
    """What a workbook may carry along unseen."""

    HIDDEN_SHEET = ("hidden_sheet", "非表示のシート", "Hidden sheet")
    VERY_HIDDEN_SHEET = ("very_hidden_sheet", "再表示できない設定のシート", "Sheet that cannot be unhidden")
    HIDDEN_ROWS = ("hidden_rows", "非表示の行", "Hidden rows")
    HIDDEN_COLUMNS = ("hidden_columns", "非表示の列", "Hidden columns")
    PIVOT_CACHE = ("pivot_cache", "ピボットテーブル（元データの控え）", "Pivot table (cached data)")
    EXTERNAL_LINK = ("external_link", "ほかのファイルへのリンク", "Link to another file")
    CONNECTION = ("connection", "外部データへの接続", "Connection to outside data")
    MACRO = ("macro", "マクロ", "Macro")
    EMBEDDED = ("embedded", "埋め込まれたファイル・部品", "Embedded object")
    OUTSIDE_NAME = ("outside_name", "ほかのファイルを指す名前の定義", "Defined name that points outside")
    COMMENT = ("comment", "個人番号と思われる番号を含むコメント", "Comment with what may be an individual number")
