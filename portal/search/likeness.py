"""Which things are like a text: those that share its telling words, a rare word telling more than a common one."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.search.documents import tag
from portal.search.matching import Sought, count_in_newest, matching, newest_first
from portal.search.models import SearchDocument

MOST = 60  # of the newest things for each pair of words
_TELLING = 4
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
    weights = _weights(kind, terms)
    groups = _groups(weights)
    arms = []
    for place, group in enumerate(groups):
        query = matching(
            kind, Sought(group), sa.literal(place), SearchDocument.subject_id, tags=[[tag("part", part)], *tags]
        )
        arm = scope(query).order_by(newest_first()).limit(MOST).subquery()
        arms.append(sa.select(arm))
    held: dict[int, set[str]] = defaultdict(set)
    for place, subject_id in db.session.execute(sa.union_all(*arms)):
        held[subject_id] |= set(groups[place])
    enough = _ENOUGH * sum(weights.values())
    scores = {each: sum(weights[term] for term in found) for each, found in held.items()}
    alike = [each for each, score in scores.items() if score >= enough]
    return sorted(alike, key=lambda each: (scores[each], each), reverse=True)


def _weights(kind: str, terms: Sequence[str]) -> dict[str, float]:
    counts, sampled = count_in_newest(kind, [[term] for term in terms])
    return {term: math.log((sampled + _PRIOR) / (count + 2)) for term, count in zip(terms, counts, strict=True)}


def _groups(weights: dict[str, float]) -> list[tuple[str, ...]]:
    """Pairs of the most telling words, and rare words alone: never a gathering of what stands everywhere."""
    telling = sorted(weights, key=lambda term: weights[term], reverse=True)[:_TELLING]
    alone = [(term,) for term in telling if weights[term] > _RARE or len(telling) == 1]
    return [*combinations(telling, 2), *alone]
