"""Forms of requests for a later due date."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from portal.web.fields import CheckboxField, DateField, HiddenField, RadioField, TextAreaField
from portal.web.forms import PortalForm

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
GRANT, REFUSE = "grant", "refuse"


class AskExtensionForm(PortalForm):
    """Until when, and why."""

    wanted_on = DateField(_l("希望する期限"), validators=[InputRequired()])
    reason = TextAreaField(_l("延長が必要な理由"), validators=[InputRequired(), Length(max=1000)], rows=4)
    my_number_confirmed = CheckboxField(_CONFIRMED)


class DecideExtensionForm(PortalForm):
    """Granted until when, or refused why."""

    version = HiddenField()
    decision = RadioField(
        _l("判断"),
        validators=[InputRequired()],
        choices=[(GRANT, _l("承認する")), (REFUSE, _l("承認しない"))],
        default=GRANT,
    )
    granted_on = DateField(_l("承認する期限"), description=_l("希望と違う日にすることもできます。"))
    reason = TextAreaField(
        _l("理由・連絡事項"),
        validators=[Length(max=1000)],
        rows=3,
        description=_l("承認しないときは必ず入力してください。団体に表示されます。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)
