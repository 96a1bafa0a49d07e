"""WTForms fields that render whole design-system components: label, badge, hint, errors and control."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import wtforms
from flask import render_template
from flask_babel import gettext
from markupsafe import Markup
from wtforms import validators, widgets
from wtforms.widgets.core import html_params

from portal.core.calendar import parse_japanese_date


class Component:
    """A widget that renders ``templates/components/fields/<template>.html`` round the plain control."""

    def __init__(self, template: str, control: Any = None) -> None:
        self.template = template
        self.control = control

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """The component; keyword arguments become attributes of the control."""
        described = [f"{field.id}-hint"] if field.description else []
        described += [f"{field.id}-error"] if field.errors else []
        attributes: dict[str, Any] = {"id": field.id, **kwargs}
        if described:
            attributes["aria-describedby"] = " ".join(described)
        if field.errors:
            attributes["aria-invalid"] = "true"
        control = self.control(field, **attributes) if self.control else None
        html = render_template(
            f"components/fields/{self.template}.html", field=field, control=control, described=" ".join(described),
            required=is_required(field), html_params=html_params)
        return Markup(html)  # noqa: S704 - rendered by an autoescaping template


def is_required(field: wtforms.Field) -> bool:
    """Whether the field must be filled in."""
    return any(isinstance(check, validators.InputRequired | validators.DataRequired) for check in field.validators)


class _Control:
    """A plain control of WTForms with our class and without the browser's own required check."""

    def __init__(self, widget: Any, css: str) -> None:
        self.widget = widget
        self.css = css

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        kwargs["required"] = False
        kwargs.setdefault("class_", self.css)
        return Markup(self.widget(field, **kwargs))  # noqa: S704


class TextField(wtforms.StringField):
    """One line of text; white space at the ends is dropped."""

    widget = Component("text", _Control(widgets.TextInput(), "input"))

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the text without white space at its ends."""
        if valuelist:
            self.data = str(valuelist[0]).strip()


class SearchField(TextField):
    """A search box."""

    widget = Component("text", _Control(widgets.SearchInput(), "input input--search"))


class EmailField(TextField):
    """A mail address."""

    widget = Component("text", _Control(widgets.EmailInput(), "input"))


class PasswordField(wtforms.PasswordField):
    """A password; its value never comes back to the page."""

    widget = Component("text", _Control(widgets.PasswordInput(hide_value=True), "input"))


class TextAreaField(wtforms.TextAreaField):
    """Several lines; with ``markdown=True`` a preview is offered, with ``maximum`` a counter."""

    widget = Component("textarea", _Control(widgets.TextArea(), "textarea"))

    def __init__(self, label: Any = None, validators: Any = None, *, markdown: bool = False, rows: int = 8,
                 maximum: int | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.markdown = markdown
        self.maximum = maximum or next((getattr(check, "max", None) for check in self.validators
                                        if getattr(check, "max", -1) > 0), None)
        self.render_kw = {**(self.render_kw or {}), "rows": rows}


class SelectField(wtforms.SelectField):
    """One of a list."""

    widget = Component("select", _Control(widgets.Select(), "select"))


class RadioField(wtforms.RadioField):
    """One of a few, all visible."""

    widget = Component("radios")


class CheckboxField(wtforms.BooleanField):
    """Yes or no."""

    widget = Component("checkbox", _Control(widgets.CheckboxInput(), "checkbox"))


class CheckboxesField(wtforms.SelectMultipleField):
    """Any of a few, all visible."""

    widget = Component("checkboxes")
    option_widget = widgets.CheckboxInput()


class DateField(wtforms.Field):
    """A date as people write it: 令和8年11月30日, R8.11.30, 2026-11-30, with full-width digits too."""

    widget = Component("text", _Control(widgets.TextInput(), "input input--date"))

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self._typed = ""

    def _value(self) -> str:
        return self._typed or (self.data.isoformat() if isinstance(self.data, date) else "")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed. Raises ValueError for what is no date."""
        self._typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if self._typed:
            try:
                self.data = parse_japanese_date(self._typed)
            except ValueError as error:
                raise ValueError(gettext("日付は「令和8年11月30日」または「2026-11-30」のように入力してください。")) from error


class IntegerField(wtforms.Field):
    """A whole number; full-width digits and commas are read."""

    widget = Component("text", _Control(widgets.TextInput(), "input input--number"))

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self._typed = ""

    def _value(self) -> str:
        return self._typed or ("" if self.data is None else str(self.data))

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed. Raises ValueError for what is no whole number."""
        self._typed = str(valuelist[0]).strip() if valuelist else ""
        plain = unicodedata.normalize("NFKC", self._typed).replace(",", "")
        self.data = None
        if not plain:
            return
        if not plain.lstrip("-").isdigit() or len(plain) > 10:
            raise ValueError(gettext("数字で入力してください。"))
        self.data = int(plain)


class FileField(wtforms.FileField):
    """One file."""

    widget = Component("file", _Control(widgets.FileInput(), "file"))


class MultipleFileField(wtforms.MultipleFileField):
    """Several files."""

    widget = Component("file", _Control(widgets.FileInput(multiple=True), "file"))


class HiddenField(wtforms.HiddenField):
    """A value that the page carries along."""


def options_of(field: wtforms.RadioField | CheckboxesField) -> Iterable[Any]:
    """The options of a radio or checkbox group."""
    return list(field)
