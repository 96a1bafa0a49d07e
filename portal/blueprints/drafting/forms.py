"""Forms of the preparation of a paper: remarks, check and concurrence, urgent issue, numbers."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.blueprints.guidance.forms import CONFIRMED, IssueForm, StepForm
from portal.guidance.states import ReviewMark
from portal.web.fields import CheckboxField, IntegerField, RadioField, SelectField, TextAreaField, TextField
from portal.web.forms import FilterForm, PortalForm

APPROVE, REFUSE = "approve", "refuse"


class RemarkForm(PortalForm):
    """A remark on a draft."""

    place = TextField(
        _l("箇所"), validators=[Length(max=100)], width="long", description=_l("例：記の2、別添1の表、件名")
    )
    text = TextAreaField(_l("意見"), validators=[InputRequired(), Length(max=2000)], rows=3)
    my_number_confirmed = CheckboxField(CONFIRMED)


class MarkForm(PortalForm):
    """What an office says of a draft."""

    mark = RadioField(_l("結果"), choices=[], coerce=ReviewMark, validators=[InputRequired()], hints={})
    text = TextAreaField(
        _l("意見・異議の内容"),
        validators=[Length(max=2000)],
        rows=5,
        description=_l("異議なしのときは、書かなくても構いません。"),
    )
    my_number_confirmed = CheckboxField(CONFIRMED)


class VersionsForm(FilterForm):
    """Which two versions to compare."""

    old = IntegerField(_l("比べる版"), validators=[Optional(), NumberRange(min=1)], unit=_l("版"))
    new = IntegerField(_l("新しい版"), validators=[Optional(), NumberRange(min=1)], unit=_l("版"))


class UrgentForm(IssueForm):
    """Issue before the approval: why, under which number, to the bodies that were seen."""

    reason = TextAreaField(_l("決裁を待たずに発出する理由"), validators=[InputRequired(), Length(max=1000)], rows=4)
    document_number = TextField(_l("文書番号"), validators=[Length(max=50)], width="medium")


class LaterForm(StepForm):
    """Approval after the issue, or why not."""

    decision = RadioField(
        _l("判断"), validators=[InputRequired()], choices=[(APPROVE, _l("決裁する")), (REFUSE, _l("決裁しない"))]
    )
    remark = TextAreaField(
        _l("意見・理由"),
        validators=[Length(max=1000)],
        rows=3,
        description=_l("決裁しないときは必ず入力してください。起案・発出した人に知らせます。"),
    )
    my_number_confirmed = CheckboxField(CONFIRMED)


class CancelNumberForm(PortalForm):
    """Give up a number."""

    reason = TextAreaField(_l("欠番とする理由"), validators=[InputRequired(), Length(max=500)], rows=3)
    my_number_confirmed = CheckboxField(CONFIRMED)


class RegisterForm(FilterForm):
    """Which register to read."""

    book = SelectField(_l("発信者・年度"), choices=[], validators=[Optional()])
