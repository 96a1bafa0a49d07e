"""One form with every field, in every state."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange

from portal.issues.states import IssueKind, Urgency
from portal.web.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    EmailField,
    FileField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SearchField,
    SelectField,
    TelephoneField,
    TextAreaField,
    TextField,
)
from portal.web.forms import FilterForm, PortalForm


class SpecimenForm(PortalForm):
    """Every field."""

    title = TextField(_l("件名"), validators=[InputRequired(), Length(max=100)],
                      description=_l("例：手帳番号の重複について"))
    email = EmailField(_l("メールアドレス"), validators=[InputRequired()], autocomplete="email", width="long")
    telephone = TelephoneField(_l("電話番号"), autocomplete="tel", width="medium")
    password = PasswordField(_l("パスワード"), validators=[InputRequired()], autocomplete="current-password",
                             width="long")
    affected = IntegerField(_l("影響する件数"), unit=_l("件"), validators=[NumberRange(min=0)])
    kind = SelectField(_l("種別"), enum=IssueKind, blank=_l("選択してください"), validators=[InputRequired()])
    urgency = RadioField(_l("緊急度"), enum=Urgency, validators=[InputRequired()],
                         hints={"urgent": _l("住民の手続が止まっている場合に選んでください。")})
    kinds = CheckboxesField(_l("関係するもの"), enum=IssueKind)
    due_on = DateField(_l("回答の期限"), validators=[InputRequired()])
    body = TextAreaField(_l("内容"), markdown=True, validators=[InputRequired(), Length(max=2000)])
    file = FileField(_l("名簿"), accept=(".csv", ".xlsx"))
    files = MultipleFileField(_l("添付ファイル"), accept=(".pdf", ".docx", ".xlsx"), max_bytes=20 * 1024 * 1024)
    agreed = CheckboxField(_l("団体や個人が特定されないことを確認しました"), validators=[InputRequired()])


class SpecimenFilterForm(FilterForm):
    """Conditions of a list."""

    words = SearchField(_l("ことば"))
    kind = SelectField(_l("種別"), enum=IssueKind, blank=_l("すべて"))
    until_on = DateField(_l("この日まで"))
