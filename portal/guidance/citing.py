"""Document numbers in texts: which issued papers they name, and whether these still hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.core.db import db
from portal.directory.actor import Actor
from portal.guidance import policy
from portal.guidance.models import Guidance
from portal.guidance.numbers import normalise_number
from portal.guidance.states import ISSUED_STATES, GuidanceState

_SHORTEST = 2  # letters before 第
_MOST = 60  # numbers looked up for one page


@dataclass(frozen=True)
class Cited:
    """The paper that a number names. ``number`` is the part of what was written that is its number."""

    guidance_id: int
    number: str
    title: str
    state: GuidanceState
    is_corrected: bool


def find_cited(actor: Actor, written: Iterable[str]) -> dict[str, Cited]:
    """What each of the written numbers names, of what the actor may see: the newest where several bear it.

    Letters before a number may belong to the sentence (通知総行住第78号), so its ends are tried too. One statement.
    """
    tried = {each: _candidates(each) for each in list(dict.fromkeys(written))[:_MOST]}
    numbers = {candidate for candidates in tried.values() for candidate in candidates}
    if not numbers:
        return {}
    rows = db.session.execute(
        policy.viewable_by(actor)
        .with_only_columns(
            Guidance.id, Guidance.document_number, Guidance.title, Guidance.state, Guidance.correction_count
        )
        .where(Guidance.document_number.in_(numbers), Guidance.state.in_(ISSUED_STATES))
        .order_by(Guidance.issued_at, Guidance.id)
    )
    found = {
        number: Cited(guidance_id=key, number=number, title=title, state=state, is_corrected=corrections > 0)
        for key, number, title, state, corrections in rows
        if number is not None
    }
    return {
        each: found[next(candidate for candidate in candidates if candidate in found)]
        for each, candidates in tried.items()
        if any(candidate in found for candidate in candidates)
    }


def _candidates(written: str) -> list[str]:
    """The number as written, then without its first letters one by one; the longest first."""
    number = normalise_number(written) or ""
    prefix = number.partition("第")[0]
    return [number[start:] for start in range(max(1, len(prefix) - _SHORTEST + 1))]
