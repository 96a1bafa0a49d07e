"""Forms of issuing at an hour and of taking back."""

from datetime import datetime, time

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from portal.core.calendar import JAPAN
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.fields import CheckboxField, DateField, HiddenField, SelectField, TextAreaField
from portal.web.forms import PortalForm

_CONFIRMED = _l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました")
_QUARTERS = [f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in range(96)]


class ScheduleForm(PortalForm):
    """The hour of issue, and the addressees that were seen."""

    version = HiddenField()
    fingerprint = HiddenField()
    seen = HiddenField()
    issue_on = DateField(_l("発出日"), validators=[InputRequired()])
    issue_time = SelectField(_l("時刻（日本時間）"), choices=[(each, each) for each in _QUARTERS], default="09:00")
    outside_hours = CheckboxField(_l("業務時間の外でも、この日時に発出する"))
    short_due_reason = TextAreaField(_l("短い期限とする理由"), validators=[Length(max=500)], rows=3)
    my_number_confirmed = CheckboxField(_CONFIRMED)

    @property
    def issue_at(self) -> datetime:
        """The hour as an instant. Raises Invalid."""
        if self.issue_on.data is None:
            raise Invalid(N_("日付を入力してください。"), field="issue_on")
        return datetime.combine(self.issue_on.data, time.fromisoformat(self.issue_time.data), JAPAN)


class RecallForm(PortalForm):
    """Why a paper is taken back; the bodies read it."""

    version = HiddenField()
    reason = TextAreaField(
        _l("取り消す理由"),
        validators=[InputRequired(), Length(max=1000)],
        rows=4,
        description=_l("宛先の団体の画面の上部に表示されます。"),
    )
    my_number_confirmed = CheckboxField(_CONFIRMED)
