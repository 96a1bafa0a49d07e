"""The words of campaigns: kinds, states, questions, conditions."""

from portal.core.enums import LabelledEnum

WHOLE_CODE = "whole"  # of the procedure that stands for the body as a whole, where a survey asks about none


class CampaignKind(LabelledEnum):
    """What a campaign is for; an inspection decides by a rule and then asks for progress."""

    INSPECTION = ("inspection", "紐付け点検", "Linkage inspection")
    SURVEY = ("survey", "調査・照会", "Survey")


class CampaignState(LabelledEnum):
    """draft → review → published → closed; review → draft with a reason."""

    DRAFT = ("draft", "作成中", "Draft")
    REVIEW = ("review", "公開前の確認", "In review")
    PUBLISHED = ("published", "実施中", "Running")
    CLOSED = ("closed", "終了", "Closed")


OPENED_STATES = frozenset({CampaignState.PUBLISHED, CampaignState.CLOSED})


class QuestionKind(LabelledEnum):
    """What an answer looks like."""

    SINGLE = ("single", "一つ選ぶ", "Choose one")
    MULTIPLE = ("multiple", "いくつでも選ぶ", "Choose any")
    YES_NO = ("yes_no", "はい・いいえ", "Yes or no")
    NUMBER = ("number", "数", "Number")
    TEXT = ("text", "文章", "Text")
    DATE = ("date", "日付", "Date")
    TABLE = ("table", "表", "Table")
    FILE = ("file", "ファイル", "File")
    CALCULATED = ("calculated", "自動計算", "Calculated")


class Comparison(LabelledEnum):
    """How a condition compares the answer of another question."""

    IS = ("is", "が次と等しい", "is")
    IS_NOT = ("is_not", "が次と異なる", "is not")
    HAS = ("has", "に次を含む", "includes")
    HAS_NOT = ("has_not", "に次を含まない", "does not include")
    AT_LEAST = ("at_least", "が次以上", "is at least")
    FILLED = ("filled", "に回答がある", "is answered")


class Severity(LabelledEnum):
    """What a failed check does: an error stops the submission, a warning asks for a reason."""

    ERROR = ("error", "提出不可", "Error")
    WARNING = ("warning", "理由が必要", "Warning")


class EntryState(LabelledEnum):
    """Where one body stands with one procedure.

    blank → started → submitted → forwarded by the prefecture; submitted, forwarded → returned → submitted; pending
    says when the answer is to come.
    """

    BLANK = ("blank", "未着手", "Not started")
    STARTED = ("started", "入力中", "In progress")
    PENDING = ("pending", "回答保留", "Answer pending")
    SUBMITTED = ("submitted", "提出済", "Submitted")
    RETURNED = ("returned", "差戻し", "Returned")
    FORWARDED = ("forwarded", "取りまとめ済", "Forwarded")


ANSWERABLE = frozenset({EntryState.BLANK, EntryState.STARTED, EntryState.PENDING, EntryState.RETURNED})
ANSWERED = frozenset({EntryState.SUBMITTED, EntryState.FORWARDED})
READABLE = ANSWERED | {EntryState.RETURNED}  # what others than the body may read


DRILL_MARK = "【訓練】"


def titled(title: str, *, is_drill: bool) -> str:
    """A title that says of itself when it is a drill, wherever it is read."""
    return f"{DRILL_MARK}{title}" if is_drill and not title.startswith(DRILL_MARK) else title
