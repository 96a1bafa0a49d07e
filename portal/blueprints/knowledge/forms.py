"""Forms of the Q&A."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    HiddenField,
    IntegerField,
    SearchField,
    SelectField,
    TextAreaField,
    TextField,
)
from portal.web.forms import FilterForm, PortalForm


class QaFilterForm(FilterForm):
    """What to list."""

    words = SearchField(_l("ことば・番号"), validators=[Optional(), Length(max=100)])
    theme = SelectField(_l("テーマ"), choices=[], validators=[Optional()])
    state = SelectField(_l("状態"), choices=[], validators=[Optional()])
    order = SelectField(_l("並び順"), choices=[], validators=[Optional()])


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
    names_nobody = CheckboxField(_l("個人・団体を特定できる内容がないことを確認しました"))


class ReasonForm(PortalForm):
    """A reason for a decision."""

    version = HiddenField()
    reason = TextAreaField(_l("理由"), validators=[InputRequired(), Length(max=1000)])


class DeidentifyForm(PortalForm):
    """Which of the proposed replacements to make."""

    version = HiddenField()
    accepted = CheckboxesField(
        _l("置き換えるもの"),
        choices=[],
        validate_choice=False,
        description=_l("置き換えないものは、チェックを外してください。置き換えた後の文は、続けて修正できます。"),
    )


class RevisionForm(PortalForm):
    """The next text of a published entry, and what changes."""

    version = HiddenField()
    question = TextAreaField(_l("照会"), validators=[InputRequired(), Length(max=4000)], rows=8, markdown=True)
    answer = TextAreaField(_l("回答"), validators=[InputRequired(), Length(max=10000)], rows=12, markdown=True)
    change_note = TextAreaField(
        _l("何を変えたか"),
        validators=[InputRequired(), Length(max=1000)],
        rows=3,
        description=_l("公表した後、読む方に示されます。例：登録の期限を10日から14日に改めました。"),
    )
    my_number_confirmed = CheckboxField(_l("個人番号ではないことを確認しました"))


class JoinForm(PortalForm):
    """同じく困っている: how many cases, and one line."""

    case_count = IntegerField(
        _l("対象件数"),
        validators=[Optional(), NumberRange(min=0, max=200_000_000)],
        unit=_l("件"),
        width="medium",
        description=_l("分からなければ空欄のままで構いません。"),
    )
    note = TextField(
        _l("ひとこと"),
        validators=[Optional(), Length(max=200)],
        description=_l("本部だけに見えます。住民の氏名や個人番号は書かないでください。"),
    )
    my_number_confirmed = CheckboxField(_l("個人番号ではないことを確認しました"))
