"""The decision on a mail that was held back."""

from flask_babel import lazy_gettext as _l

from portal.web.fields import HiddenField, TextAreaField
from portal.web.forms import PortalForm


class DecideMailForm(PortalForm):
    """What was checked, or why it is put away."""

    note = TextAreaField(
        _l("確認した内容または理由"),
        description=_l("例：電話で本人に確認しました。／自動応答のため破棄します。"),
        rows=3,
    )
    version = HiddenField()
