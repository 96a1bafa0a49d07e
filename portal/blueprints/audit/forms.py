"""Forms of the operation record."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.web.fields import DateField, SelectField, TextAreaField, TextField
from portal.web.forms import FilterForm, PortalForm


class RecordFilterForm(FilterForm):
    """What to show of the record."""

    kind = SelectField(_l("操作の種類"), choices=[], validators=[Optional()])
    number = TextField(_l("課題・照会の番号"), validators=[Optional(), Length(max=16)])
    person = TextField(_l("操作した人のメールアドレス"), validators=[Optional(), Length(max=254)])
    from_on = DateField(_l("この日から"), validators=[Optional()])
    until_on = DateField(_l("この日まで"), validators=[Optional()])


class GrantReadingForm(PortalForm):
    """An auditor's reason for reading one issue."""

    number = TextField(
        _l("課題・照会の番号"), validators=[InputRequired(), Length(max=16)], description=_l("例：R8-L-000123")
    )
    reason = TextAreaField(
        _l("閲覧する理由"),
        validators=[InputRequired(), Length(max=1000)],
        description=_l("理由は記録され、システム管理者に通知されます。"),
    )
    hours = SelectField(_l("閲覧できる時間"), choices=[("1", _l("1時間")), ("4", _l("4時間")), ("8", _l("8時間"))])
