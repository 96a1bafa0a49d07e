"""What the tests of reminders share."""

from tests.notifications.conftest import tell

__all__ = ["tell"]
