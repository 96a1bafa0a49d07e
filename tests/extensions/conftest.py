"""What the tests of later due dates share."""

from tests.notifications.conftest import tell

__all__ = ["tell"]
