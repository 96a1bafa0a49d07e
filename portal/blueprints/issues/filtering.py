"""The conditions of the queue, as a form, as a filter and in words; all of them stand in the address."""

from collections.abc import Callable, Mapping, Sequence

from flask_babel import gettext

from portal.blueprints.issues.composing import locale
from portal.blueprints.issues.forms import FLAGS, IssueFilterForm
from portal.directory.actor import Actor
from portal.issues.queue import IssueFilter
from portal.issues.states import Holder, IssueState
from portal.themes.queries import list_themes
from portal.web.places import prefecture_choices
from portal.workbench.board import BoardFilter

WAITING, OPEN, EVERYTHING = "waiting", "open", "all"
_AGES = (3, 7, 14, 30)


def make_filter(actor: Actor) -> tuple[IssueFilterForm, BoardFilter, str]:
    """The form, the filter and the view; what cannot be read narrows nothing."""
    form = _make_form(actor)
    is_readable = form.validate()
    view = str(form.view.data or "")
    if view not in {WAITING, OPEN, EVERYTHING}:
        view = EVERYTHING if form.state.data else OPEN
    form.view.data = view
    if not is_readable:
        return form, BoardFilter(IssueFilter(open_only=True, by_priority=True)), view
    return form, BoardFilter(_filter_of(form, view), claimed="claimed" in (form.flags.data or ())), view


def make_describer(actor: Actor) -> Callable[[Mapping[str, Sequence[str]]], list[str]]:
    """A function that says a condition in words, as the fields of the queue's form say it."""
    form = _make_form(actor)
    views = {WAITING: gettext("自分の対応待ち"), OPEN: gettext("対応中"), EVERYTHING: gettext("すべて")}
    choices = {
        field.name: {str(choice.value): str(choice.label) for choice in field.iter_choices()}
        for field in form
        if hasattr(field, "iter_choices")
    }

    def describe(condition: Mapping[str, Sequence[str]]) -> list[str]:
        words = [views[value] for value in condition.get("view", ()) if value in views]
        for name, values in condition.items():
            if name == "view" or name not in form:
                continue
            known = choices.get(name)
            told = [known.get(value, "") if known is not None else value for value in values]
            words += [f"{form[name].label.text}{gettext('：')}{text}" for text in told if text]
        return words

    return describe


def _make_form(actor: Actor) -> IssueFilterForm:
    form = IssueFilterForm()
    form.state.choices = [
        ("", gettext("すべて")),
        *((state.value, state.label(locale())) for state in IssueState if state is not IssueState.DRAFT),
    ]
    themes = list_themes(with_inactive=True, with_sub_topics=False)
    form.theme_id.choices = [(theme.id, theme.label(locale())) for theme in themes]
    form.holder.choices = [(holder.value, holder.label(locale())) for holder in Holder if holder is not Holder.NOBODY]
    form.older_than.choices = [(days, gettext("%(n)s日以上前", n=days)) for days in _AGES]
    if actor.is_headquarters:
        form.prefecture.choices = prefecture_choices()
    else:
        del form.prefecture
        form.flags.choices = [choice for choice in FLAGS if choice[0] != "claimed"]
    return form


def _filter_of(form: IssueFilterForm, view: str) -> IssueFilter:
    flags = set(form.flags.data or ())
    state = IssueState(form.state.data) if form.state.data else None
    order = form.sort.data or ("activity" if view == EVERYTHING else "priority")
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
        changed="changed" in flags,
        overdue="overdue" in flags,
        mine=view == WAITING,
        open_only=view == OPEN and state is None,
        by_due=order == "due",
        by_priority=order == "priority",
    )
