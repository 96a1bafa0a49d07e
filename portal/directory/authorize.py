"""The first line of each service: the actor may, or is refused."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from portal.core.errors import Forbidden
from portal.core.i18n import N_
from portal.directory.actor import Actor

Things = ParamSpec("Things")


def authorize(
    can: Callable[Concatenate[Actor, Things], bool], actor: Actor, *things: Things.args, **named: Things.kwargs
) -> None:
    """Raise Forbidden unless the policy's predicate holds of the actor and the things."""
    if not can(actor, *things, **named):
        raise Forbidden(N_("この操作を行う権限がありません。"))
