"""Forms of taking old papers over."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired

from portal.blueprints.administration.forms import ConfirmedForm
from portal.core.i18n import N_
from portal.directory.tables import MAX_BYTES
from portal.web.fields import FileField, MultipleFileField
from portal.web.forms import PortalForm


class UploadPapersForm(ConfirmedForm):
    """The table, and the files that it names."""

    file = FileField(
        _l("通知等の一覧"),
        validators=[FileRequired(N_("ファイルを選んでください。"))],
        accept=(".csv", ".xlsx"),
        max_bytes=MAX_BYTES,
    )
    attachments = MultipleFileField(
        _l("別添・様式などのファイル"), description=_l("一覧の「ファイル」の列に書いた名前のファイルを選びます。")
    )


class TakeOverForm(PortalForm):
    """The confirmation."""
