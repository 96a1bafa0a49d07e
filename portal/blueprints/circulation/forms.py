"""Forms of 庁内展開."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from portal.circulation.states import PartState
from portal.guidance.states import ResponseState
from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import PortalForm

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
CONFIRM, RETURN = "confirm", "return"


class _PartForm(PortalForm):
    what = TextAreaField(
        _l("回答してほしい部分"),
        validators=[InputRequired(), Length(max=1000)],
        rows=3,
        description=_l("例：別添2の調査票のうち、障害者手帳に関する欄"),
    )
    file_ids = CheckboxesField(_l("使う別添・様式"), choices=[], coerce=int)
    due_on = DateField(_l("庁内の期限"))
    note = TextAreaField(_l("連絡事項"), validators=[Length(max=1000)], rows=3)
    my_number_confirmed = CheckboxField(_CONFIRMED)


class SendForm(_PartForm):
    """A part for one or several sections."""

    section_ids = CheckboxesField(
        _l("送る所属"), validators=[InputRequired()], choices=[], coerce=int, description=_l("担当者のいる所属です。")
    )


class ResendForm(_PartForm):
    """A part sent anew, perhaps to another section."""

    version = HiddenField()
    section_id = SelectField(_l("送る所属"), choices=[], coerce=int)


class PassForm(PortalForm):
    """A paper sent on to colleagues or sections of the same body."""

    membership_ids = CheckboxesField(_l("送る方"), choices=[], coerce=int)
    section_ids = CheckboxesField(
        _l("送る所属"), choices=[], coerce=int, description=_l("その所属の方全員の受信箱に届きます。")
    )
    note = TextAreaField(
        _l("連絡事項"),
        validators=[Length(max=1000)],
        rows=4,
        description=_l("同じ団体の方だけが読めます。メールには載せません。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)


class AnswerForm(PortalForm):
    """A section's answer."""

    version = HiddenField()
    state = RadioField(
        _l("回答の種類"),
        validators=[InputRequired()],
        choices=[],
        coerce=PartState,
        hints={"not_applicable": _l("該当しない理由を書きます。")},
    )
    text = TextAreaField(_l("回答・理由"), validators=[Length(max=4000)], rows=8)
    files = MultipleFileField(_l("資料・様式"))
    my_number_confirmed = CheckboxField(_CONFIRMED)


class SendBackForm(PortalForm):
    """Not this section's."""

    version = HiddenField()
    reason = TextAreaField(
        _l("担当でない理由"),
        validators=[InputRequired(), Length(max=1000)],
        rows=4,
        description=_l("担当の所属が分かれば、あわせて書いてください。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)


class ComposeForm(PortalForm):
    """One answer of the body, of what its sections answered."""

    seen = HiddenField()
    state = RadioField(_l("対応の状況"), validators=[InputRequired()], choices=[], coerce=ResponseState)
    text = TextAreaField(_l("内容・理由"), validators=[Length(max=4000)], rows=12)
    expected_on = DateField(_l("（残りの）回答の予定日"), description=_l("一部回答・回答保留のときに入力します。"))
    file_ids = CheckboxesField(_l("所属の回答から付けるファイル"), choices=[], coerce=int)
    files = MultipleFileField(_l("ほかに付けるファイル"))
    my_number_confirmed = CheckboxField(_CONFIRMED)


class ConfirmForm(PortalForm):
    """The head confirms, or returns it with a reason."""

    answer_id = HiddenField()
    decision = RadioField(
        _l("判断"),
        validators=[InputRequired()],
        choices=[(CONFIRM, _l("確認し、団体の回答とする")), (RETURN, _l("差し戻す"))],
    )
    reason = TextAreaField(
        _l("差し戻す理由"),
        validators=[Length(max=1000)],
        rows=3,
        description=_l("差し戻すときは必ず入力してください。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)


class ReceiveSeveralForm(PortalForm):
    """Receipt of several papers by one section, with their numbers."""

    section_name = TextField(_l("受領する所属"), validators=[InputRequired(), Length(max=100)], width="long")
    first_number = TextField(
        _l("連番の最初の収受番号"),
        validators=[Length(max=50)],
        width="medium",
        description=_l("例：総第1024号。上の順に、最後の数字を1つずつ増やします。"),
    )
    numbers = TextAreaField(
        _l("1件ずつの収受番号"),
        validators=[Length(max=3000)],
        rows=4,
        description=_l("上の順に1行に1件ずつ入力します。入力したときは連番より優先します。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)
