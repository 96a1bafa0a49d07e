"""A search as its page shows it: hits of every kind that the actor may see, best first, with facets and pages."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from portal.campaigns import searching as campaigns
from portal.core.enums import LabelledEnum
from portal.directory.actor import Actor
from portal.finder.terms import terms_of
from portal.guidance import searching as guidance
from portal.issues import searching as issues
from portal.knowledge import searching as knowledge
from portal.search.documents import is_sqlite
from portal.search.hits import Hit, Narrowing, list_hits
from portal.search.matching import CAP, Sought, are_common, parse

PAGE_SIZE = 20
_MOST_ACROSS = 4
_Key = tuple[int, datetime, int]


class FoundKind(LabelledEnum):
    """What a hit is."""

    ISSUE = (issues.KIND, "課題・照会", "Issues")
    GUIDANCE = (guidance.KIND, "通知等", "Guidance")
    QA_ENTRY = (knowledge.KIND, "Q&A", "Q&A")
    CAMPAIGN = (campaigns.KIND, "点検・調査", "Campaigns")


@dataclass(frozen=True)
class Thing:
    """A thing that was found: its best text first."""

    kind: str
    subject_id: int
    hits: Sequence[Hit]

    @property
    def key(self) -> _Key:
        """By this the things are ordered: fit, then newest."""
        best = self.hits[0]
        return best.score, best.occurred_at, best.document_id


@dataclass(frozen=True, kw_only=True)
class Facets:
    """How many of the things found fall to each value."""

    kinds: Counter[str] = field(default_factory=Counter)
    themes: Counter[int] = field(default_factory=Counter)
    prefectures: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    states: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class Results:
    """One page of what was found.

    ``is_capped``: more texts hold the words than are looked at; the newest of them were. ``is_split``: nothing held
    the words as typed, so that they were taken apart.
    """

    sought: Sought
    things: Sequence[Thing] = ()
    total: int = 0
    facets: Facets = field(default_factory=Facets)
    is_capped: bool = False
    is_split: bool = False
    next_cursor: str | None = None


def find(actor: Actor, typed: str, chosen: Narrowing, cursor: str | None = None) -> Results:
    """What holds the words, within what the actor may see: so are its counts and facets. Up to four statements.

    Where no text holds all the words, things are taken that hold them in different texts; a sentence that stands
    nowhere is taken apart into its words.
    """
    sought = parse(typed)
    if sought.is_empty:
        return Results(sought=sought)
    hits = [hit for found in _hits(actor, [sought], chosen) for hit in found]
    if hits:
        return _page(Results(sought=sought, is_capped=_is_capped(hits)), _things(hits), cursor)
    is_split = len(sought.words) == 1
    apart = Sought(tuple(terms_of(typed))) if is_split else sought
    if apart.is_empty or sought.is_any or (is_split and apart.words == sought.words):
        return Results(sought=sought)
    things = _across(actor, apart, chosen)
    return _page(Results(sought=apart, is_split=is_split), things, cursor) if things else Results(sought=sought)


def _across(actor: Actor, sought: Sought, chosen: Narrowing) -> list[Thing]:
    """The things whose texts hold the words between them. Of very common words the newest texts alone are looked at."""
    words = [Sought((word,)) for word in sought.words if len(word) > 1][:_MOST_ACROSS]
    found: list[dict[tuple[str, int], Hit]] = []
    for hits in _hits(actor, words, chosen):
        by_thing: dict[tuple[str, int], Hit] = {}
        for hit in hits:
            thing = hit.kind, hit.subject_id
            if thing not in by_thing or by_thing[thing].score < hit.score:
                by_thing[thing] = hit
        found.append(by_thing)
    common = set.intersection(*(set(by_thing) for by_thing in found))
    return _things([by_thing[thing] for thing in common for by_thing in found])


def _hits(actor: Actor, searches: Sequence[Sought], chosen: Narrowing) -> list[list[Hit]]:
    """The hits of each search in all the kinds wanted. One statement, before it another where nothing else narrows."""
    wanted = {chosen.kind} if chosen.kind else {kind.value for kind in FoundKind}
    if chosen.state is not None and chosen.kind is None:
        wanted = set()  # a state belongs to a kind
    is_wide = issues.KIND in wanted and not is_sqlite() and issues.is_wide(actor, chosen)
    common = are_common(issues.KIND, searches) if is_wide else [False] * len(searches)
    queries: list[Any] = []
    places: list[int] = []
    for place, sought in enumerate(searches):
        if issues.KIND in wanted:
            queries.append(issues.select_hits_for(actor, sought, chosen, is_common=common[place]))
        for source in (guidance, knowledge, campaigns):
            if source.KIND in wanted:
                queries.append(source.select_hits_for(actor, sought, chosen))
        places += [place] * (len(queries) - len(places))
    asked = [(place, query) for place, query in zip(places, queries, strict=True) if query is not None]
    found: list[list[Hit]] = [[] for _ in searches]
    for (place, _), hits in zip(asked, list_hits([query for _, query in asked]), strict=True):
        found[place] += hits
    return found


def _is_capped(hits: Sequence[Hit]) -> bool:
    return any(count >= CAP for count in Counter(hit.kind for hit in hits).values())


def _things(hits: Iterable[Hit]) -> list[Thing]:
    grouped: dict[tuple[str, int], list[Hit]] = defaultdict(list)
    for hit in hits:
        grouped[hit.kind, hit.subject_id].append(hit)
    things = [
        Thing(kind, subject_id, sorted(group, key=lambda hit: (hit.score, hit.document_id), reverse=True))
        for (kind, subject_id), group in grouped.items()
    ]
    return sorted(things, key=lambda thing: thing.key, reverse=True)


def _page(results: Results, things: list[Thing], cursor: str | None) -> Results:
    after = _decode(cursor) if cursor else None
    rest = [thing for thing in things if after is None or _mark(thing) < after]
    shown = rest[:PAGE_SIZE]
    return replace(
        results,
        things=shown,
        total=len(things),
        facets=_facets(things),
        next_cursor=_encode(shown[-1]) if len(rest) > PAGE_SIZE else None,
    )


def _facets(things: Sequence[Thing]) -> Facets:
    facets = Facets()
    for thing in things:
        one = thing.hits[0]
        facets.kinds[thing.kind] += 1
        facets.states[thing.kind, one.state] += 1
        if one.theme_id is not None:
            facets.themes[one.theme_id] += 1
        if one.prefecture_code is not None:
            facets.prefectures[one.prefecture_code] += 1
        if one.year is not None:
            facets.years[one.year] += 1
    return facets


def _mark(thing: Thing) -> tuple[int, int, int]:
    score, at, document_id = thing.key
    return score, int(at.timestamp() * 1_000_000), document_id


def _encode(thing: Thing) -> str:
    return ".".join(str(part) for part in _mark(thing))


def _decode(cursor: str) -> tuple[int, int, int] | None:
    """A cursor that is broken leads to the first page."""
    found: Any = re.fullmatch(r"(\d{1,9})\.(\d{1,18})\.(\d{1,18})", cursor, re.ASCII)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
