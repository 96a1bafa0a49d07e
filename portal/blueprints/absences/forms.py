"""Forms of absences."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.core.i18n import N_
from portal.directory.absences import Half, Period
from portal.web.fields import CheckboxField, DateField, RadioField, SelectField, TextField
from portal.web.forms import PortalForm


class EnterAbsenceForm(PortalForm):
    """From when until when, and who stands in."""

    first_day = DateField(_l("不在の最初の日"), validators=[InputRequired(N_("最初の日を入力してください。"))])
    first_half = RadioField(_l("最初の日は"), enum=Half, default=Half.MORNING)
    last_day = DateField(_l("不在の最後の日"), validators=[InputRequired(N_("最後の日を入力してください。"))])
    last_half = RadioField(_l("最後の日は"), enum=Half, default=Half.AFTERNOON)
    substitute_id = SelectField(
        _l("代理者"),
        coerce=int,
        choices=[],
        blank=_l("指定しない（所属長が代わります）"),
        validators=[Optional()],
        description=_l("代理者も不在のときは、その代理者が代わります。"),
    )
    may_sign = CheckboxField(
        _l("代決（正式回答・決裁）も任せる"), description=_l("選ばない場合、代理者は長としての回答や決裁を行えません。")
    )
    reason = TextField(
        _l("理由"),
        validators=[Optional(), Length(max=200)],
        width="long",
        description=_l("所属する団体の中だけに表示されます。書かなくても構いません。"),
    )
    my_number_confirmed = CheckboxField(_l("12桁の番号は個人番号（マイナンバー）ではありません"))

    @property
    def period(self) -> Period:
        """What was entered, once it is valid."""
        assert self.first_day.data is not None  # noqa: S101 - both are required
        assert self.last_day.data is not None  # noqa: S101
        return Period(
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            first_half=self.first_half.data,
            last_half=self.last_half.data,
        )
