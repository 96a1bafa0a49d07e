"""The home page of every role, the language switch, the preview and the health check."""

import pytest

from portal.directory.roles import Role
from tests.factories.people import make_liaison, make_member

ROLES = [
    ("hq", Role.ADMIN), ("secretariat", Role.SECRETARIAT), ("hq", Role.EXECUTIVE), ("mynumber", Role.DIVISION),
    ("hq", Role.LIAISON), ("152226", Role.LOCAL_MANAGER), ("152226", Role.LOCAL_STAFF), ("150002", Role.LOCAL_MANAGER),
    ("150002", Role.LOCAL_STAFF), ("chijikai", Role.ASSOCIATION), ("digital", Role.MINISTRY), ("hq", Role.AUDITOR),
]


@pytest.mark.parametrize(("code", "role"), ROLES)
@pytest.mark.parametrize("locale", ["ja", "en"])
def test_home_opens_for_every_role_with_nothing_in_the_portal(visit, arrange, code, role, locale):
    with arrange():
        member = make_liaison("150002") if role is Role.LIAISON else make_member(code, role)

    assert visit(member, locale).get("/").h1
