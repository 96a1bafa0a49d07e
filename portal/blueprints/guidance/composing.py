"""The forms of guidance with their choices: what stands in them and what they say."""

from dataclasses import replace
from types import SimpleNamespace

from flask import request
from flask_babel import get_locale, gettext
from werkzeug.datastructures import MultiDict

from portal.blueprints.guidance.forms import GuidanceFilterForm, GuidanceForm, RecipientFilterForm, RespondForm
from portal.directory.actor import Actor
from portal.directory.queries import get_organisation_by_id
from portal.guidance import queries
from portal.guidance.addressees import ADDRESSABLE, AddresseeRule, parse_codes
from portal.guidance.content import LEGAL_BASIS_ADVICE, GuidanceContent, legal_basis_of
from portal.guidance.layout import template_of
from portal.guidance.matrix import PrefectureFacts, RecipientFilters
from portal.guidance.models import Guidance
from portal.guidance.numbers import suggest_number
from portal.guidance.queries import GuidanceFilters
from portal.guidance.states import (
    ANSWERING,
    BodyClass,
    DeliveryRoute,
    Fact,
    GuidanceKind,
    NumberRule,
    ResponseState,
    number_rule_of,
)
from portal.guidance.typed_models import KeptTyping
from portal.themes.queries import list_themes
from portal.web.fields import TextField
from portal.web.places import prefecture_choices

_COPIED = (
    "version",
    "kind",
    "nature",
    "theme_id",
    "title",
    "sender_id",
    "sender_title",
    "document_number",
    "origin_ministry_id",
    "addressee_line",
    "body",
    "legal_basis",
    "contact",
    "required_action",
    "reply_due_on",
    "short_due_reason",
    "difference",
    "concerned_sections",
    "route",
    "seal_omitted",
    "asks_passing_on",
)


_SHOWN = ("document_number", "addressee_line", "sender_title", "title", "body", "legal_basis", "contact")


def locale() -> str:
    """The language of the page."""
    return str(get_locale() or "ja")


def make_guidance_form(
    actor: Actor, guidance: Guidance | None = None, restored: KeptTyping | None = None
) -> GuidanceForm:
    """The draft's form: on a first look what is stored or, restored, what was typed upon it; after a POST what was
    typed.
    """
    stored = _stored(guidance) if guidance else _fresh(actor)
    form = fill_form(restored, stored) if restored else GuidanceForm(data=stored)
    kept_id = guidance.sender_id if guidance else None
    themes = [(theme.id, theme.label(locale())) for theme in list_themes()]
    form.theme_id.choices = themes
    form.sender_id.choices = [(body.id, named(body)) for body in queries.list_senders(actor, kept_id)]
    form.origin_ministry_id.choices = [(body.id, named(body)) for body in queries.list_ministries()]
    form.kinds.choices = [(kind.value, kind.label(locale())) for kind in ADDRESSABLE]
    form.legal_basis.description = gettext(
        "性格が技術的助言で空欄のときは、次の定型文が入ります。「%(text)s」", text=LEGAL_BASIS_ADVICE
    )
    form.prefectures.choices = prefecture_choices()
    return form


def fill_form(kept: KeptTyping, stored: dict[str, object]) -> GuidanceForm:
    """The form as it was left, upon the version on which it was typed. Its lists have no choices yet."""
    return GuidanceForm(MultiDict(kept.typed), data={**stored, "version": kept.seen_version})


def content_of(form: GuidanceForm, kept: AddresseeRule | None = None) -> GuidanceContent:
    """What the form says; what it does not ask of the rule stays as ``kept`` has it.

    Raises Invalid at the list of codes that names an unknown body.
    """
    return GuidanceContent(
        kind=form.kind.data,
        nature=form.nature.data,
        theme_id=form.theme_id.data,
        title=form.title.data or "",
        sender_id=form.sender_id.data,
        sender_title=form.sender_title.data or "",
        document_number=form.document_number.data,
        origin_ministry_id=form.origin_ministry_id.data,
        addressee_line=form.addressee_line.data or "",
        body=form.body.data or "",
        legal_basis=form.legal_basis.data or "",
        contact=form.contact.data or "",
        required_action=form.required_action.data or "",
        reply_due_on=form.reply_due_on.data,
        short_due_reason=form.short_due_reason.data or None,
        difference=form.difference.data or "",
        concerned_sections=form.concerned_sections.data or "",
        route=form.route.data or DeliveryRoute.DIRECT,
        seal_omitted=bool(form.seal_omitted.data),
        asks_passing_on=bool(form.asks_passing_on.data),
        addressees=_rule_of(form, kept or AddresseeRule()),
    )


def show_number(field: TextField, guidance: Guidance) -> dict[str, object]:
    """Mark the number's field as its kind demands, and say whether it is shown and which number comes next."""
    rule = number_rule_of(guidance.kind)
    field.flags.required = rule is NumberRule.REQUIRED
    next_number = suggest_number(guidance.sender_id) if rule is NumberRule.OPTIONAL else None
    return {"takes_number": rule is not NumberRule.FORBIDDEN, "suggestion": next_number}


def version_of(form: object) -> int | None:
    """The version that the writer saw; what is no number counts as stale."""
    typed = str(getattr(getattr(form, "version", None), "data", "") or "")
    return int(typed) if typed.isascii() and typed.isdigit() else -1


def make_filter_form(actor: Actor) -> tuple[GuidanceFilterForm, GuidanceFilters]:
    """The conditions of the list as a form and as filters; what cannot be read narrows nothing."""
    form = GuidanceFilterForm()
    form.theme_id.choices = [(theme.id, theme.label(locale())) for theme in list_themes(with_inactive=True)]
    form.sender_id.choices = [(body.id, named(body)) for body in queries.list_all_senders()]
    form.waiting.choices = [
        ("unopened", gettext("未閲覧")),
        ("unreceived", gettext("未受領")),
        ("unanswered", gettext("未対応")),
    ]
    if not form.validate():
        return form, GuidanceFilters()
    return form, GuidanceFilters(
        words=form.words.data or "",
        kind=form.kind.data,
        theme_id=form.theme_id.data,
        sender_id=form.sender_id.data,
        state=form.state.data,
        waiting=form.waiting.data or None,
    )


def make_recipient_filter_form(prefectures: list[PrefectureFacts]) -> tuple[RecipientFilterForm, RecipientFilters]:
    """The conditions of the list of recipients as a form and as filters."""
    form = RecipientFilterForm()
    form.prefecture.choices = [(each.code, named(each)) for each in prefectures if each.code]
    missing = {Fact.OPENED: gettext("未閲覧"), Fact.RECEIVED: gettext("未受領")}
    present = {Fact.OPENED: gettext("閲覧済"), Fact.RECEIVED: gettext("受領済")}
    form.fact.choices = [
        choice for fact in missing for choice in ((f"no-{fact.value}", missing[fact]), (fact.value, present[fact]))
    ] + [(state.value, state.label(locale())) for state in ResponseState]
    if not form.validate():
        return form, RecipientFilters()
    filters = _recipient_filters(form.prefecture.data or None, form.fact.data or "")
    return form, replace(filters, body_class=form.body_class.data or None)


def filters_posted() -> RecipientFilters:
    """The conditions of the list as its export is sent them; a class or fact that there is not narrows nothing."""
    filters = _recipient_filters(request.form.get("prefecture") or None, request.form.get("fact") or "")
    classes = {each.value: each for each in BodyClass}
    return replace(filters, body_class=classes.get(request.form.get("body_class") or ""))


def make_respond_form() -> RespondForm:
    """The response's form with the four answers to choose from."""
    form = RespondForm()
    form.state.choices = [(state.value, state.label(locale())) for state in ANSWERING]
    return form


def _recipient_filters(prefecture: str | None, chosen: str) -> RecipientFilters:
    facts = {fact.value: fact for fact in Fact}
    responses = {state.value: state for state in ResponseState}
    return RecipientFilters(
        prefecture=prefecture,
        fact=facts.get(chosen.removeprefix("no-")),
        is_missing=chosen.startswith("no-"),
        response=responses.get(chosen),
    )


def _rule_of(form: GuidanceForm, kept: AddresseeRule) -> AddresseeRule:
    chosen = set(form.kinds.data or ())
    return replace(
        kept,
        kinds=tuple(kind for kind in ADDRESSABLE if kind.value in chosen),
        prefectures=tuple(form.prefectures.data or ()),
        core_cities=bool(form.core_cities.data),
        include=parse_codes("include", form.include.data or ""),
        exclude=parse_codes("exclude", form.exclude.data or ""),
    )


def _stored(guidance: Guidance) -> dict[str, object]:
    rule = AddresseeRule.from_dict(guidance.addressees)
    return {
        **{name: getattr(guidance, name) for name in _COPIED},
        "kinds": [kind.value for kind in rule.kinds],
        "prefectures": list(rule.prefectures),
        "core_cities": rule.core_cities,
        "include": "\n".join(rule.include),
        "exclude": "\n".join(rule.exclude),
    }


def _fresh(actor: Actor) -> dict[str, object]:
    kind = request.args.get("kind", "")
    kinds = {each.value: each for each in GuidanceKind}
    return {
        **template_of(kinds.get(kind, GuidanceKind.NOTICE), actor.organisation_name),
        "sender_id": actor.organisation_id,
    }


def paper_typed(form: GuidanceForm) -> SimpleNamespace:
    """What was typed, as a paper that can be shown without being stored or complete."""
    sender_id = next((int(choice[0]) for choice in form.sender_id.iter_choices() if choice[2]), None)
    typed = {name: getattr(form, name).data or "" for name in _SHOWN}
    typed["legal_basis"] = legal_basis_of(form.nature.data, typed["legal_basis"])
    return SimpleNamespace(
        **typed,
        kind=form.kind.data or GuidanceKind.NOTICE,
        sender=SimpleNamespace(name=get_organisation_by_id(sender_id).name if sender_id is not None else ""),
        seal_omitted=bool(form.seal_omitted.data),
        asks_passing_on=bool(form.asks_passing_on.data),
        issued_on=None,
        id=None,
    )


def named(body: object) -> str:
    """The name of a body or office in the language of the page; the Japanese one where it has no other."""
    name, english = getattr(body, "name", ""), getattr(body, "name_en", None)
    return (english or name) if locale() == "en" else name
