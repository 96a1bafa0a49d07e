"""What the tests of corrections and editions share."""

from tests.notifications.conftest import tell

__all__ = ["tell"]
