"""The form of a prefecture's cover note or supplement."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional

from portal.web.fields import CheckboxField, DateField, MultipleFileField, TextAreaField
from portal.web.forms import PortalForm


class ForwardForm(PortalForm):
    """What the municipalities of the prefecture read with the paper."""

    note = TextAreaField(
        _l("鑑文・補足"),
        validators=[Length(max=4000)],
        rows=8,
        markdown=True,
        description=_l("管内の市区町村の画面で、文書の上に表示されます。"),
    )
    due_on = DateField(
        _l("都道府県への回答の期限"),
        validators=[Optional()],
        description=_l("取りまとめのために、通知等の期限より早い日を定めるときに入力します。"),
    )
    files = MultipleFileField(_l("ファイルを添付する"))
    my_number_confirmed = CheckboxField(_l("12桁の番号が個人番号（マイナンバー）ではないことを確認しました"))
