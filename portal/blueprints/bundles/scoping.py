"""The question that each answer on a bundled issue asks: to all n, or to this one only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from flask import request
from flask_babel import gettext

from portal.blueprints.bundles.forms import ScopeFields
from portal.blueprints.issues.composing import attach_to_post
from portal.bundles.scoping import BundleChanged, Preview, check_unchanged, preview_told
from portal.bundles.states import BundleStep, Scope
from portal.core.errors import Invalid
from portal.core.events import Audience
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.issues.models import Issue
from portal.web.attempt import attempting

_MOST_BYTES = 200 * 1024 * 1024


class _Numbered(Protocol):
    """A post, for its id."""

    id: int


def ask_scope(actor: Actor, issue: Issue, step: BundleStep, form: ScopeFields) -> Preview | None:
    """Put the question into the form when the issue is bundled, and take it out when it is not.

    A form that was opened while there was a bundle keeps the question: what was meant for all is not told to one.
    """
    preview = preview_told(actor, issue, step, lock=request.method == "POST")
    if preview is None and request.form.get("scope") != Scope.ALL.value:
        del form.scope
        del form.meant
        return None
    _offer(form, preview, with_all=True)
    return preview


@contextmanager
def telling(form: ScopeFields) -> Iterator[None]:
    """``attempting`` that also notes when the bundle has changed since it was previewed."""
    with attempting(form):
        try:
            yield
        except BundleChanged:
            form.is_overtaken = True
            raise


def issues_meant(form: ScopeFields, preview: Preview | None, issue: Issue) -> list[Issue]:
    """The issues to tell, just as previewed. Raises BundleChanged when the preview no longer holds."""
    scope = getattr(form, "scope", None)
    if scope is None or scope.data is not Scope.ALL:
        return [issue]
    return check_unchanged(preview, form.meant.data or "").told


def show_scope(actor: Actor, issue: Issue, step: BundleStep, form: ScopeFields) -> Preview | None:
    """The preview for the page, read anew: a refused attempt has undone what it did, and the next one starts here."""
    if getattr(form, "scope", None) is None:
        return None
    preview = preview_told(actor, issue, step)
    _offer(form, preview, with_all=preview is not None)
    form.meant.data = preview.frozen if preview is not None else ""
    if form.is_overtaken:
        form.scope.data, form.version.data = None, str(issue.version)  # the answer was to another list
    return preview


def attach_to_posts(actor: Actor, posts: Sequence[_Numbered], form: object, audience: Audience) -> None:
    """Hang the form's files on each post. Raises Invalid where that would be more than 200 MB in all."""
    files = [file for file in getattr(getattr(form, "attachments", None), "data", None) or () if hasattr(file, "seek")]
    if len(posts) > 1 and sum(_size(file) for file in files) * len(posts) > _MOST_BYTES:
        raise Invalid(
            N_("束の全件に付けるには、添付ファイルが大き過ぎます。「この課題・照会だけ」を選ぶか、減らしてください。"),
            field="attachments",
        )
    for post in posts:
        for file in files:
            file.seek(0)
        attach_to_post(actor, post.id, form, audience)


def _offer(form: ScopeFields, preview: Preview | None, *, with_all: bool) -> None:
    told = len(preview.told) if preview is not None else 0
    choices = [(Scope.ALL, gettext("束の全件（%(n)s件）", n=told))] if with_all else []
    form.scope.choices = [*choices, (Scope.ONE, gettext("この課題・照会だけ"))]
    form.scope.hints = {"all": gettext("下の一覧の「伝える」%(n)s件の、それぞれの経過に同じ文を投稿します。", n=told)}


def _size(file: object) -> int:
    seek, tell = file.seek, file.tell  # type: ignore[attr-defined]
    seek(0, 2)
    size = int(tell())
    seek(0)
    return size
