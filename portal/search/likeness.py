"""Which things are like a text: those that share its telling words, a rare word telling more than a common one."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.search.documents import is_sqlite, tag
from portal.search.matching import COMMON, Sought, count_in_newest, matching, newest_first
from portal.search.models import SearchDocument

MOST = 60  # of the newest things for each pair of words
_TELLING = 3
_PRIOR = 200  # texts without any of the words, so that a few texts prove little
_RARE = math.log(40)  # of a word in fewer than two or three of a hundred texts
_ENOUGH = 0.45  # of the weight of all the words

Scope = Callable[[sa.Select[Any]], sa.Select[Any]]


def rank_like(
    kind: str, part: str, terms: Sequence[str], scope: Scope, *, tags: Sequence[Sequence[str]] = ()
) -> list[int]:
    """The things of a kind, by id, whose ``part`` holds enough of the terms; the most alike first, then the newest.

    ``scope`` joins the kind's table and leaves what the actor may see. Two statements.
    """
    if not terms:
        return []
    weights, groups = _weigh(kind, terms)
    arms = []
    for place, (group, is_often) in enumerate(groups):
        is_common = is_often and not tags
        columns = (sa.literal(place), SearchDocument.subject_id)
        narrow = [[tag("part", part)], *tags]
        query = matching(kind, Sought(group), *columns, tags=narrow, by_index=not is_common)
        order = SearchDocument.id.desc() if is_common else newest_first()
        arms.append(sa.select(scope(query).where(SearchDocument.part == part).order_by(order).limit(MOST).subquery()))
    held: dict[int, set[str]] = defaultdict(set)
    for place, subject_id in db.session.execute(sa.union_all(*arms)):
        held[subject_id] |= set(groups[place][0])
    enough = _ENOUGH * sum(weights.values())
    scores = {each: sum(weights[term] for term in found) for each, found in held.items()}
    alike = [each for each, score in scores.items() if score >= enough]
    return sorted(alike, key=lambda each: (scores[each], each), reverse=True)


def _weigh(kind: str, terms: Sequence[str]) -> tuple[dict[str, float], list[tuple[tuple[str, ...], bool]]]:
    """How telling each term is, and what to look for: pairs of the most telling terms, and rare terms alone.

    Of each group, whether so many of the newest texts hold it that PostgreSQL had better walk them.
    """
    pairs = list(combinations(terms, 2))
    counts, sampled = count_in_newest(kind, [*((term,) for term in terms), *pairs])
    weights = {term: math.log((sampled + _PRIOR) / (count + 2)) for term, count in zip(terms, counts, strict=False)}
    telling = sorted(terms, key=lambda term: weights[term], reverse=True)[:_TELLING]
    walked = sampled * COMMON if not is_sqlite() else sampled
    often = dict(zip(terms, (count > walked for count in counts), strict=False))
    alone = [((term,), often[term]) for term in telling if weights[term] > _RARE or len(telling) == 1]
    common = {pair: count > walked for pair, count in zip(pairs, counts[len(terms) :], strict=True)}
    chosen = [(pair, walks) for pair, walks in common.items() if set(pair) <= set(telling)]
    return weights, [*chosen, *alone]
