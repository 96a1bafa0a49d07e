"""Forms of redaction."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.redaction.states import RedactionCause
from portal.web.fields import CheckboxesField, CheckboxField, HiddenField, RadioField, SelectField, TextAreaField
from portal.web.forms import PortalForm

APPROVE, REFUSE = "approve", "refuse"


class AskRedactionForm(PortalForm):
    """What is to go, and why."""

    target = SelectField(_l("対象"), choices=[])
    passage = TextAreaField(
        _l("墨消しする語句"),
        validators=[Length(max=2000)],
        rows=3,
        description=_l(
            "文書にあるとおりに入力します。対象の中のすべての箇所を消します。ファイルのときは空欄にします。"
        ),
    )
    is_whole = CheckboxField(_l("対象の文をすべて消す"))
    cause = RadioField(_l("理由の区分"), validators=[InputRequired()], choices=[], coerce=RedactionCause)
    reason = TextAreaField(
        _l("理由"),
        validators=[InputRequired(), Length(max=1000)],
        rows=3,
        description=_l("記録に残ります。墨消しする内容そのものは書かないでください。"),
    )


class DecideRedactionForm(PortalForm):
    """Done, or refused with a reason."""

    version = HiddenField()
    decision = RadioField(
        _l("判断"),
        validators=[InputRequired()],
        choices=[(APPROVE, _l("墨消しする（元の内容は残りません）")), (REFUSE, _l("行わない"))],
    )
    also = CheckboxesField(
        _l("同時に墨消しする、ほかの通知等"),
        choices=[],
        coerce=int,
        validators=[Optional()],
        description=_l("同じ語句があります。選んだものから、同じ申請者・判断者の墨消しとして消します。"),
    )
    reason = TextAreaField(
        _l("行わない理由"),
        validators=[Optional(), Length(max=1000)],
        rows=3,
        description=_l("行わないときに入力します。"),
    )
