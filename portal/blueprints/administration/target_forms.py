"""Forms of the targets and the closed days."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange

from portal.blueprints.administration.forms import ConfirmedForm, VersionedForm
from portal.targets.rules import BOUNDS
from portal.web.fields import DateField, IntegerField, TextField

_DAYS, _BODIES = _l("営業日"), _l("団体")


def _days(name: str, description: object, unit: object = _DAYS) -> IntegerField:
    bound = BOUNDS[name]
    check = NumberRange(min=bound.lowest, max=bound.highest)
    return IntegerField(_l(bound.label), validators=[InputRequired(), check], unit=unit, description=description)


class TargetsForm(VersionedForm):
    """The targets, each within its bounds."""

    first_reply_days = _days("first_reply_days", _l("提出から、本部が最初に応答するまで"))
    routed_days = _days("routed_days", _l("提出から、担当課に割り振るまで"))
    answered_days = _days("answered_days", _l("提出から、回答するまで"))
    urgent_days = _days("urgent_days", _l("緊急の課題・照会では、すべての目標をこの日数にします。0は当日です。"))
    follow_up_days = _days("follow_up_days", _l("割り振ってから、担当課とリエゾンに状況を確認するまで"))
    escalate_days = _days("escalate_days", _l("目標を過ぎると所属長に、さらにこの日数を過ぎると事務局に知らせます。"))
    same_problem_bodies = _days(
        "same_problem_bodies", _l("30日以内に、この数の団体から同じ細目の課題が届くと知らせます。"), _BODIES
    )
    longest_pause_days = _days("longest_pause_days", _l("理由を示して時計を止められる日数の、1件あたりの合計"))


class ClosedDayForm(ConfirmedForm):
    """A day on which headquarters is closed."""

    closed_on = DateField(_l("閉庁日"), validators=[InputRequired()])
    reason = TextField(
        _l("理由"), validators=[InputRequired(), Length(max=100)], width="long", description=_l("例：臨時の休日")
    )
