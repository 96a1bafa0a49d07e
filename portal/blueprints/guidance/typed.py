"""The form of a draft with what was typed into it and not saved: what is sent to be kept, and what is offered back."""

from dataclasses import dataclass
from typing import Any

from flask import request

from portal.blueprints.guidance.composing import fill_form, make_guidance_form
from portal.blueprints.guidance.forms import GuidanceForm
from portal.directory.actor import Actor
from portal.guidance.models import Guidance
from portal.guidance.typed import find_typed
from portal.guidance.typed_models import KeptTyping
from portal.web.components import clean_text

_NEVER_KEPT = frozenset({"csrf_token", "form_key", "version", "files", "my_number_confirmed"})
_PARTS = ("", "-year", "-month", "-day")


@dataclass(frozen=True, kw_only=True)
class Unsaved:
    """What the page says: nothing, that it is there (``is_offered``), or that the form holds it (``is_restored``).

    ``is_stale`` says that the draft has changed since it was typed.
    """

    kept: KeptTyping | None = None
    is_restored: bool = False
    is_stale: bool = False

    @property
    def is_offered(self) -> bool:
        """Whether the actor has still to say what becomes of it; until then nothing else is kept in its place."""
        return self.kept is not None and not self.is_restored

    def issue_number(self, asked: str | None) -> str | None:
        """The issue that the paper is to come of: of what is restored its own, else the one that the address names."""
        return self.kept.issue_number if self.kept is not None and self.is_restored else asked


def open_form(actor: Actor, guidance: Guidance | None = None) -> tuple[GuidanceForm, Unsaved]:
    """The form of the draft, or of a new paper, and what was typed into it earlier and not saved.

    It is restored where the address asks for it, and offered where it differs from the draft.
    """
    kept = find_typed(actor, guidance) if request.method == "GET" else None
    if kept is None:
        return make_guidance_form(actor, guidance), Unsaved()
    is_restored = bool(request.args.get("typed"))
    form = make_guidance_form(actor, guidance, restored=kept if is_restored else None)
    if guidance is not None and not is_restored and not _differs(kept, form):
        return form, Unsaved()
    is_stale = guidance is not None and kept.seen_version != guidance.version
    return form, Unsaved(kept=kept, is_restored=is_restored, is_stale=is_stale)


def typed_values(form: GuidanceForm) -> dict[str, list[str]]:
    """What was sent of the form's fields, by the name of the control; no token, key, file, version or declaration."""
    names = {field.name + part for field in form if field.name not in _NEVER_KEPT for part in _PARTS}
    return {
        name: [clean_text(value, lines=True) for value in values]
        for name, values in request.form.lists()
        if name in names
    }


def _differs(kept: KeptTyping, form: GuidanceForm) -> bool:
    typed = fill_form(kept, {})
    return any(_held(field) != _held(form[field.name]) for field in typed if field.name not in _NEVER_KEPT)


def _held(field: Any) -> Any:
    """What the field holds, nothing in whichever way as None; what cannot be read as it was typed."""
    if field.process_errors:
        return field.raw_data
    return sorted(map(str, field.data)) or None if isinstance(field.data, list | tuple) else field.data or None
