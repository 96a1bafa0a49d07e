"""Forms of the reminders of a paper or campaign."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from portal.reminders.states import EARLIEST, LATEST
from portal.web.fields import HiddenField, SelectField
from portal.web.forms import PortalForm


def _days() -> list[tuple[int, str]]:
    return [(after, _in_words(after)) for after in range(EARLIEST, LATEST + 1)]


def _in_words(after: int) -> str:
    if after < 0:
        return str(gettext("期限の%(n)s営業日前", n=-after))
    return str(gettext("期限の%(n)s営業日後", n=after)) if after else str(gettext("期限の日"))


def _day_field(label: Any, **arguments: Any) -> SelectField:
    return SelectField(label, validators=[Optional()], choices=_days, coerce=int, blank=_l("知らせない"), **arguments)


class PlanRemindersForm(PortalForm):
    """For each step its business day, counted from the due date; an empty one leaves the step out."""

    version = HiddenField()
    contact = _day_field(_l("担当者に知らせる日"))
    head = _day_field(_l("所属長・団体管理者に知らせる日"))
    prefecture = _day_field(_l("都道府県に知らせる日"))
    liaison = _day_field(_l("リエゾンに知らせる日"))
