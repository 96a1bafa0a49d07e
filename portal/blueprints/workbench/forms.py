"""Forms of the workbench: a colleague, a text for several issues, a condition and its name."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from portal.web.fields import CheckboxField, HiddenField, RadioField, SelectField, TextAreaField, TextField
from portal.web.forms import PortalForm

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")


class HandOverForm(PortalForm):
    """Which colleague takes charge."""

    seen = HiddenField()
    membership_id = SelectField(
        _l("引き継ぐ人"), choices=[], coerce=int, blank=_l("選択してください"), validators=[InputRequired()]
    )


class StepForAllForm(PortalForm):
    """A step for several issues that needs no words."""


class TextForAllForm(PortalForm):
    """A step for several issues with one text for all of them."""

    text = TextAreaField(_l("本文"), validators=[InputRequired(), Length(max=4000)], rows=6)
    my_number_confirmed = CheckboxField(_CONFIRMED)


class FilterNameForm(PortalForm):
    """The name of a condition and who finds it in their menu."""

    version = HiddenField()
    name = TextField(
        _l("名前"), validators=[InputRequired(), Length(max=60)], description=_l("例：管内の緊急、今週が期限のもの")
    )
    sharing = RadioField(_l("使う人"), choices=[], default="", validators=[InputRequired()])
    is_default = CheckboxField(_l("一覧を開いたときに、この条件で表示する"))
    my_number_confirmed = CheckboxField(_CONFIRMED)
