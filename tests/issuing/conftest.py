"""What the tests of issuing share with those of mail: a sink, the telling of events, the sending."""

from tests.notifications.conftest import mailing, send, sink, tell

__all__ = ["mailing", "send", "sink", "tell"]
