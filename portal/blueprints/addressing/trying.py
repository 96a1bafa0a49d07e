"""A rule tried on the page of addressees: its form with the choices, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from portal.addressing.queries import list_lists
from portal.addressing.rule import parse_fields
from portal.addressing.states import PopulationClass
from portal.blueprints.addressing.forms import RuleForm
from portal.blueprints.guidance.composing import locale
from portal.core.errors import Invalid
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.queries import list_duties
from portal.directory.roles import OrganisationKind
from portal.guidance.addressees import ADDRESSABLE, AddresseeRule, describe_with, list_prefectures, name_codes
from portal.guidance.comparison import list_earlier
from portal.guidance.models import Guidance
from portal.web.places import prefecture_choices

_NAMES = ("prefectures", "duties", "lists", "received", "unanswered", "exclude_lists")
TRIED = "tried"


@dataclass(kw_only=True)
class Trial:
    """The stored rule or the one that the address asks for; ``form`` carries what is wrong with it.

    ``prefectures``, ``lists`` and ``papers`` are what there is to choose from; ``named`` the bodies named by code.
    """

    form: RuleForm
    rule: AddresseeRule
    stored: AddresseeRule
    prefectures: Sequence[Organisation]
    lists: dict[int, str]
    papers: dict[int, str]
    named: Sequence[Organisation] | None = None

    @property
    def is_changed(self) -> bool:
        """Whether keeping it would change anything."""
        return self.rule != self.stored and not self.form.problems

    def describe(self) -> str:
        """The rule in words. One statement where it names bodies that have not been read."""
        named = name_codes((*self.rule.include, *self.rule.exclude)) if self.named is None else self.named
        bodies = [*self.prefectures, *named]
        return describe_with(self.rule, locale(), bodies=bodies, lists=self.lists, papers=self.papers)


def try_rule(actor: Actor, guidance: Guidance) -> Trial:
    """What the address asks of a paper's addressees, or what is stored of them."""
    stored = AddresseeRule.from_dict(guidance.addressees)
    return try_stored(actor, stored, papers=list_earlier(actor, (*stored.received, *stored.unanswered)))


def try_stored(
    actor: Actor,
    stored: AddresseeRule,
    *,
    kinds: Sequence[OrganisationKind] = ADDRESSABLE,
    papers: Sequence[Guidance] = (),
) -> Trial:
    """What the address asks for, or what is stored. What cannot be read leaves the stored rule, with the errors.

    ``kinds`` and ``papers`` are what there is to choose from.
    """
    is_tried = TRIED in request.args
    form = RuleForm(formdata=request.args if is_tried else None, data=_values(stored))
    trial = _offer(actor, form, stored, kinds, papers)
    if not is_tried or not form.validate():
        return trial
    try:
        trial.rule, trial.named = _rule_of(form)
    except Invalid as error:
        form.lay(error)
    return trial


def read_rule(guidance: Guidance) -> AddresseeRule:
    """The rule that the address asks for, else the paper's: for lists of bodies."""
    return read_stored(AddresseeRule.from_dict(guidance.addressees))


def read_stored(stored: AddresseeRule) -> AddresseeRule:
    """The rule that the address asks for, else the stored one, without anything to choose from."""
    if TRIED not in request.args:
        return stored
    typed = request.args
    asked = {name: typed.getlist(name) for name in ("kinds", "populations", "prefectures", "duties")}
    ids = {name: [int(each) for each in typed.getlist(name) if each.isdecimal()] for name in _NAMES[2:]}
    try:
        codes, _ = parse_fields({name: typed.get(name, "")[:3000] for name in ("include", "exclude")})
    except Invalid:
        return stored
    return AddresseeRule.from_dict({**asked, **ids, **codes, "core_cities": "core_cities" in typed})


def _offer(
    actor: Actor, form: RuleForm, stored: AddresseeRule, kinds: Sequence[OrganisationKind], papers: Sequence[Guidance]
) -> Trial:
    """Give the form its choices; the trial begins as what is stored. Three statements."""
    prefectures, in_english = list_prefectures(), locale() == "en"
    form.kinds.choices = [(kind.value, kind.label(locale())) for kind in kinds]
    form.populations.choices = [(each.value, each.label(locale())) for each in PopulationClass]
    form.prefectures.choices = prefecture_choices(prefectures)
    form.duties.choices = [(duty.code, duty.name_en if in_english else duty.name) for duty in list_duties()]
    lists = list_lists(actor, (*stored.lists, *stored.exclude_lists))
    form.lists.choices = form.exclude_lists.choices = [
        (each.found.id, f"{each.found.name}（{each.count:,}）") for each in lists
    ]
    form.received.choices = form.unanswered.choices = [
        (paper.id, " ".join(part for part in (paper.document_number, paper.title) if part)) for paper in papers
    ]
    return Trial(
        form=form,
        rule=stored,
        stored=stored,
        prefectures=prefectures,
        lists={each.found.id: each.found.name for each in lists},
        papers={paper.id: paper.document_number or paper.title for paper in papers},
    )


def _values(rule: AddresseeRule) -> dict[str, Any]:
    return {
        "kinds": [kind.value for kind in rule.kinds],
        "core_cities": rule.core_cities,
        "populations": [each.value for each in rule.populations],
        "include": "\n".join(rule.include),
        "exclude": "\n".join(rule.exclude),
        **{name: list(getattr(rule, name)) for name in _NAMES},
    }


def _rule_of(form: RuleForm) -> tuple[AddresseeRule, list[Organisation]]:
    kinds, sizes = set(form.kinds.data or ()), set(form.populations.data or ())
    codes, bodies = parse_fields({"include": form.include.data or "", "exclude": form.exclude.data or ""})
    rule = AddresseeRule(
        kinds=tuple(kind for kind in ADDRESSABLE if kind.value in kinds),
        core_cities=bool(form.core_cities.data),
        populations=tuple(each for each in PopulationClass if each.value in sizes),
        include=codes["include"],
        exclude=codes["exclude"],
        **{name: tuple(form[name].data or ()) for name in _NAMES},
    )
    return rule, list(bodies.values())
