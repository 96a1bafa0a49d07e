"""The forms of issues with their choices: what stands in them and what they say."""

from typing import Protocol

from flask import request

from portal.attachments.service import store_attachments
from portal.blueprints.issues.forms import IssueForm, RouteForm, TriageForm
from portal.core.errors import Invalid
from portal.core.events import Audience
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.queries import find_organisation, list_divisions
from portal.directory.roles import LOCAL_GOVERNMENTS, Role
from portal.issues import policy, service
from portal.issues.content import IssueContent
from portal.issues.models import Issue
from portal.issues.states import IssueKind, IssueState
from portal.themes.queries import list_themes
from portal.web.fields import SelectField
from portal.web.locale import language
from portal.web.uploads import uploads_from

_COPIED = (
    "kind",
    "theme_id",
    "sub_topic_id",
    "title",
    "body",
    "tried",
    "impact_count",
    "leak",
    "urgency",
    "needed_by_on",
    "is_shared_with_prefecture",
    "version",
)
_BODY_KINDS = (IssueKind.PROBLEM, IssueKind.QUESTION, IssueKind.REQUEST, IssueKind.GOOD_PRACTICE)


class HasTopics(Protocol):
    """A form that asks for a theme and one of its sub-topics."""

    theme_id: SelectField
    sub_topic_id: SelectField


def locale() -> str:
    """The language of the page."""
    return language()


def kinds_of(actor: Actor) -> tuple[IssueKind, ...]:
    """The kinds that this actor may enter: associations requests, headquarters hearings."""
    if actor.is_local:
        return _BODY_KINDS
    return (IssueKind.REQUEST,) if actor.role is Role.ASSOCIATION else (IssueKind.HEARING,)


def make_issue_form(actor: Actor, issue: Issue | None = None) -> IssueForm:
    """The form of an issue: on a first look what is stored, after a POST what was typed."""
    kinds = kinds_of(actor) if issue is None or issue.kind in kinds_of(actor) else (issue.kind,)
    form = IssueForm(data=_stored(issue) if issue else _fresh(kinds))
    form.kind.choices = [(kind.value, kind.label(locale())) for kind in kinds]
    fill_topics(form, issue)
    if not actor.is_headquarters or issue is not None:
        del form.body_code
    if not (actor.is_municipality or actor.is_headquarters):
        del form.is_shared_with_prefecture
    return form


def content_of(form: IssueForm) -> IssueContent:
    """What the form says."""
    shared = getattr(form, "is_shared_with_prefecture", None)
    return IssueContent(
        kind=form.kind.data or IssueKind.PROBLEM,
        title=form.title.data or "",
        body=form.body.data or "",
        tried=form.tried.data or "",
        theme_id=form.theme_id.data,
        sub_topic_id=form.sub_topic_id.data,
        impact_count=form.impact_count.data,
        urgency=form.urgency.data,
        needed_by_on=form.needed_by_on.data,
        leak=form.leak.data,
        is_shared_with_prefecture=bool(shared.data) if shared is not None else False,
    )


def body_of(actor: Actor, form: IssueForm) -> Organisation | None:
    """The body that headquarters enters a hearing for. Raises Invalid when the code names no local government."""
    if not actor.is_headquarters:
        return None
    body = find_organisation(form.body_code.data or "")
    is_out_of_charge = actor.role is Role.LIAISON and body is not None and body.post_id not in actor.post_ids
    if body is None or body.kind not in LOCAL_GOVERNMENTS or is_out_of_charge:
        raise Invalid(N_("担当する地方公共団体の団体コード（6桁）を入力してください。"), field="body_code")
    return body


def attach_to_issue(actor: Actor, issue: Issue, form: IssueForm) -> None:
    """Store the files that came with the form on the issue itself."""
    store_attachments(
        actor, "issue", issue.id, uploads_from(form.attachments), confirmed=bool(form.my_number_confirmed.data)
    )


def attach_to_post(actor: Actor, post_id: int, form: object, audience: Audience) -> None:
    """Store the files that came with the form on the post, for the post's own audience."""
    confirmed, files = getattr(form, "my_number_confirmed", None), getattr(form, "attachments", None)
    if files is not None:
        store_attachments(
            actor,
            "post",
            post_id,
            uploads_from(files),
            audience=audience,
            confirmed=bool(confirmed.data) if confirmed is not None else False,
        )


def make_triage_form(issue: Issue) -> TriageForm:
    """What the submitter chose, for the liaison to check."""
    form = TriageForm(
        data={
            "version": issue.version,
            "theme_id": issue.theme_id,
            "sub_topic_id": issue.sub_topic_id,
            "urgency": issue.urgency,
        }
    )
    fill_topics(form)
    return form


def make_route_form(actor: Actor, issue: Issue) -> RouteForm:
    """The division of the routing table; the secretariat may choose another one."""
    proposed = service.proposed_division(issue)
    form = RouteForm(data={"version": issue.version, "division_id": proposed.id if proposed else None})
    divisions = list_divisions() if policy.can_choose_division(actor) else [proposed] if proposed else []
    form.division_id.choices = [
        (body.id, (body.name_en or body.name) if locale() == "en" else body.name) for body in divisions
    ]
    return form


def version_of(form: object) -> int | None:
    """The version that the writer saw; what is no number counts as stale."""
    typed = str(getattr(getattr(form, "version", None), "data", "") or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def fill_topics(form: HasTopics, issue: Issue | None = None) -> None:
    """Themes and their sub-topics; once submitted, the theme is the liaison's to change."""
    is_fixed = issue is not None and issue.state is not IssueState.DRAFT
    themes = [theme for theme in list_themes() if not is_fixed or issue is None or theme.id == issue.theme_id]
    form.theme_id.choices = [(theme.id, theme.label(locale())) for theme in themes]
    form.sub_topic_id.choices = [
        (topic.id, f"{theme.label(locale())}：{topic.label(locale())}")
        for theme in themes
        for topic in theme.sub_topics
        if topic.is_active
    ]


def _stored(issue: Issue) -> dict[str, object]:
    return {name: getattr(issue, name) for name in _COPIED} | {"draft_id": issue.id if issue.number is None else ""}


def _fresh(kinds: tuple[IssueKind, ...]) -> dict[str, object]:
    asked = request.args.get("kind", "")
    return {"kind": next((kind for kind in kinds if kind.value == asked), kinds[0])}
