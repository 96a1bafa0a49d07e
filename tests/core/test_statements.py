"""Statements that are kept: they hold nothing of the moment or of one actor, and say what a fresh one says."""

import pkgutil
import re
from datetime import datetime
from importlib import import_module
from inspect import signature

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

import portal
from portal.core import statements
from portal.core.clock import pretending
from portal.core.db import db
from portal.directory.actor import Actor
from portal.directory.roles import OrganisationKind, Role
from portal.links.models import LinkRelation
from tests.factories.people import actor_of, make_liaison, make_member

EARLIER, LATER = (datetime.fromisoformat(f"20{year}-02-03T04:05:06+00:00") for year in (31, 32))

for _module in pkgutil.walk_packages(portal.__path__, "portal."):
    if _module.name.endswith(("queries", "policy", "queue", "lists", "records", "service", "figures", "matrix")):
        import_module(_module.name)


def actors(number: int) -> list[Actor]:
    """One of each role, bare and with everything that an actor may have; their ids begin at the number."""
    ids = {"person_id": number + 1, "membership_id": number + 2, "organisation_id": number + 3}
    more = {
        "section_id": number + 4,
        "absent_person_id": number + 5,
        "prefecture_code": str(number)[:2],
        "duty_ids": frozenset({number + 6, number + 7}),
        "post_ids": frozenset({number + 8, number + 9}),
    }
    bare = [Actor(role=role, organisation_kind=OrganisationKind.CITY, **ids) for role in Role]
    full = [
        Actor(role=role, organisation_kind=OrganisationKind.PREFECTURE, is_head=True, **ids, **more) for role in Role
    ]
    return bare + full


def sent(statement: sa.Executable, bindings: dict[str, object]) -> tuple[str, list[object]]:
    """The SQL without the names of its parameters, and their values in its order."""
    compiled = statement.compile(dialect=sqlite.dialect())
    missing = {name: f"the {name}" for name, bound in compiled.binds.items() if bound.required}
    values = compiled.construct_params({**missing, **bindings})
    text = re.sub(r"POSTCOMPILE_\w+", "POSTCOMPILE", str(compiled))
    return text, [_plain(values[name]) for name in compiled.positiontup or ()]


def _plain(value: object) -> object:
    return sorted(value, key=str) if isinstance(value, list | set | frozenset) else value


@pytest.mark.parametrize("make", statements.KEPT, ids=lambda make: f"{make.__module__}.{make.__name__}")
def test_a_kept_statement_is_what_a_fresh_one_is(make):
    """For each kind of actor the kept one, filled in, is the one that would be made of the actor at that moment.

    Made earlier, or for another actor of the kind: a policy that looked at an id itself would give another statement.
    """
    names = list(signature(make).parameters)
    if names[:1] != ["actor"]:
        pytest.skip("made for no actor")
    more = [{"kind": "guidance", "without": LinkRelation.FOLLOW_UP}[name] for name in names[1:]]
    for first, actor in zip(actors(90_000), actors(80_000), strict=True):
        with pretending(EARLIER):
            make(first.pattern, *more)
        with pretending(LATER):
            assert sent(make(actor.pattern, *more), actor.bindings) == sent(make.__wrapped__(actor, *more), {})


def test_there_are_kept_statements():
    assert len(statements.KEPT) > 15


def test_actors_of_a_kind_share_a_pattern_and_others_do_not():
    bare, *_, full = actors(90_000)
    other = Actor(
        role=bare.role, organisation_kind=bare.organisation_kind, person_id=1, membership_id=2, organisation_id=3
    )
    assert other.pattern is bare.pattern
    assert full.pattern is not bare.pattern
    assert full.bindings["actor_post_ids"] == [90008, 90009]
    assert bare.pattern.section_id is None
    assert full.pattern.is_standing_in
    with pytest.raises(TypeError):
        bool(full.pattern.section_id)


def test_the_moment_is_that_of_sending(arrange):
    with arrange():
        now = sa.select(statements.NOW)
        for moment in (EARLIER, LATER):
            with pretending(moment):
                assert db.session.scalar(now) == moment


def test_bindings_fill_in_lists(arrange):
    with arrange():
        liaison = actor_of(make_liaison("150002", "010006"))
        staff = actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))
        found = sa.select(sa.literal(1)).where(sa.literal(sorted(liaison.post_ids)[1]).in_(liaison.pattern.post_ids))
        assert db.session.scalar(found, liaison.bindings) == 1
        own = sa.select(sa.literal(1)).where(staff.pattern.section_id == staff.section_id)
        assert db.session.scalar(own, staff.bindings) == 1
