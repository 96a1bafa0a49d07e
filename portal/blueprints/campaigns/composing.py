"""The forms of campaigns with their choices: what stands in them and what they say."""

from typing import Any

from flask import request
from flask_babel import gettext

from portal.addressing.rule import AddresseeRule, parse_codes
from portal.blueprints.campaigns.forms import KINDS_OF_START, ContentForm, NewCampaignForm
from portal.blueprints.guidance.composing import locale
from portal.campaigns.changing import fingerprint_of
from portal.campaigns.content import CampaignContent, title_of_next_round
from portal.campaigns.models import Campaign
from portal.campaigns.named import list_ministries_of
from portal.campaigns.states import CampaignKind
from portal.decisions.rules.table import DEFAULT, RULES
from portal.directory.actor import Actor
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind
from portal.guidance.queries import list_ministries
from portal.themes.queries import list_themes
from portal.web.filters import named

LOCAL_KINDS = tuple(kind for kind in OrganisationKind if kind in LOCAL_GOVERNMENTS)
EVERYBODY = AddresseeRule(kinds=LOCAL_KINDS)
_COPIED = (
    "title", "theme_id", "purpose", "legal_basis", "document_number", "requested_on", "contact", "survey_due_on",
    "interim_on", "final_on", "rule", "is_drill", "again_reason",
)  # fmt: skip
_OF_ITS_TIME = ("document_number", "requested_on", "survey_due_on", "interim_on", "final_on", "again_reason")


def make_content_form(campaign: Campaign) -> ContentForm:
    """The draft's form: on a first look what is stored, after a POST what was typed."""
    form = ContentForm(data={**_stored(campaign), "seen": fingerprint_of(campaign)})
    _offer(form, campaign.kind)
    return form


def make_new_form(actor: Actor, previous: Campaign | None) -> tuple[NewCampaignForm, CampaignKind]:
    """The form of a new campaign: empty, or as the round before it was, without what belonged to its time."""
    kind = previous.kind if previous is not None else _kind_asked()
    data: dict[str, Any] = {"kind": kind.value, "previous": "" if previous is None else str(previous.id)}
    if previous is not None:
        kept = {**_stored(previous), **dict.fromkeys(_OF_ITS_TIME)}
        data = {**kept, "title": title_of_next_round(previous.title), **data}
    elif kind is CampaignKind.INSPECTION:
        data |= {"rule": DEFAULT, "theme_id": theme_of("linkage"), "contact": actor.signature}
    else:
        data |= {"theme_id": theme_of("other"), "contact": actor.signature}
    form = NewCampaignForm(data=data)
    _offer(form, kind)
    return form, kind


def content_of(form: ContentForm, addressees: AddresseeRule) -> CampaignContent:
    """What the form says. Raises Invalid at the list of codes that names an unknown body."""
    names = [name for name in _COPIED if name in form and name not in {"rule", "is_drill"}]
    values = {name: form[name].data for name in names}
    for name, value in values.items():
        if value is None and name in {"purpose", "legal_basis", "document_number", "contact", "again_reason", "title"}:
            values[name] = ""
    exceptions = form.juki_exceptions.data if "juki_exceptions" in form else ""
    return CampaignContent(
        **values,
        rule=(form.rule.data or None) if "rule" in form else None,
        is_drill=bool(form.is_drill.data),
        juki_exceptions=parse_codes("juki_exceptions", exceptions or ""),
        ministry_ids=tuple(form.ministry_ids.data or ()),
        addressees=addressees,
    )


def theme_choices() -> list[tuple[int, str]]:
    """The themes of today."""
    return [(theme.id, theme.label(locale())) for theme in list_themes()]


def theme_of(code: str) -> int | None:
    """The theme of this code, where it is still used."""
    return next((theme.id for theme in list_themes() if theme.code == code), None)


def number_in(text: str | None) -> int | None:
    """The number that a hidden field or an address holds; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _kind_asked() -> CampaignKind:
    return KINDS_OF_START.get(request.values.get("kind", ""), CampaignKind.INSPECTION)


def _offer(form: ContentForm, kind: CampaignKind) -> None:
    form.theme_id.choices = theme_choices()
    form.ministry_ids.choices = [(body.id, named(body)) for body in list_ministries()]
    if kind is CampaignKind.SURVEY:
        del form.rule, form.juki_exceptions
    else:
        form.rule.choices = [(name, f"{gettext(rule.title)}（{name}）") for name, rule in RULES.items()]


def _stored(campaign: Campaign) -> dict[str, Any]:
    return {
        **{name: getattr(campaign, name) for name in _COPIED},
        "juki_exceptions": "\n".join(campaign.juki_exceptions),
        "ministry_ids": [body.id for body in list_ministries_of(campaign)],
    }
