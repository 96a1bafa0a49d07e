"""The base of forms: a one-time key, and refusals laid beside their fields."""

import uuid
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField

from portal.core.errors import Invalid, NeedsConfirmation


class PortalForm(FlaskForm):
    """A form that has one effect: its ``form_key`` is recorded with the first, and leads a second there.

    ``status`` is 422 after a failed POST and 200 otherwise; ``needs_confirmation`` says that a confirmation box has to
    be shown (a possible My Number).
    """

    form_key = HiddenField(default=lambda: uuid.uuid4().hex)
    needs_confirmation = False

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form."""
        return 422 if self.is_submitted() and (self.errors or self.form_errors) else 200

    def lay(self, invalid: Invalid) -> None:
        """Show a refusal at the field that it names, or on top of the form."""
        text = gettext(invalid.message, **invalid.params)
        if isinstance(invalid, NeedsConfirmation):
            self.needs_confirmation = True
        field: Any = self._fields.get(invalid.field or "")
        if field is None:
            self.form_errors.append(text)
        else:
            field.errors = [*field.errors, text]


class FilterForm(FlaskForm):
    """Conditions of a list, kept in the URL: no token, no key, every field optional."""

    class Meta:
        """A GET form needs no token."""

        csrf = False
