"""Statements that are made once for each kind of actor and sent many times: making one costs more than sending it.

    @kept
    def _papers_of(actor: Actor) -> sa.Select[Guidance]:
        return policy.viewable_by(actor).where(Guidance.id == sa.bindparam("guidance_id"))

    db.session.scalars(_papers_of(actor.pattern), {**actor.bindings, "guidance_id": 7})

What is made must hold nothing of the moment: ids are parameters, the instant is ``NOW`` (a test sends them all).
"""

from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import UtcDateTime

P = ParamSpec("P")
Statement = TypeVar("Statement", bound=sa.Executable)

NOW = sa.bindparam("sent_at", callable_=clock.now, type_=UtcDateTime())
KEPT: list[Callable[..., sa.Executable]] = []


def kept(make: Callable[P, Statement]) -> Callable[P, Statement]:
    """Make the statement once for each set of arguments, which are kinds of things and never the things themselves."""
    keeping = cache(make)
    KEPT.append(keeping)
    return keeping  # type: ignore[return-value]
