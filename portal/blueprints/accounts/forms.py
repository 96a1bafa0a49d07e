"""Forms of signing in and of one's own account."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import EqualTo, InputRequired, Length

from portal.web.fields import (
    CheckboxField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    TelephoneField,
    TextField,
)
from portal.web.forms import PortalForm


class SignInForm(PortalForm):
    """Mail address and password. It has no one-time key: sent twice it must sign in twice."""

    form_key = None  # type: ignore[assignment]
    next = HiddenField()
    email = EmailField(
        _l("メールアドレス"),
        [InputRequired(), Length(max=254)],
        autocomplete="username",
        inputmode="email",
        requirement=False,
    )
    password = PasswordField(_l("パスワード"), [InputRequired()], autocomplete="current-password", requirement=False)


class RequestResetForm(PortalForm):
    """Where to send a reset link."""

    email = EmailField(
        _l("メールアドレス"),
        [InputRequired(), Length(max=254)],
        autocomplete="username",
        inputmode="email",
        requirement=False,
    )


_NEW_PASSWORD_HINT = _l("12文字以上。関係のない単語を4つ以上つなげると、覚えやすく推測されにくくなります。")


class SetPasswordForm(PortalForm):
    """A first or new password, reached by a mailed link."""

    new_password = PasswordField(
        _l("新しいパスワード"),
        [InputRequired()],
        description=_NEW_PASSWORD_HINT,
        autocomplete="new-password",
        requirement=False,
    )
    password_again = PasswordField(
        _l("新しいパスワード（確認）"),
        [InputRequired(), EqualTo("new_password", _l("上の欄と同じパスワードを入力してください。"))],
        autocomplete="new-password",
        requirement=False,
    )


class ChangePasswordForm(SetPasswordForm):
    """A new password, given the current one."""

    current_password = PasswordField(
        _l("今のパスワード"), [InputRequired()], autocomplete="current-password", requirement=False
    )


class ChooseMembershipForm(PortalForm):
    """Which membership to act under. It has no one-time key: one may go back to where one was."""

    form_key = None  # type: ignore[assignment]
    next = HiddenField()
    membership_id = RadioField(_l("所属"), [InputRequired()], coerce=int, choices=[])


class ProfileForm(PortalForm):
    """One's own facts."""

    version = HiddenField()
    name = TextField(_l("氏名"), [InputRequired(), Length(max=100)], autocomplete="name", width="long")
    kana = TextField(
        _l("フリガナ"),
        [Length(max=100)],
        width="long",
        description=_l("ひらがなで入力しても、カタカナに直して登録します。"),
    )
    phone = TelephoneField(
        _l("電話番号"),
        [Length(max=30)],
        description=_l("例：025-000-0000（内線 1234）"),
        autocomplete="tel",
        width="long",
    )
    locale = RadioField(_l("表示とメールの言語"), [InputRequired()], choices=[("ja", "日本語"), ("en", "English")])
    my_number_confirmed = CheckboxField(_l("個人番号ではないことを確認しました"))
