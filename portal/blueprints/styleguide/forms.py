"""One form with every field, in every state."""

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

    title = TextField("件名", validators=[InputRequired(), Length(max=100)], description="例：手帳番号の重複について")
    email = EmailField("メールアドレス", validators=[InputRequired()], autocomplete="email", width="long")
    telephone = TelephoneField("電話番号", autocomplete="tel", width="medium")
    password = PasswordField("パスワード", validators=[InputRequired()], autocomplete="current-password", width="long")
    affected = IntegerField("影響する件数", unit="件", validators=[NumberRange(min=0)])
    kind = SelectField("種別", enum=IssueKind, blank="選択してください", validators=[InputRequired()])
    urgency = RadioField(
        "緊急度",
        enum=Urgency,
        validators=[InputRequired()],
        hints={"urgent": "住民の手続が止まっている場合に選んでください。"},
    )
    kinds = CheckboxesField("関係するもの", enum=IssueKind)
    due_on = DateField("回答の期限", validators=[InputRequired()])
    body = TextAreaField("内容", markdown=True, validators=[InputRequired(), Length(max=2000)])
    file = FileField("名簿", accept=(".csv", ".xlsx"))
    files = MultipleFileField("添付ファイル", accept=(".pdf", ".docx", ".xlsx"), max_bytes=20 * 1024 * 1024)
    agreed = CheckboxField("団体や個人が特定されないことを確認しました", validators=[InputRequired()])


class SpecimenFilterForm(FilterForm):
    """Conditions of a list."""

    words = SearchField("ことば")
    kind = SelectField("種別", enum=IssueKind, blank="すべて")
    until_on = DateField("この日まで")
