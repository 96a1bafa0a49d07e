"""An issue that asks on from a published Q&A entry: what stands in its form, and the link between the two."""

from flask import request
from flask_babel import gettext

from portal.blueprints.issues.forms import IssueForm
from portal.directory.actor import Actor
from portal.issues.models import Issue
from portal.knowledge.models import QaEntry, QaState
from portal.knowledge.queries import find_entry
from portal.links.models import LinkRelation
from portal.links.service import add_link

_LONGEST_QUOTE = 1000


def fill_from_question(actor: Actor, form: IssueForm) -> None:
    """On a first look at an empty form: theme, title and quotation of the entry that the reader comes from."""
    entry = _named(actor, request.args.get("question"))
    if entry is None or form.is_submitted():
        return
    name = place_of(request.args.get("place")) or entry.number
    form.question.data = str(entry.id)
    form.title.data = gettext("Q&A %(name)sについて", name=name)
    form.theme_id.data = entry.theme_id  # of a theme that is not chosen any more the list shows none
    quoted = entry.question[:_LONGEST_QUOTE] + ("…" if len(entry.question) > _LONGEST_QUOTE else "")
    lines = "\n".join(f"> {line}".rstrip() for line in quoted.splitlines())
    form.body.data = f"[{form.title.data}](/qa/{entry.id})\n\n{lines}\n\n"


def link_to_question(actor: Actor, form: IssueForm, issue: Issue) -> None:
    """Tie the issue to the entry that its form was opened from; a name that leads nowhere is left alone."""
    entry = _named(actor, form.question.data)
    if entry is not None:
        add_link(actor, ("issue", issue.id), ("qa_entry", entry.id), LinkRelation.FOLLOW_UP)


def place_of(text: str | None) -> str | None:
    """問1-3, if the address says so in two numbers."""
    section, _, item = (text or "").partition("-")
    return f"問{int(section)}-{int(item)}" if _is_small(section) and _is_small(item) else None


def _named(actor: Actor, text: str | None) -> QaEntry | None:
    entry = find_entry(actor, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
    return entry if entry is not None and entry.state is QaState.PUBLISHED else None


def _is_small(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 4
