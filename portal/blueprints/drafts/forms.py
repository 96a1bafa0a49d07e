"""Forms of drafts of answers, checklists and reply templates."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.blueprints.issues.forms import CONFIRMED, LONGEST
from portal.drafts.states import Side
from portal.web.fields import (
    CheckboxField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import FilterForm, PortalForm


class DraftForm(PortalForm):
    """The draft of an answer; ``seen`` is the number of the version that it grew out of."""

    seen = HiddenField()
    text = TextAreaField(_l("案文"), validators=[InputRequired(), Length(max=LONGEST)], rows=18, markdown=True)
    template_id = SelectField(_l("テンプレート"), choices=[], coerce=int, blank=_l("選ばない"), validators=[Optional()])
    my_number_confirmed = CheckboxField(CONFIRMED)


class CommentForm(PortalForm):
    """A remark on a draft."""

    text = TextAreaField(_l("コメント"), validators=[InputRequired(), Length(max=4000)], rows=4)
    my_number_confirmed = CheckboxField(CONFIRMED)


class CompareForm(FilterForm):
    """Which two versions to compare."""

    old = IntegerField(_l("比べる版"), validators=[Optional(), NumberRange(min=1)], unit=_l("版"))
    new = IntegerField(_l("新しい版"), validators=[Optional(), NumberRange(min=1)], unit=_l("版"))


class StepForm(PortalForm):
    """A step of a checklist."""

    side = RadioField(
        _l("だれが行いますか"),
        enum=Side,
        validators=[InputRequired()],
        hints={
            "body": _l("提出した団体が、済んだら自分で完了にします。"),
            "ministry": _l("府省の名前を下に書きます。完了の印は本部が付けます。"),
        },
    )
    party = TextField(_l("府省の名前"), validators=[Length(max=100)], description=_l("関係府省が行うときに書きます。"))
    text = TextField(
        _l("手順"),
        validators=[InputRequired(), Length(max=300)],
        width="long",
        description=_l("例：対象の手帳番号の一覧を添付する。提出した団体と本部の両方に見えます。"),
    )
    due_on = DateField(_l("期限"))
    my_number_confirmed = CheckboxField(CONFIRMED)


class TemplateForm(PortalForm):
    """A text for answers, and what it draws on."""

    version = HiddenField()
    title = TextField(_l("名前"), validators=[InputRequired(), Length(max=100)], width="long")
    body = TextAreaField(
        _l("本文"),
        validators=[InputRequired(), Length(max=LONGEST)],
        rows=12,
        markdown=True,
        description=_l("{団体名}と{番号}は、差し込むときに、その課題・照会の団体の名前と番号になります。"),
    )
    source = TextField(
        _l("引用元のQ&Aまたは通知等"),
        validators=[Length(max=300)],
        width="long",
        description=_l("Q&Aの番号、文書番号、またはその画面のアドレス。引用元が変わると、確認するまで印が付きます。"),
    )
    is_shared = CheckboxField(_l("本部の全員で使う"))
    my_number_confirmed = CheckboxField(CONFIRMED)
