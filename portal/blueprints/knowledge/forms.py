"""Forms of the Q&A."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, Optional

from portal.web.fields import CheckboxField, HiddenField, SearchField, SelectField, TextAreaField
from portal.web.forms import FilterForm, PortalForm


class QaFilterForm(FilterForm):
    """What to list."""

    words = SearchField(_l("ことば・番号"), validators=[Optional(), Length(max=100)])
    theme = SelectField(_l("テーマ"), choices=[], validators=[Optional()])
    state = SelectField(_l("状態"), choices=[], validators=[Optional()])


class QaEntryForm(PortalForm):
    """A question and its answer."""

    version = HiddenField()
    theme = SelectField(_l("テーマ"), choices=[], coerce=int)
    question = TextAreaField(
        _l("照会"),
        validators=[InputRequired(), Length(max=4000)],
        rows=8,
        markdown=True,
        description=_l(
            "1行目が一覧の見出しになります。団体名・氏名・電話番号など、団体や個人が分かる記載は除いてください。"
        ),
    )
    answer = TextAreaField(_l("回答"), validators=[InputRequired(), Length(max=10000)], rows=12, markdown=True)
    my_number_confirmed = CheckboxField(_l("個人番号ではないことを確認しました"))


class ReviewForm(PortalForm):
    """The drafter's confirmation that nobody can be told from the text."""

    version = HiddenField()
    names_nobody = CheckboxField(_l("団体や個人が特定されないことを確認しました"))


class ReasonForm(PortalForm):
    """A reason for a decision."""

    version = HiddenField()
    reason = TextAreaField(_l("理由"), validators=[InputRequired(), Length(max=1000)])
