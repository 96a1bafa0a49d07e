"""Form fields that render whole design-system components: label, badge, hint, errors, control.

``{{ form.title }}`` prints everything. ``form.title(bare=True)`` prints the control alone, named by aria-label, for
tables and bars; any other keyword becomes an attribute of the control (``data_x``, ``hx_get``, ``aria_x``).
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from flask_wtf import file as flask_file
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms.utils import unset_value
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

from portal.core.calendar import parse_japanese_date, short_era_date
from portal.core.i18n import N_
from portal.web.components import Choices, Component, clean_text, half_width, hidden_input
from portal.web.locale import is_english


class TextField(Component, wtforms.StringField):
    """One line of text."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the value without outer blanks and control characters."""
        if valuelist:
            self.data = clean_text(str(valuelist[0]))
            self.raw_data = [self.data]


class SearchField(TextField):
    """Words to search for."""

    input_type = "search"
    optional_badge = False


class EmailField(TextField):
    """A mail address."""

    input_type = "email"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the address in half-width characters."""
        super().process_formdata([half_width(str(value)) for value in valuelist])


class TelephoneField(TextField):
    """A telephone number, with an extension if need be."""

    input_type = "tel"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the number in half-width characters."""
        super().process_formdata([half_width(str(value)) for value in valuelist])


class PasswordField(Component, wtforms.PasswordField):
    """A secret; never sent back to the browser."""

    component = "password"
    input_type = "password"


class TextAreaField(Component, wtforms.TextAreaField):
    """Several lines of text with a counter; ``markdown`` adds the preview tab."""

    component = "textarea"

    def __init__(
        self,
        label: Any = None,
        validators: Sequence[Any] | None = None,
        *,
        rows: int = 6,
        markdown: bool = False,
        maximum: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.rows = rows
        self.markdown = markdown
        self.maximum = maximum

    @property
    def limit(self) -> int | None:
        """The number that the counter counts to."""
        return self.maximum or super().limit

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the text with plain line ends."""
        if valuelist:
            self.data = clean_text(str(valuelist[0]), lines=True)
            self.raw_data = [self.data]


class IntegerField(Component, wtforms.IntegerField):
    """A whole number; full-width digits, commas and blanks are accepted. ``unit`` stands behind it."""

    def __init__(
        self,
        label: Any = None,
        validators: Sequence[Any] | None = None,
        *,
        unit: Any = "",
        width: str = "short",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, width=width, inputmode="numeric", **kwargs)
        self.unit = unit

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; what is none stays in the control with an error."""
        text = half_width(str(valuelist[0])) if valuelist else ""
        if not valuelist or not text:
            self.data = None
            return
        digits = re.sub(r"[,、\s]", "", text)
        if not re.fullmatch(r"[+-]?\d{1,15}", digits):
            self.data = None
            raise ValueError(_l("数字で入力してください。例：1,200"))
        self.data = int(digits)

    def pre_validate(self, form: Any) -> None:
        """An empty number that nobody demands is in no range."""
        super().pre_validate(form)
        if self.data is None and not self.is_required:
            raise StopValidation


_BARE_YEAR = re.compile(r"\d{1,2}年?")  # 8 may be 令和8, 26 may be 2026


class DateField(Component, wtforms.Field):
    """A date in three boxes (year, month, day), or one with ``single``.

    The year may be 2026, 令和8 or R8; a whole date such as 令和8年11月30日, R8.11.30 or 2026-11-30 may stand in the
    year's box or be sent under the field's own name.
    """

    component = "date"
    required_message = N_("日付を入力してください。")
    _PARTS = ("year", "month", "day")

    def __init__(
        self, label: Any = None, validators: Sequence[Any] | None = None, *, single: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.single = single
        self.data: date | None = None
        self.typed: tuple[str, str, str] | None = None

    @property
    def focus_id(self) -> str:
        """The first box."""
        return self.id if self.single else f"{self.id}-year"

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(name, value) of the three boxes: as typed, else as the date is."""
        held = (str(self.data.year), str(self.data.month), str(self.data.day)) if self.data else ("", "", "")
        return list(zip(self._PARTS, self.typed or held, strict=True))

    @property
    def text(self) -> str:
        """The date as one text: as typed, else like the example beside it, R8.11.30 or in English 2026-11-30."""
        if self.typed:
            return self.typed[0] if not any(self.typed[1:]) else "-".join(self.typed)
        if self.data is None:
            return ""
        try:
            return self.data.isoformat() if is_english() else short_era_date(self.data)
        except ValueError:  # no era has a name for it
            return self.data.isoformat()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Join the boxes into one text before reading it."""
        sent = self._sent(formdata) if formdata is not None else None
        joined = None if formdata is None else MultiDict() if sent is None else MultiDict({self.name: sent})
        super().process(joined, data, extra_filters)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date; what is none stays in the boxes with an error."""
        if not valuelist:
            return
        self.data = None
        if not valuelist[0]:
            return
        try:
            self.data = parse_japanese_date(valuelist[0])
        except (ValueError, OverflowError) as error:
            lacks_era = self.typed is not None and _BARE_YEAR.fullmatch(self.typed[0].strip())
            if lacks_era:
                raise ValueError(_l("年は「令和8」「R8」「2026」のように入力してください。")) from error
            raise ValueError(_l("正しい日付を入力してください。例：令和8年11月30日")) from error

    def _sent(self, formdata: Any) -> str | None:
        whole = half_width(str(formdata.get(self.name, "")))
        boxes = [half_width(str(formdata.get(f"{self.name}-{part}", ""))) for part in self._PARTS]
        if whole:
            self.typed = (whole, "", "")
            return whole
        if self.name not in formdata and not any(f"{self.name}-{part}" in formdata for part in self._PARTS):
            return None
        if not any(boxes):
            return ""
        year, month, day = boxes
        self.typed = (year, month, day)
        if not month and not day:
            return year
        return f"{year.rstrip('年')}年{month.rstrip('月')}月{day.rstrip('日')}日"


class SelectField(Choices, Component, wtforms.SelectField):
    """One of many from a list; ``blank`` is the text of an empty first entry."""

    component = "select"
    required_message = N_("選んでください。")

    @property
    def badge(self: Any) -> str | None:
        """A list that always has a value is neither required nor optional."""
        badge = super().badge
        return None if badge == "optional" and all(choice.value != "" for choice in self.iter_choices()) else badge


class RadioField(Choices, Component, wtforms.RadioField):
    """One of a few, all visible; ``hints`` explains entries by their value."""

    component = "radio"
    required_message = N_("選んでください。")
    optional_badge = False
    control_suffix = "-0"


class CheckboxesField(Choices, Component, wtforms.SelectMultipleField):
    """Any of several, all visible; ``hints`` explains entries by their value."""

    component = "checkboxes"
    required_message = N_("選んでください。")
    control_suffix = "-0"


class CheckboxField(Component, wtforms.BooleanField):
    """Yes or no, in one box with its sentence."""

    component = "checkbox"
    required_message = N_("確認して、チェックを入れてください。")
    optional_badge = False


class _Files:
    """What may be chosen: ``accept`` are endings (".pdf"), ``max_bytes`` the size of one file."""

    def __init__(
        self,
        label: Any = None,
        validators: Sequence[Any] | None = None,
        *,
        accept: Sequence[str] = (),
        max_bytes: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)  # type: ignore[call-arg]
        self.accept = tuple(accept)
        self.max_bytes = max_bytes


class FileField(_Files, Component, flask_file.FileField):
    """One file."""

    component = "file"
    required_message = N_("ファイルを選んでください。")
    is_multiple = False


class MultipleFileField(_Files, Component, flask_file.MultipleFileField):
    """Several files."""

    component = "file"
    required_message = N_("ファイルを選んでください。")
    is_multiple = True


class HiddenField(wtforms.HiddenField):
    """A value that people do not see; it has no id, so that several forms can stand on one page."""

    widget = HiddenInput()

    def __call__(self: Any, **attributes: object) -> Markup:
        """The bare input."""
        return hidden_input(self.name, self._value())
