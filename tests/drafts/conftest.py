"""What the tests of preparing answers share."""

from tests.notifications.conftest import tell

__all__ = ["tell"]
