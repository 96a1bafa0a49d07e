"""What the tests of escalation share with those of mail."""

from tests.notifications.conftest import mailing, sink

__all__ = ["mailing", "sink"]
