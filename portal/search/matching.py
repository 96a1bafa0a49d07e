"""From the words that a person typed to the texts of the index that hold them; who may see which, the features say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from portal.core.db import db
from portal.search.documents import is_sqlite
from portal.search.models import SearchDocument
from portal.search.normal import grams, normalise

CAP = 500  # so many of the newest texts are ranked and counted; beyond them the page asks to narrow the search
MOST_WORDS = 8
_LONGEST = 200
_ISSUE_NUMBER = re.compile(r"r(\d{1,2})([a-z])(\d{1,6})")
_SAMPLE = 300
COMMON = 0.03  # of the newest texts: from here on it is better to walk them than to gather every hit

INDEX = sa.table("search_index", sa.column("rowid", sa.Integer()))


@dataclass(frozen=True)
class Sought:
    """The words of a search in the form of the index. ``is_any``: one of them is enough (several numbers pasted)."""

    words: tuple[str, ...]
    is_any: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that the index could find: a single character is in too many texts."""
        return not any(len(word) > 1 for word in self.words)


def parse(typed: str) -> Sought:
    """What is sought: the words between spaces, all of which must stand in a text; numbers pasted together, any."""
    words = list(dict.fromkeys(normalise(typed[:_LONGEST]).split()))[:MOST_WORDS]
    numbers = [_padded(found) for word in words if (found := _ISSUE_NUMBER.fullmatch(word))]
    if numbers and len(numbers) == len(words):
        return Sought(tuple(numbers), is_any=len(numbers) > 1)
    return Sought(tuple(words))


def matching(
    kind: str, sought: Sought, *columns: Any, tags: Sequence[Sequence[str]] = (), by_index: bool = True
) -> sa.Select[Any]:
    """The texts of a kind that hold the words, as a select of ``columns`` from SearchDocument, in no order yet.

    ``tags`` are groups of which each must give one tag that the text bears; that of the kind helps where few texts
    are of it, and costs where most are. To be joined with the thing's own table
    and narrowed by what the actor may see. ``by_index=False`` looks into each text instead: for words in very many
    texts, where the newest are soon found, and for few things known by their id.
    """
    query = sa.select(*columns).select_from(SearchDocument).where(SearchDocument.kind == kind, *_holding(sought))
    if not by_index:
        return query
    wanted = [[word for word in sought.words if len(word) > 1]] if sought.is_any else [
        [word] for word in sought.words if len(word) > 1
    ]  # fmt: skip
    groups = [[sorted(grams(word)) for word in group] for group in wanted]
    groups += [[[each] for each in group] for group in tags]
    if is_sqlite():
        match = " AND ".join("(" + " OR ".join(_fts(each) for each in group) + ")" for group in groups)
        return query.join(INDEX, INDEX.c.rowid == SearchDocument.id).where(
            sa.literal_column("search_index").op("MATCH")(match)
        )
    held = sa.func.search_grams(SearchDocument.text, SearchDocument.tags)
    everywhere = [gram for group in groups if len(group) == 1 for gram in group[0]]
    either = [group for group in groups if len(group) > 1]
    return query.where(
        _contains(held, everywhere), *(sa.or_(*(_contains(held, each) for each in group)) for group in either)
    )


def newest_first() -> sa.UnaryExpression[Any]:
    """The order in which either engine gives the hits without gathering all of them."""
    return INDEX.c.rowid.desc() if is_sqlite() else SearchDocument.id.desc()


def are_common(kind: str, searches: Sequence[Sought]) -> list[bool]:
    """Of each search, whether so many texts hold its words that it is better to walk the newest than to gather all.

    One statement.
    """
    groups = [list(each.words) for each in searches]
    counts, sampled = count_in_newest(kind, groups)
    return [count > sampled * COMMON for count in counts]


def count_in_newest(kind: str, groups: Sequence[Sequence[str]]) -> tuple[list[int], int]:
    """In how many of the newest texts the words of each group stand together, and how many texts these are."""
    newest = (
        sa.select(SearchDocument.text)
        .where(SearchDocument.kind == kind)
        .order_by(SearchDocument.id.desc())
        .limit(_SAMPLE)
        .subquery()
    )
    counts = [
        sa.func.count().filter(sa.and_(*(_position(newest.c.text, word) > 0 for word in group))) for group in groups
    ]
    row = db.session.execute(sa.select(sa.func.count(), *counts).select_from(newest)).one()
    return list(row[1:]), row[0]


def standing_in(subject_id: Any, kind: str, word: str, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether one of a thing's own texts holds the word, looked up thing by thing: for words in very many texts."""
    first = (
        sa.select(SearchDocument.id)
        .where(
            SearchDocument.kind == kind,
            SearchDocument.subject_id == subject_id,
            _position(SearchDocument.text, word) > 0,
            *conditions,
        )
        .limit(1)
    )
    return first.correlate_except(SearchDocument).scalar_subquery().is_not(None)


def score(sought: Sought) -> sa.ColumnElement[int]:
    """How well a text fits: its number above all, then words in its number and title, then how often they stand."""
    text, length = SearchDocument.text, SearchDocument.headline_length
    total: sa.ColumnElement[int] = sa.literal(0, sa.Integer())
    for word in sought.words:
        place = _position(text, word)
        times = (sa.func.length(text) - sa.func.length(sa.func.replace(text, word, ""))) / len(word)
        total = (
            total
            + sa.case((place + len(word) - 1 <= length, 20), else_=0)
            + sa.case((sa.and_(place == 1, length >= len(word), _position(text, word + " ") == 1), 1000), else_=0)
            + sa.case((times > 4, 4), else_=times)
        )
    return sa.cast(total + sa.case((SearchDocument.bound_id.is_(None), 2), else_=0), sa.Integer())


def _padded(found: re.Match[str]) -> str:
    return f"r{int(found[1])}{found[2]}{int(found[3]):06}"


def _holding(sought: Sought) -> list[sa.ColumnElement[bool]]:
    """The words themselves, since pairs of characters may stand apart from each other."""
    held = [_position(SearchDocument.text, word) > 0 for word in sought.words]
    return [sa.or_(*held)] if sought.is_any else held


def _position(text: Any, word: str) -> sa.ColumnElement[int]:
    return sa.func.instr(text, word, type_=sa.Integer()) if is_sqlite() else sa.func.strpos(text, word)


def _fts(pairs: Sequence[str]) -> str:
    """Nothing but letters, digits and the sign of a tag stands in a pair: it needs no more than its quotes."""
    return "(" + " AND ".join(f'"{pair}"' for pair in dict.fromkeys(pairs)) + ")"


def _contains(held: Any, pairs: Sequence[str]) -> sa.ColumnElement[bool]:
    texts = postgresql.ARRAY(sa.Text())
    return sa.type_coerce(held, texts).contains(sa.literal(list(dict.fromkeys(pairs)), texts))
