"""What is typed into the form of a paper before it is saved: kept for whoever types it, offered back, forgotten.

It is no text of the paper: nothing is emitted, and nobody else reads it anywhere.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.core import clock, my_number
from portal.core.db import db, insert
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance import policy
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.guidance.typed_models import KeptTyping

LIFE = timedelta(days=14)
MOST = 100_000  # characters: what the fields of the form take together is less
_CODES = frozenset({"include", "exclude"})  # lists of six digits each, of which two are no number of twelve


def keep_typed(
    actor: Actor,
    guidance: Guidance | None,
    typed: Mapping[str, Sequence[str]],
    *,
    version: int | None = None,
    issue_number: str | None = None,
    my_number_confirmed: bool = False,
) -> datetime:
    """Keep what the actor types for a draft, or for a new paper, in place of what was kept before; when that was.

    Raises Conflict when the paper is no draft any more, Invalid for what is too long, and like a saving where a text
    holds an individual number or may hold one: nothing is kept then, and what was kept before stays.
    """
    if guidance is None:
        authorize(policy.can_draft, actor)
    else:
        if guidance.state is not GuidanceState.DRAFT:
            raise Conflict(N_("この通知等の状態が変わったため、操作できません。画面を読み直してください。"))
        authorize(policy.can_edit, actor, guidance)
    if sum(len(value) for values in typed.values() for value in values) > MOST:
        raise Invalid(N_("入力が長すぎます。"))
    for name, text in _texts(typed):
        my_number.check_text(name, text, my_number_confirmed)
    now = clock.now()
    kept = {
        "typed": {name: list(values) for name, values in typed.items()},
        "seen_version": None if guidance is None else version,
        "issue_number": issue_number if guidance is None else None,
        "typed_at": now,
    }
    added = insert(KeptTyping).values(person_id=actor.person_id, guidance_id=guidance.id if guidance else None, **kept)
    if guidance is None:
        is_new = KeptTyping.guidance_id.is_(None)
        db.session.execute(added.on_conflict_do_update(index_elements=["person_id"], index_where=is_new, set_=kept))
    else:
        db.session.execute(added.on_conflict_do_update(index_elements=["person_id", "guidance_id"], set_=kept))
    return now


def find_typed(actor: Actor, guidance: Guidance | None) -> KeptTyping | None:
    """What the actor typed for the draft, or for a new paper, and did not save. One statement."""
    return db.session.scalar(sa.select(KeptTyping).where(_own(actor, guidance)))


def forget_typed(actor: Actor, guidance: Guidance | None) -> None:
    """It was saved, or is not wanted any more."""
    db.session.execute(sa.delete(KeptTyping).where(_own(actor, guidance)))


def forget_typed_of(guidance_id: int) -> None:
    """Nobody's typing goes into this paper any more."""
    db.session.execute(sa.delete(KeptTyping).where(KeptTyping.guidance_id == guidance_id))


def forget_typed_with(passages: Collection[str]) -> int:
    """Forget whatever holds one of these passages, in whichever paper; how many that was."""
    held = [each.id for each in db.session.scalars(sa.select(KeptTyping)) if _holds(each, passages)]
    db.session.execute(sa.delete(KeptTyping).where(KeptTyping.id.in_(held)))
    return len(held)


def forget_old_typed() -> None:
    """Forget what nobody came back to for two weeks."""
    db.session.execute(sa.delete(KeptTyping).where(KeptTyping.typed_at < clock.now() - LIFE))


def follow_step(actor: Actor, guidance: Guidance, version: int) -> None:
    """The actor changed no text: what they typed upon ``version`` counts as typed upon the paper as it is now."""
    db.session.execute(
        sa.update(KeptTyping)
        .where(_own(actor, guidance), KeptTyping.seen_version == version)
        .values(seen_version=guidance.version)
    )


def _own(actor: Actor, guidance: Guidance | None) -> sa.ColumnElement[bool]:
    paper = KeptTyping.guidance_id.is_(None) if guidance is None else KeptTyping.guidance_id == guidance.id
    return sa.and_(KeptTyping.person_id == actor.person_id, paper)


def _texts(typed: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for name, values in typed.items():
        for value in values:
            yield from ((name, part) for part in (value.split() if name in _CODES else [value]))


def _holds(kept: KeptTyping, passages: Collection[str]) -> bool:
    texts = [value for values in kept.typed.values() for value in values]
    return any(passage in text for passage in passages for text in texts)
