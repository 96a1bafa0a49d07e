"""Forms of the reminders of a paper or campaign."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from portal.web.fields import HiddenField, IntegerField
from portal.web.forms import PortalForm


class PlanRemindersForm(PortalForm):
    """For each step the business days after the due date; blank leaves it out."""

    version = HiddenField()
    contact = IntegerField(
        _l("担当者に知らせる日"),
        validators=[Optional()],
        width="short",
        description=_l("期限からの営業日数。期限の前は負の数で入力します。空欄にすると知らせません。"),
    )
    head = IntegerField(_l("所属長・団体管理者に知らせる日"), validators=[Optional()], width="short")
    prefecture = IntegerField(_l("都道府県に知らせる日"), validators=[Optional()], width="short")
    liaison = IntegerField(_l("リエゾンに知らせる日"), validators=[Optional()], width="short")
