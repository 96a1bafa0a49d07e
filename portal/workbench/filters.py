"""Keeping conditions of the queue under a name, sharing them within a team, putting them in order."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from portal.core import clock, my_number
from portal.core.db import db, insert
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.workbench import policy, queries
from portal.workbench.models import FilterPlace, SavedFilter
from portal.workbench.states import Sharing

PARAMETERS = (
    "view", "words", "state", "theme_id", "urgency", "prefecture", "holder", "older_than", "flags", "sort",
)  # fmt: skip
MOST = 50
_LONGEST_VALUE = 100


def condition_of(arguments: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What of the queue's address is a condition; which page, and what is open, is none."""
    condition = {
        name: [value for value in arguments.get(name, ()) if value and len(value) <= _LONGEST_VALUE][:10]
        for name in PARAMETERS
    }
    return {name: values for name, values in condition.items() if values}


def save_filter(
    actor: Actor,
    *,
    name: str,
    condition: dict[str, list[str]],
    team: tuple[Sharing, int] | None = None,
    is_default: bool = False,
    confirmed: bool = False,
) -> SavedFilter:
    """Keep a condition under a name, for oneself or for a ``team`` that the actor may share with.

    Raises Invalid at ``name`` when it is empty, taken or a My Number, and without field when there is no condition.
    """
    if not condition:
        raise Invalid(N_("条件がありません。一覧で条件を選んでから保存してください。"))
    existing = queries.list_filters(actor)
    if len(existing) >= MOST:
        raise Invalid(N_("保存できる条件は%(n)s件までです。使わない条件を削除してください。"), n=MOST)
    kept = SavedFilter(
        name=_checked_name(actor, name, confirmed=confirmed),
        condition={**condition},
        membership_id=actor.membership_id,
        created_at=clock.now(),
    )
    my_number.check_text("name", " ".join(condition.get("words", ())), confirmed)
    _share(actor, kept, team)
    db.session.add(kept)
    db.session.flush()
    _keep_order(actor, [*(each.kept.id for each in existing), kept.id])
    if is_default:
        set_default(actor, kept)
    return kept


def rename_filter(
    actor: Actor,
    kept: SavedFilter,
    *,
    name: str,
    team: tuple[Sharing, int] | None,
    version: int | None = None,
    confirmed: bool = False,
) -> None:
    """Give it another name, or share it with others. Raises Invalid at ``name``, Conflict for a stale version."""
    authorize(policy.can_change, actor, kept)
    kept.check_version(version)
    kept.name = _checked_name(actor, name, besides=kept.id, confirmed=confirmed)
    if kept.membership_id == actor.membership_id:
        _share(actor, kept, team)


def delete_filter(actor: Actor, kept: SavedFilter) -> None:
    """Forget it, for everyone who had it in their menu."""
    authorize(policy.can_change, actor, kept)
    db.session.execute(sa.delete(FilterPlace).where(FilterPlace.filter_id == kept.id))
    db.session.delete(kept)
    db.session.flush()


def set_default(actor: Actor, kept: SavedFilter | None) -> None:
    """Have the actor's queue open with it, or with nothing."""
    db.session.execute(
        sa.update(FilterPlace).where(FilterPlace.membership_id == actor.membership_id).values(is_default=False)
    )
    if kept is not None:
        values = {"membership_id": actor.membership_id, "filter_id": kept.id}
        db.session.execute(
            insert(FilterPlace)
            .values(**values, position=1_000_000, is_default=True)
            .on_conflict_do_update(index_elements=list(values), set_={"is_default": True})
        )


def move_filter(actor: Actor, kept: SavedFilter, *, up: bool) -> None:
    """Move it one place up or down in the actor's own menu."""
    ids = [each.kept.id for each in queries.list_filters(actor)]
    place = ids.index(kept.id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(ids):
        ids[place], ids[other] = ids[other], ids[place]
        _keep_order(actor, ids)


def _checked_name(actor: Actor, name: str, *, besides: int | None = None, confirmed: bool) -> str:
    name = name.strip()
    if not name:
        raise Invalid(N_("名前を入力してください。"), field="name")
    if len(name) > SavedFilter.name.type.length:
        raise Invalid(N_("60文字以内で入力してください。"), field="name")
    my_number.check_text("name", name, confirmed)
    own = (each.kept for each in queries.list_filters(actor) if each.kept.membership_id == actor.membership_id)
    if any(each.name == name and each.id != besides for each in own):
        raise Invalid(N_("同じ名前の条件があります。"), field="name")
    return name


def _share(actor: Actor, kept: SavedFilter, team: tuple[Sharing, int] | None) -> None:
    if team is not None and team not in policy.teams_to_share_with(actor):
        raise Invalid(N_("共有する相手を選んでください。"), field="sharing")
    kept.sharing, kept.team_id = team or (Sharing.PERSONAL, None)


def _keep_order(actor: Actor, ids: Sequence[int]) -> None:
    for position, filter_id in enumerate(ids):
        db.session.execute(
            insert(FilterPlace)
            .values(membership_id=actor.membership_id, filter_id=filter_id, position=position, is_default=False)
            .on_conflict_do_update(index_elements=["membership_id", "filter_id"], set_={"position": position})
        )
