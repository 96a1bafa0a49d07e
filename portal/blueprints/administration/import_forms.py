"""Forms of the imports."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from wtforms.validators import InputRequired, Length, Optional

from portal.blueprints.administration.forms import ConfirmedForm
from portal.core.i18n import N_
from portal.directory.tables import MAX_BYTES
from portal.web.fields import CheckboxField, DateField, FileField, TextField
from portal.web.forms import PortalForm


class UploadForm(ConfirmedForm):
    """A file of populations."""

    file = FileField(
        _l("ファイル"),
        validators=[FileRequired(N_("ファイルを選んでください。"))],
        accept=(".csv", ".xlsx"),
        max_bytes=MAX_BYTES,
    )


class UploadPeopleForm(UploadForm):
    """A file of people."""

    creates_sections = CheckboxField(
        _l("登録されていない所属を新しく登録する"),
        description=_l("選ばない場合、登録されていない所属の名称は誤りとして表示します。"),
    )


class RosterForm(UploadPeopleForm):
    """The full list of a body's people, or of the headquarters'."""

    code = TextField(
        _l("団体コード"),
        validators=[Optional(), Length(max=32)],
        description=_l("空欄の場合は、本部全体（本部・事務局・幹事課）の名簿を入れ替えます。"),
    )


class ScheduleRosterForm(PortalForm):
    """From when the roster holds. The takers and the unchanged people are fields of the table beside it."""

    effective_on = DateField(
        _l("反映する日"),
        validators=[InputRequired(N_("反映する日を入力してください。"))],
        description=_l("この日の午前0時に反映します。例：令和9年4月1日"),
    )
    invite = CheckboxField(_l("新しい人に招待メールを送る"), default=True)


class TakeInForm(PortalForm):
    """The confirmation of an import."""


class TakeInPeopleForm(TakeInForm):
    """The confirmation of an import of people."""

    invite = CheckboxField(_l("新しい人に招待メールを送る"), default=True)
