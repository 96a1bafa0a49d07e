"""PostgreSQL: how its connections are kept."""

from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import plugins

ENGINE_OPTIONS: dict[str, Any] = {
    "pool_size": 8,
    "max_overflow": 4,
    "pool_use_lifo": True,  # the one just used has its statements prepared and its tables known
    "connect_args": {"prepare_threshold": 2},  # uses of a statement before it is prepared
    "plugins": ["portal_postgresql"],
}
TRUSTED_SECONDS = 1.0


class _Plugin(sa.CreateEnginePlugin):
    """Asks a connection whether it is alive where nobody used it just now; the pool itself would ask each time."""

    def update_url(self, url: sa.URL) -> sa.URL:
        return url

    def engine_created(self, engine: sa.Engine) -> None:
        def take(connection: Any, record: Any, _proxy: object) -> None:
            if monotonic() - record.info.get("returned_at", monotonic()) < TRUSTED_SECONDS:
                return
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise sa.exc.InvalidatePoolError from error

        def give_back(_connection: object, record: Any) -> None:
            record.info["returned_at"] = monotonic()

        event.listen(engine, "checkout", take)
        event.listen(engine, "checkin", give_back)


plugins.register("portal_postgresql", __name__, _Plugin.__name__)
