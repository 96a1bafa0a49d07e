"""Forms of workbooks: sending one in, confirming it, taking answers out."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from wtforms.validators import Optional

from portal.core.i18n import N_
from portal.web.fields import CheckboxField, FileField, HiddenField, SelectField
from portal.web.forms import PortalForm
from portal.workbooks.grids import LARGEST


class SendForm(PortalForm):
    """A form that was filled in."""

    file = FileField(
        _l("記入した様式"),
        validators=[FileRequired(N_("ファイルを選んでください。"))],
        accept=(".xlsx", ".csv"),
        max_bytes=LARGEST,
    )
    my_number_confirmed = CheckboxField(_l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました"))


class StoreForm(PortalForm):
    """The sender's confirmation of what was shown."""

    fingerprint = HiddenField()


class ExportForm(PortalForm):
    """Which answers to take out."""

    procedure = SelectField(
        _l("事務"), choices=[], coerce=int, blank=_l("すべて"), default=None, validators=[Optional()]
    )
    prefecture = SelectField(_l("都道府県"), choices=[], blank=_l("すべて"), default="", validators=[Optional()])

    def offer(self, procedures: Sequence[tuple[int, str]], prefectures: list[tuple[str, str]]) -> None:
        """The choices; who sees the bodies of their posts alone is not asked which prefecture."""
        self.procedure.choices = list(procedures)
        if prefectures:
            self.prefecture.choices = prefectures
        else:
            del self.prefecture
