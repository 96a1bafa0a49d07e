"""What a rule decides about a body × procedure."""

from portal.core.enums import LabelledEnum


class Outcome(LabelledEnum):
    """Whether all individual data must be inspected 個別データ点検."""

    NOT_HANDLED = ("not_handled", "対象外（事務なし）", "Not handled")
    UNDETERMINED = ("undetermined", "判定不能（未回答）", "Undetermined")
    PRIOR = ("prior", "先行点検済", "Prior stream")
    REQUIRED = ("required", "要点検", "Inspection required")
    REVIEW = ("review", "要確認", "Needs review")
    EXEMPT = ("exempt", "点検不要", "Exempt")
    INDIVIDUAL = ("individual", "個別確認", "Individual check")


class Cause(LabelledEnum):
    """Why a decision was made (again)."""

    ANSWER = ("answer", "回答の変更", "Answer changed")
    RECALCULATION = ("recalculation", "判定基準の変更", "Rule changed")
    OVERRIDE = ("override", "個別の決定", "Override")
    RELEASE = ("release", "個別の決定の取消し", "Override lifted")


TO_INSPECT = frozenset({Outcome.REQUIRED, Outcome.INDIVIDUAL})
DECIDABLE = frozenset({Outcome.REQUIRED, Outcome.REVIEW, Outcome.EXEMPT, Outcome.INDIVIDUAL})  # by a person
