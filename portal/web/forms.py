"""The base of every form: token, one-time key, refusals laid on their fields."""

from typing import Any
from uuid import uuid4

from flask import g, request
from flask_babel import gettext
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field
from wtforms.widgets import HiddenInput

from portal.core.errors import Invalid, NeedsConfirmation
from portal.core.i18n import N_
from portal.web.components import hidden_input
from portal.web.fields import DateField, HiddenField

_MESSAGES = {
    "Not a valid choice.": N_("一覧から選んでください。"),
    "Not a valid choice": N_("一覧から選んでください。"),
    "Invalid Choice: could not coerce.": N_("一覧から選んでください。"),
    "Invalid Choice: could not coerce": N_("一覧から選んでください。"),
    "'%(value)s' is not a valid choice for this field.": N_("一覧から選んでください。"),
    "'%(value)s' are not valid choices for this field.": N_("一覧から選んでください。"),
    "Invalid choice(s): one or more data inputs could not be coerced.": N_("一覧から選んでください。"),
    "Invalid email address.": N_("メールアドレスを正しい形で入力してください。例：name@example.lg.jp"),
    "Invalid URL.": N_("URLを正しい形で入力してください。"),
    "Invalid input.": N_("正しい形で入力してください。"),
    "Not a valid integer value.": N_("数字で入力してください。例：1,200"),
    "Field must be equal to %(fieldname)s.": N_("同じ内容を入力してください。"),
    "Number must be at least %(min)s.": N_("%(min)s以上の数字を入力してください。"),
    "Number must be at most %(max)s.": N_("%(max)s以下の数字を入力してください。"),
    "Number must be between %(min)s and %(max)s.": N_("%(min)sから%(max)sまでの数字を入力してください。"),
    "Field must be at least %(min)d character long.": N_("%(min)d文字以上で入力してください。"),
    "Field must be at least %(min)d characters long.": N_("%(min)d文字以上で入力してください。"),
    "Field cannot be longer than %(max)d character.": N_("%(max)d文字以内で入力してください。"),
    "Field cannot be longer than %(max)d characters.": N_("%(max)d文字以内で入力してください。"),
    "Field must be exactly %(length)d character long.": N_("%(length)d文字で入力してください。"),
    "Field must be exactly %(length)d characters long.": N_("%(length)d文字で入力してください。"),
    "Field must be between %(min)d and %(max)d characters long.": N_(
        "%(min)d文字以上%(max)d文字以内で入力してください。"
    ),
}


class Messages:
    """The validators' own messages in the portal's words; what is not listed stays as the library says it."""

    def gettext(self, string: str) -> str:
        """The portal's sentence for the library's."""
        return str(gettext(_MESSAGES[string])) if string in _MESSAGES else string

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The same for counted sentences; Japanese has one form."""
        return self.gettext(singular if n == 1 else plural)


class PortalForm(FlaskForm):
    """A form that changes something.

    ``form_key`` makes it take effect once, however often it is sent. ``ids`` is put before each id where several
    forms stand on one page. ``needs_confirmation`` is true after a service asked for a confirmation; a field
    ``my_number_confirmed`` shows itself only then.
    """

    class Meta(FlaskForm.Meta):
        """Messages in the portal's words; a confirmation shown only when it was asked for."""

        def get_translations(self, form: Any) -> Messages:
            """The portal's sentences for the validators'."""
            return Messages()

    form_key = HiddenField(default=lambda: uuid4().hex)

    def __init__(self, *args: Any, ids: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_confirmation = False
        g.form_made = self  # what was typed into it is shown under its labels should the request be refused
        if ids:
            for field in self:
                field.id = field.label.field_id = f"{ids}-{field.id}"

    def lay(self, invalid: Invalid) -> None:
        """Put a refusal, translated, on the field that it names, else on the form; then those that came with it."""
        message = gettext(invalid.message, **invalid.params)
        field: Field | None = self._fields.get(invalid.field) if invalid.field else None
        self.needs_confirmation = self.needs_confirmation or isinstance(invalid, NeedsConfirmation)
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]
        for other in invalid.also:
            self.lay(other)

    @property
    def status(self) -> int:
        """422 for a form that was sent and has errors, else 200."""
        return 422 if self.is_submitted() and self.errors else 200

    @property
    def problems(self) -> list[tuple[str, str | None, str]]:
        """(name of the field, id to go to, message) of every error, in the order of the page."""
        found: list[tuple[str, str | None, str]] = [("", None, str(message)) for message in self.form_errors]
        for field in self:
            is_hidden = isinstance(field.widget, HiddenInput)
            name = "" if is_hidden else str(field.label.text)
            target = None if is_hidden else getattr(field, "focus_id", field.id)
            found.extend((name, target, str(message)) for message in _flat(field.errors))
        return found

    @property
    def withheld(self) -> frozenset[str]:
        """Names of fields not to show now: the My Number confirmation until it was asked for."""
        confirmed = self._fields.get("my_number_confirmed")
        is_asked = self.needs_confirmation or bool(confirmed is not None and confirmed.data)
        return frozenset() if is_asked else frozenset({"my_number_confirmed"})

    def hidden_tag(self, *fields: Any) -> Markup:
        """Every hidden field, without ids."""
        hidden = [field for field in self if isinstance(field.widget, HiddenInput)]
        return Markup("").join(hidden_input(field.name, field._value()) for field in hidden)


class FilterForm(PortalForm):
    """A form that asks: it reads the query string, has neither token nor key, and shows no badges."""

    form_key = None  # type: ignore[assignment]

    class Meta(PortalForm.Meta):
        """Nothing to forge."""

        csrf = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("formdata", request.args)
        super().__init__(*args, **kwargs)
        for field in self:
            field.requirement = False
            if isinstance(field, DateField):
                field.single = True

    def is_submitted(self) -> bool:
        """A question is asked by having been asked with values."""
        return bool(request.args)

    def asked(self, name: str) -> Any:
        """What a validated form asks for in a field; None where that is nothing, cannot be read or is not offered."""
        field = self._fields.get(name)
        return None if field is None or field.errors else field.data or None

    @property
    def status(self) -> int:
        """A filter that cannot be read is shown beside an unfiltered list."""
        return 200


def _flat(errors: Any) -> list[Any]:
    return [message for error in errors for message in (error if isinstance(error, list | tuple) else [error])]
