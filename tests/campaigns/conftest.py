"""Who builds campaigns, in the browser."""

import pytest

from portal.directory.roles import Role
from tests.factories.people import make_member


@pytest.fixture
def members(arrange):
    """The office and its colleague, another division, the secretariat's head, a body's manager."""
    with arrange():
        return {
            "office": make_member("juumin", Role.DIVISION),
            "colleague": make_member("juumin", Role.DIVISION),
            "other": make_member("mynumber", Role.DIVISION),
            "chief": make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True),
            "manager": make_member("152226", Role.LOCAL_MANAGER),
        }


@pytest.fixture
def office(visit, members):
    """A member of 住民制度課."""
    return visit(members["office"])
