"""An issue about mislinks or a leak found in an inspection: what stands in its form."""

from flask import request, url_for
from flask_babel import gettext

from portal.blueprints.issues.composing import kinds_of, locale
from portal.blueprints.issues.forms import IssueForm
from portal.directory.actor import Actor
from portal.inspections import policy
from portal.inspections.queries import find_entry, find_newest
from portal.inspections.states import LeakState
from portal.issues.states import IssueKind, Leak

_LEAKS = {LeakState.INVESTIGATING: Leak.SUSPECTED, LeakState.CONFIRMED: Leak.YES, LeakState.DENIED: Leak.NO}
_LONGEST_TITLE = 60


def fill_from_entry(actor: Actor, form: IssueForm) -> None:
    """On a first look at an empty form: kind, theme, title, leak and the figures that the reader comes from."""
    text = request.args.get("entry", "")
    if form.is_submitted() or not (text.isascii() and text.isdigit() and len(text) < 16):
        return
    entry = find_entry(actor, int(text))
    newest = find_newest(entry) if entry is not None and policy.can_raise_issue(actor, entry.campaign, entry) else None
    if entry is None or newest is None:
        return
    campaign, name = entry.campaign, entry.procedure.name[:_LONGEST_TITLE]
    if IssueKind.PROBLEM in kinds_of(actor):
        form.kind.data = IssueKind.PROBLEM
    form.theme_id.data = campaign.theme_id  # of a theme that is not chosen any more the list shows none
    has_leak = newest.leak in {LeakState.INVESTIGATING, LeakState.CONFIRMED}
    form.title.data = (
        gettext("%(name)sの点検における情報漏えいについて", name=name)
        if has_leak
        else gettext("%(name)sの点検における紐付け誤りについて", name=name)
    )
    form.leak.data = _LEAKS.get(newest.leak)
    form.impact_count.data = newest.mislinks or None
    address = url_for("inspections.show", campaign_id=campaign.id, entry_id=entry.id)
    plain = campaign.title.replace("[", "［").replace("]", "］")
    facts = (
        gettext("事務：%(name)s", name=entry.procedure.name),
        gettext("紐付け誤り：%(n)s件（修正済%(done)s件）", n=newest.mislinks, done=newest.corrected),
        gettext("情報漏えい：%(state)s", state=newest.leak.label(locale())),
    )
    form.body.data = f"[{plain}]({address})\n\n" + "\n".join(f"- {fact}" for fact in facts) + "\n\n"
