"""What the form fields are made of: the component round a control, choices, the reading of text."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar

from flask import current_app
from flask_babel import gettext
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from portal.core.enums import LabelledEnum
from portal.core.i18n import N_
from portal.web.locale import language

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Component:
    """What every field has besides its value: hint, requirement badge, errors tied to the control.

    ``width``: short (5 characters), medium (15), long (30) or empty for the full column. ``requirement`` says whether
    the badge 必須 or 任意 is shown; filter forms show none. ``needed`` says instead by when a value is demanded that
    may be missing for now.
    """

    component: ClassVar[str] = "text"
    input_type: ClassVar[str] = "text"
    optional_badge: ClassVar[bool] = True
    control_suffix: ClassVar[str] = ""
    required_message: ClassVar[str] = N_("入力してください。")

    def __init__(
        self,
        label: Any = None,
        validators: Sequence[Any] | None = None,
        *,
        autocomplete: str | None = None,
        inputmode: str | None = None,
        width: str = "",
        requirement: bool = True,
        needed: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)  # type: ignore[call-arg]
        self.needed = needed
        self.autocomplete = autocomplete
        self.inputmode = inputmode
        self.width = width
        self.requirement = requirement

    def __call__(self: Any, **attributes: object) -> Markup:
        """The component as HTML; nothing while its form withholds it."""
        if self.short_name in getattr(self._form, "withheld", ()):
            return Markup("")
        bare = bool(attributes.pop("bare", False))
        module: Any = current_app.jinja_env.get_template("components/form.html").module
        return Markup(getattr(module, self.component)(self, bare, self.control_attributes(bare, attributes)))  # noqa: S704

    def gettext(self: Any, string: str) -> str:
        """The validators' sentences, the one on a missing value in the words of this kind of field."""
        if string == "This field is required.":
            return str(gettext(self.required_message))
        return str(super().gettext(string))  # type: ignore[misc]

    def pre_validate(self: Any, form: Any) -> None:
        """What could not be read has one error, not also those of every validator."""
        if self.process_errors:
            raise StopValidation
        super().pre_validate(form)  # type: ignore[misc]

    @property
    def is_required(self: Any) -> bool:
        """Whether a validator demands a value."""
        return bool(getattr(self.flags, "required", False))

    @property
    def badge(self) -> str | None:
        """``required``, ``needed``, ``optional`` or None: what the label says beside the name."""
        if not self.requirement:
            return None
        if self.needed:
            return "needed"
        if self.is_required:
            return "required"
        return "optional" if self.optional_badge else None

    @property
    def hint(self: Any) -> Any:
        """The sentence of help under the label."""
        return self.description

    @property
    def limit(self: Any) -> int | None:
        """The greatest number of characters, as the Length validator says."""
        limit = getattr(self.flags, "maxlength", None)
        return int(limit) if limit and int(limit) > 0 else None

    @property
    def focus_id(self: Any) -> str:
        """The id of the control that the error summary leads to."""
        return f"{self.id}{self.control_suffix}"

    def described_by(self: Any, bare: bool = False) -> str | None:
        """The ids of what describes the control."""
        ids = [] if bare or not self.hint else [f"{self.id}-hint"]
        if self.errors:
            ids.append(f"{self.id}-error")
        return " ".join(ids) or None

    def control_attributes(self: Any, bare: bool, extra: Mapping[str, Any]) -> dict[str, Any]:
        """The attributes of the control, of render_kw and of the call."""
        attributes: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "autocomplete": self.autocomplete,
            "inputmode": self.inputmode,
            "aria-required": "true" if self.is_required else None,
            "aria-invalid": "true" if self.errors else None,
            "aria-describedby": self.described_by(bare),
            "aria-label": self.label.text if bare else None,
        }
        for name, value in {**(self.render_kw or {}), **extra}.items():
            attributes[name.rstrip("_").replace("_", "-")] = "" if value is True else value
        return {name: value for name, value in attributes.items() if value is not None and value is not False}


def clean_text(text: str, *, lines: bool = False) -> str:
    """What was typed without control characters and outer blanks; line ends become ``\\n``."""
    text = _CONTROL_CHARACTERS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.rstrip() if lines else re.sub(r"\s*\n\s*", " ", text).strip()


def half_width(text: str) -> str:
    """Full-width letters and digits as half-width ones."""
    return unicodedata.normalize("NFKC", text).strip()


class Choices:
    """Choices given as pairs, or as a LabelledEnum by ``enum`` (the data are its members then)."""

    def __init__(
        self,
        label: Any = None,
        validators: Sequence[Any] | None = None,
        *,
        choices: Any = None,
        enum: type[LabelledEnum] | None = None,
        blank: Any = None,
        coerce: Any = str,
        hints: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.enum = enum
        self.blank = blank
        self.hints = hints or {}
        given = choices if enum is None else (lambda: enum.choices(language()))
        chooses = (lambda: self._listed(given())) if callable(given) else self._listed(given or [])
        super().__init__(
            label,
            validators,
            choices=chooses,
            coerce=_coerced(enum or coerce, blank is not None),
            **kwargs,  # type: ignore[call-arg]
        )

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "choices" and not callable(value):
            value = self._listed(value)
        super().__setattr__(name, value)

    def _listed(self, choices: Iterable[Any]) -> list[SelectChoice]:
        listed = [choice if isinstance(choice, SelectChoice) else _choice(choice) for choice in choices]
        if self.blank is not None and not any(choice.value == "" for choice in listed):
            listed.insert(0, SelectChoice("", self.blank))
        return listed


def _choice(choice: Any) -> SelectChoice:
    if isinstance(choice, str):
        return SelectChoice(choice, choice)
    value, label = choice[0], choice[1]
    return SelectChoice(str(value.value if isinstance(value, Enum) else value), label)


def _coerced(kind: Any, has_blank: bool) -> Any:
    """The coercion that takes an empty value as None (as an empty text when the values are texts)."""

    def coerce(value: Any) -> Any:
        if value is None or value == "":
            return value if kind is str else None
        if isinstance(kind, type) and issubclass(kind, Enum):
            return value if isinstance(value, kind) else kind(value)
        return kind(value.value if isinstance(value, Enum) else value)

    return coerce


def hidden_input(name: str, value: Any) -> Markup:
    """A hidden input without an id."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
