"""Forms of the imports."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired

from portal.blueprints.administration.forms import ConfirmedForm
from portal.core.i18n import N_
from portal.directory.tables import MAX_BYTES
from portal.web.fields import CheckboxField, FileField
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


class TakeInForm(PortalForm):
    """The confirmation of an import."""


class TakeInPeopleForm(TakeInForm):
    """The confirmation of an import of people."""

    invite = CheckboxField(_l("新しい人に招待メールを送る"), default=True)
