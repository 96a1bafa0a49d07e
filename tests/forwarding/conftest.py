"""What the tests of papers via the prefecture share."""

from tests.notifications.conftest import tell

__all__ = ["tell"]
