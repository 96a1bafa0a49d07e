"""Forms of inspections' progress: the figures as of a date, and the conditions of the list."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.core.errors import Invalid
from portal.inspections.checking import LONGEST, Rejected
from portal.inspections.figures import COUNTS, Figures
from portal.inspections.states import LeakState, MislinkCause
from portal.web.fields import (
    CheckboxField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import FilterForm, PortalForm
from portal.web.locale import language

_RECORDS = _l("件")
LABELS = {
    "target": _l("対象件数"),
    "extracted": _l("抽出済"),
    "matched": _l("照合済"),
    "mismatched": _l("不一致"),
    "confirmed": _l("本人確認済"),
    "pending": _l("本人確認中"),
    "mislinks": _l("紐付け誤り"),
    "corrected": _l("修正済"),
}
CAUSES = {f"cause_{cause.value}": cause for cause in MislinkCause}
_FIRST_CAUSE = next(iter(CAUSES))
UNREPORTED = "unreported"


def _count(name: str) -> IntegerField:
    return IntegerField(LABELS[name], validators=[InputRequired()], unit=_RECORDS)


def _cause(cause: MislinkCause) -> IntegerField:
    return IntegerField(cause.label("ja"), unit=_RECORDS)


class SnapshotForm(PortalForm):
    """The figures of one body × procedure as of a date; what is left empty of causes and inquiries is none."""

    newest = HiddenField()
    corrects = HiddenField()
    as_of = DateField(_l("基準日"), validators=[InputRequired()], description=_l("いつの時点の件数かを入力します。"))
    target = _count("target")
    extracted = _count("extracted")
    matched = _count("matched")
    mismatched = _count("mismatched")
    confirmed = _count("confirmed")
    pending = _count("pending")
    mislinks = _count("mislinks")
    corrected = _count("corrected")
    cause_same_name = _cause(MislinkCause.SAME_NAME)
    cause_family = _cause(MislinkCause.FAMILY)
    cause_input = _cause(MislinkCause.INPUT)
    cause_lookup = _cause(MislinkCause.LOOKUP)
    cause_merge = _cause(MislinkCause.MERGE)
    cause_other = _cause(MislinkCause.OTHER)
    is_linkage_stopped = CheckboxField(_l("誤りのあった方の情報連携を停止している"))
    leak = RadioField(
        _l("情報漏えいの有無"),
        enum=LeakState,
        validators=[InputRequired()],
        default=LeakState.NONE,
        description=_l("調査中・漏えいありを選ぶと、本部と担当のリエゾンに直ちに知らせます。"),
    )
    inquiries = IntegerField(_l("住民からの問合せ"), unit=_RECORDS)
    prevention = TextAreaField(_l("再発防止策"), validators=[Length(max=LONGEST["prevention"])], rows=4)
    expected_on = DateField(_l("完了予定日"))
    delay_reason = TextAreaField(
        _l("遅れる理由"),
        validators=[Length(max=LONGEST["delay_reason"])],
        rows=3,
        description=_l("完了予定日が期限より後のときは、必ず入力してください。"),
    )
    published_on = DateField(_l("公表日"), description=_l("紐付け誤りがあったときは、公表して完了となります。"))
    published_url = TextField(_l("公表したページのURL"), validators=[Length(max=LONGEST["published_url"])])
    reason = TextAreaField(
        _l("理由"),
        validators=[Length(max=LONGEST["reason"])],
        rows=3,
        description=_l("前回より件数が減るとき、訂正のとき、団体に代わって登録するときは、必ず入力してください。"),
    )
    my_number_confirmed = CheckboxField(_l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました"))

    def fill(self, figures: Figures | None, *, everything: bool) -> None:
        """On a first look: what usually stays as it was, for a correction everything."""
        for name, cause in CAUSES.items():
            self[name].label.text = cause.label(language())
        if self.is_submitted() or figures is None:
            return
        for name in COUNTS if everything else ("target",):
            self[name].data = figures.count_of(name)
        if everything:
            self.inquiries.data = figures.inquiries
            for name, cause in CAUSES.items():
                self[name].data = figures.causes.get(cause.value, 0)
        for name in (
            "is_linkage_stopped", "leak", "prevention", "expected_on", "delay_reason", "published_on", "published_url",
        ):  # fmt: skip
            self[name].data = getattr(figures, name)

    def figures(self) -> Figures:
        """What the form says."""
        values: dict[str, Any] = {name: self[name].data or 0 for name in (*COUNTS, "inquiries")}
        values |= {name: self[name].data or "" for name in ("prevention", "delay_reason", "published_url")}
        return Figures(
            **values,
            causes={cause.value: self[name].data or 0 for name, cause in CAUSES.items()},
            is_linkage_stopped=bool(self.is_linkage_stopped.data),
            leak=self.leak.data or LeakState.NONE,
            expected_on=self.expected_on.data,
            published_on=self.published_on.data,
        )

    def lay(self, invalid: Invalid) -> None:
        """Every problem at its field; what is wrong with all causes at the first of them."""
        if not isinstance(invalid, Rejected):
            super().lay(invalid)
            return
        for problem in invalid.problems:
            field = _FIRST_CAUSE if problem.field == "causes" else problem.field
            super().lay(Invalid(problem.message, field=field, **problem.params))


class ProgressFilterForm(FilterForm):
    """The conditions of the list; the stage is chosen above it."""

    stage = HiddenField()
    prefecture = SelectField(_l("都道府県"), choices=[], blank=_l("すべて"), default="", validators=[Optional()])
    procedure = SelectField(
        _l("事務"), choices=[], coerce=int, blank=_l("すべて"), default=None, validators=[Optional()]
    )
    late = CheckboxField(_l("遅れているものだけ"))

    def offer(self, prefectures: list[tuple[str, str]], procedures: Sequence[tuple[int, str]]) -> None:
        """The choices; who sees one prefecture alone is not asked which."""
        self.procedure.choices = list(procedures)
        if prefectures:
            self.prefecture.choices = prefectures
        else:
            del self.prefecture


def sign_of(difference: int) -> str:
    """A difference as people read it: +12, −3, ±0."""
    if difference == 0:
        return "±0"
    return f"{'+' if difference > 0 else '−'}{abs(difference):,}"
