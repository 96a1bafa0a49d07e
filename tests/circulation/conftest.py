"""What the tests of 庁内展開 share."""

from tests.notifications.conftest import tell

__all__ = ["tell"]
