"""The facets of a search as links: each narrows by a value, or gives up the narrowing."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request
from flask_babel import gettext

from portal.finder.finding import Facets, FoundKind
from portal.finder.showing import STATES, find_labels
from portal.search.hits import Narrowing
from portal.web.filters import era_fiscal_year, label, with_arguments
from portal.web.locale import is_english

_MOST = 12


@dataclass(frozen=True)
class FacetLink:
    """One value: its name, where its link leads, how many things fall to it, whether it is chosen."""

    label: str
    url: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """A heading with its values."""

    name: str
    label: str
    links: list[FacetLink]


def read_narrowing() -> Narrowing:
    """What the address narrows by; what makes no sense there narrows nothing."""
    arguments = request.args
    kind = arguments.get("kind", "")
    kind = kind if kind in STATES else ""
    state = arguments.get("state", "")
    known = bool(kind) and state in {member.value for member in STATES[kind]}
    prefecture = arguments.get("prefecture", "")
    return Narrowing(
        kind=kind or None,
        theme_id=_number(arguments.get("theme", ""), 9),
        prefecture_code=prefecture if len(prefecture) == 2 and prefecture.isdigit() and prefecture.isascii() else None,
        year=_number(arguments.get("year", ""), 4),
        state=state if known else None,
    )


def list_facets(facets: Facets, chosen: Narrowing) -> list[Facet]:
    """The facets that divide what was found, or by which it is narrowed already. One statement."""
    labels = find_labels(facets)

    def name(sort: str, value: object) -> str:
        ja, en = labels.get((sort, value), (str(value), None))
        return (en or ja) if is_english() else ja

    every = [
        _facet(
            "kind",
            gettext("種類"),
            ((each.value, label(each), facets.kinds[each.value]) for each in FoundKind),
            chosen.kind,
        ),
        _facet(
            "theme",
            gettext("テーマ"),
            ((key, name("theme", key), count) for key, count in facets.themes.most_common(_MOST)),
            chosen.theme_id,
        ),
        _facet(
            "prefecture",
            gettext("都道府県"),
            ((key, name("prefecture", key), count) for key, count in facets.prefectures.most_common(_MOST)),
            chosen.prefecture_code,
        ),
        _facet(
            "year",
            gettext("時期"),
            ((key, era_fiscal_year(key), count) for key, count in sorted(facets.years.items(), reverse=True)[:_MOST]),
            chosen.year,
        ),
    ]
    if chosen.kind:
        enum = STATES[chosen.kind]
        counted = ((each.value, label(each), facets.states[chosen.kind, each.value]) for each in enum)
        every.append(_facet("state", gettext("状態"), counted, chosen.state))
    return [facet for facet in every if len(facet.links) > 1 or any(link.is_chosen for link in facet.links)]


def _facet(name: str, heading: str, values: Iterable[tuple[object, str, int]], chosen: object) -> Facet:
    """Leaving a kind leaves its state."""
    also: dict[str, str | None] = {"cursor": None, "state": None} if name == "kind" else {"cursor": None}
    links = [
        FacetLink(
            text, with_arguments(**{**also, name: None if value == chosen else str(value)}), count, value == chosen
        )
        for value, text, count in values
        if count or value == chosen
    ]
    return Facet(name, heading, links)


def _number(text: str, digits: int) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits and int(text) > 0 else None
