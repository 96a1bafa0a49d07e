"""Forms of issues."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation

from portal.attachments.formats import FORMATS
from portal.attachments.inspection import MAX_BYTES
from portal.issues.states import IssueKind, Leak, Urgency
from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SearchField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import FilterForm, PortalForm

CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
LONGEST = 20_000
ACCEPT = tuple(f".{ending}" for ending in FORMATS)
_REQUIRED = "This field is required."  # the library's words, which each kind of field says in its own
SUBMIT = "submit"


def is_submission() -> bool:
    """Whether the button that submits was pressed, and not the one that saves the draft."""
    return request.form.get("action") == SUBMIT


def is_question() -> bool:
    """Whether the button that looks for published answers was pressed: nothing is to be saved."""
    return request.form.get("action") == "find_answers"


class NeededToSubmit:
    """Mandatory on submission; a draft may be saved without it."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the instance

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse an empty field when the form is being submitted."""
        if field.data in (None, ""):
            raise StopValidation(field.gettext(_REQUIRED) if is_submission() else "")


class IssueForm(PortalForm):
    """Everything that a submitter writes; a draft may lack any of it."""

    version = HiddenField()
    draft_id = HiddenField()
    question = HiddenField()
    guidance = HiddenField()
    paragraph = HiddenField()
    file = HiddenField()
    place = HiddenField()
    body_code = TextField(
        _l("聴取した団体の団体コード"),
        validators=[Length(max=32)],
        width="medium",
        inputmode="numeric",
        description=_l("6桁の団体コード。例：152226（上越市）"),
    )
    kind = RadioField(
        _l("種類"),
        choices=[],
        coerce=IssueKind,
        validators=[InputRequired()],
        hints={
            "problem": _l("困っていること、うまくいかないこと"),
            "question": _l("制度や事務の取扱いについて確認したいこと"),
            "request": _l("制度の改善や支援を求めること"),
            "good_practice": _l("ほかの団体の参考になる取組"),
            "hearing": _l("電話や訪問で聞き取った内容の記録"),
        },
    )
    theme_id = SelectField(
        _l("テーマ"), choices=[], coerce=int, blank=_l("選択してください"), validators=[NeededToSubmit()]
    )
    sub_topic_id = SelectField(
        _l("細目"),
        choices=[],
        coerce=int,
        blank=_l("選択しない"),
        validators=[Optional()],
        description=_l("選ぶと、担当する課に早く届きます。"),
    )
    title = TextField(
        _l("件名"),
        validators=[NeededToSubmit(), Length(max=120)],
        description=_l("内容が分かる一文で書きます。例：手帳番号が重複して登録されている"),
    )
    body = TextAreaField(
        _l("状況・確認したいこと"),
        validators=[NeededToSubmit(), Length(max=LONGEST)],
        rows=12,
        markdown=True,
        description=_l(
            "いつから、何が起きているか、何を確認したいかを書きます。住民の氏名や個人番号は書かないでください。"
        ),
    )
    tried = TextAreaField(
        _l("これまでに試した対応"),
        validators=[Length(max=4000)],
        rows=4,
        description=_l("問い合わせた先、確認した資料など"),
    )
    impact_count = IntegerField(
        _l("対象件数"),
        validators=[Optional(), NumberRange(min=0, max=200_000_000)],
        unit=_l("件"),
        width="medium",
        description=_l("影響を受ける件数の見込み。分からなければ空欄のままで構いません。"),
    )
    leak = RadioField(
        _l("個人情報の漏えいの有無"),
        enum=Leak,
        validators=[NeededToSubmit()],
        validate_choice=False,
        description=_l("「あり」「おそれあり」を選ぶと緊急となり、事務局に直ちに通知されます。"),
    )
    urgency = RadioField(_l("緊急度"), enum=Urgency, default=Urgency.NORMAL, validators=[InputRequired()])
    needed_by_on = DateField(_l("いつまでに回答が必要か"))
    is_shared_with_prefecture = CheckboxField(
        _l("都道府県と共有する"),
        default=True,
        description=_l("都道府県の担当者がこの課題・照会と公開の投稿を読み、投稿できます。"),
    )
    attachments = MultipleFileField(_l("添付ファイルを追加する"), accept=ACCEPT, max_bytes=MAX_BYTES)
    my_number_confirmed = CheckboxField(CONFIRMED)


class StepForm(PortalForm):
    """A step without words of its own; carries the version that was seen."""

    version = HiddenField()


class TextForm(StepForm):
    """A step that needs words, and may carry files."""

    text = TextAreaField(_l("本文"), validators=[InputRequired(), Length(max=LONGEST)], rows=8, markdown=True)
    attachments = MultipleFileField(_l("添付ファイル"), accept=ACCEPT, max_bytes=MAX_BYTES)
    my_number_confirmed = CheckboxField(CONFIRMED)


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = TextAreaField(_l("理由"), validators=[InputRequired(), Length(max=4000)], rows=5)
    my_number_confirmed = CheckboxField(CONFIRMED)


class StopClockForm(ReasonForm):
    """Why the clock stands, and until when."""

    expected_on = DateField(
        _l("再開の予定日"),
        validators=[InputRequired()],
        description=_l("この日になると、ひとりでに再開します。それより前に手で再開することもできます。"),
    )


class TriageForm(StepForm):
    """What the liaison checks: theme, sub-topic, urgency."""

    theme_id = SelectField(_l("テーマ"), choices=[], coerce=int, validators=[InputRequired()])
    sub_topic_id = SelectField(_l("細目"), choices=[], coerce=int, blank=_l("なし"), validators=[Optional()])
    urgency = RadioField(_l("緊急度"), enum=Urgency, validators=[InputRequired()])


class RouteForm(StepForm):
    """Where it goes; only the secretariat chooses another division than the table names."""

    division_id = SelectField(_l("割振り先"), choices=[], coerce=int, validators=[InputRequired()])


class ProvisionalAnswerForm(TextForm):
    """An answer for the time being, with the date by which the official one is promised."""

    promised_on = DateField(_l("正式回答の予定日"), validators=[InputRequired()])


class PromiseForm(ReasonForm):
    """Another date for the official answer, and why."""

    promised_on = DateField(_l("正式回答の新しい予定日"), validators=[InputRequired()])


class QuoteForm(TextForm):
    """An answer that quotes what is published."""

    source = TextAreaField(
        _l("引用する通知等・Q&A"),
        validators=[InputRequired(), Length(max=1000)],
        rows=3,
        description=_l("文書番号（例：総行住第78号）、Q&Aの番号、またはその画面のアドレスを、1行に1つ書きます。"),
    )


class DeclineForm(StepForm):
    """Out of scope: which desk is the right one, and why."""

    desk = TextField(
        _l("適切な窓口"),
        validators=[InputRequired(), Length(max=100)],
        width="long",
        description=_l("例：厚生労働省健康・生活衛生局予防接種課"),
    )
    reason = TextAreaField(_l("理由"), validators=[InputRequired(), Length(max=4000)], rows=5)
    my_number_confirmed = CheckboxField(CONFIRMED)


class ConfirmDeclineForm(StepForm):
    """The secretariat's decision on a proposal."""

    decision = RadioField(
        _l("判断"),
        validators=[InputRequired()],
        choices=[("confirm", _l("対象外とする")), ("reject", _l("対象外としない"))],
        hints={
            "confirm": _l("適切な窓口と下の文を団体に知らせます。"),
            "reject": _l("リエゾンに戻します。団体には知らせません。"),
        },
    )
    text = TextAreaField(_l("団体に伝える内容、または戻す理由"), validators=[InputRequired(), Length(max=4000)], rows=5)
    my_number_confirmed = CheckboxField(CONFIRMED)


FLAGS = [
    ("leak", _l("漏えいのおそれ")),
    ("unread", _l("未読")),
    ("changed", _l("前に見てから動きあり")),
    ("overdue", _l("期限超過")),
    ("claimed", _l("自分が担当")),
]


class IssueFilterForm(FilterForm):
    """The conditions of the queue; all of them stand in the address."""

    view = HiddenField()
    words = SearchField(_l("番号・件名"), validators=[Length(max=100)])
    state = SelectField(_l("状態"), choices=[], default="")
    theme_id = SelectField(_l("テーマ"), choices=[], coerce=int, blank=_l("すべて"), validators=[Optional()])
    urgency = SelectField(_l("緊急度"), enum=Urgency, blank=_l("すべて"), validators=[Optional()])
    prefecture = SelectField(_l("都道府県"), choices=[], blank=_l("すべて"), default="")
    holder = SelectField(_l("保持"), choices=[], blank=_l("すべて"), default="")
    older_than = SelectField(_l("提出からの日数"), choices=[], coerce=int, blank=_l("すべて"), validators=[Optional()])
    flags = CheckboxesField(_l("条件"), choices=FLAGS)
    sort = SelectField(
        _l("並び順"),
        default="",
        choices=[
            ("", _l("標準")),
            ("priority", _l("優先順（漏えい・緊急・期限超過）")),
            ("due", _l("期限の近い順")),
            ("activity", _l("更新の新しい順")),
        ],
    )
