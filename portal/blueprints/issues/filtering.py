"""The conditions of the queue, as a form and as a filter; all of them stand in the address."""

from flask_babel import gettext

from portal.blueprints.issues.composing import locale
from portal.blueprints.issues.forms import IssueFilterForm
from portal.directory.actor import Actor
from portal.directory.queries import list_prefectures
from portal.issues.queue import IssueFilter
from portal.issues.states import Holder, IssueState
from portal.themes.queries import list_themes

WAITING, OPEN, EVERYTHING = "waiting", "open", "all"
_AGES = (3, 7, 14, 30)


def make_filter(actor: Actor) -> tuple[IssueFilterForm, IssueFilter, str]:
    """The form, the filter and the view; what cannot be read narrows nothing."""
    form = IssueFilterForm()
    form.state.choices = [
        ("", gettext("すべて")),
        *((state.value, state.label(locale())) for state in IssueState if state is not IssueState.DRAFT),
    ]
    form.theme_id.choices = [(theme.id, theme.label(locale())) for theme in list_themes(with_inactive=True)]
    form.holder.choices = [(holder.value, holder.label(locale())) for holder in Holder if holder is not Holder.NOBODY]
    form.older_than.choices = [(days, gettext("%(n)s日以上前", n=days)) for days in _AGES]
    if actor.is_headquarters:
        form.prefecture.choices = [
            (body.prefecture_code, (body.name_en or body.name) if locale() == "en" else body.name)
            for body in list_prefectures()
        ]
    else:
        del form.prefecture
    is_readable = form.validate()
    view = str(form.view.data or "")
    if view not in {WAITING, OPEN, EVERYTHING}:
        view = EVERYTHING if form.state.data else OPEN
    form.view.data = view
    return form, _filter_of(form, view) if is_readable else IssueFilter(open_only=True), view


def _filter_of(form: IssueFilterForm, view: str) -> IssueFilter:
    flags = set(form.flags.data or ())
    state = IssueState(form.state.data) if form.state.data else None
    by_activity = form.sort.data == "activity" or (view == EVERYTHING and form.sort.data != "due")
    return IssueFilter(
        state=state,
        theme_id=form.theme_id.data,
        urgency=form.urgency.data,
        holder=Holder(form.holder.data) if form.holder.data else None,
        prefecture_code=(form.prefecture.data or None) if "prefecture" in form else None,
        minimum_age=form.older_than.data,
        words=form.words.data or "",
        leak_only="leak" in flags,
        unread="unread" in flags,
        overdue="overdue" in flags,
        mine=view == WAITING,
        open_only=view == OPEN and state is None,
        by_due=not by_activity,
    )
