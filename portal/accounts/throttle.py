"""The throttle of sign-ins and resets: recent failures per account and per address, counted in the database."""

import hashlib
import unicodedata
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from portal.accounts.models import SignInTry
from portal.core import clock
from portal.core.db import db
from portal.core.errors import TooManyAttempts
from portal.core.i18n import N_

ACCOUNT_LIMIT = 5  # failures after which an account has to wait
ADDRESS_LIMIT = 50  # whole bodies share one address
RESET_LIMIT = 3  # mails asked for one account
WINDOW = timedelta(minutes=60)  # failures older than this are forgotten
ADDRESS_WINDOW = timedelta(minutes=15)
FIRST_WAIT = timedelta(minutes=1)  # doubles with each failure beyond the limit
LONGEST_WAIT = timedelta(minutes=15)
KEPT = timedelta(days=30)


def account_key(email: str, *, scope: str = "") -> str:
    """The SHA-256 by which tries of an account are counted, whether it exists or not."""
    return hashlib.sha256(f"{scope}:{fold_email(email)}".encode()).hexdigest()


def fold_email(text: str) -> str:
    """A mail address as it is compared: half-width, lower case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def check_sign_in(email: str, address: str) -> None:
    """Raise TooManyAttempts while the account or the address has to wait; such a try is not counted."""
    wait = max(_account_wait(account_key(email)), _address_wait(address))
    if wait > timedelta(0):
        _refuse(wait)


def check_address(address: str) -> None:
    """Raise TooManyAttempts while the address has to wait."""
    wait = _address_wait(address)
    if wait > timedelta(0):
        _refuse(wait)


def may_reset(email: str) -> bool:
    """Whether this account may be sent one more reset mail within the hour. Nobody is told when it may not."""
    return _failures(SignInTry.account == account_key(email, scope="reset"), WINDOW)[0] < RESET_LIMIT


def record_try(email: str, address: str, *, succeeded: bool, scope: str = "") -> None:
    """Count the try; the caller must return normally, so that the count is committed."""
    db.session.add(
        SignInTry(
            account=account_key(email, scope=scope), address=address[:64], tried_at=clock.now(), succeeded=succeeded
        )
    )
    db.session.flush()


def forget_old_tries() -> int:
    """Delete the tries that no longer count for anything; return how many (a job's daily work)."""
    result = db.session.execute(sa.delete(SignInTry).where(SignInTry.tried_at < clock.now() - KEPT))
    return cast("sa.CursorResult[Any]", result).rowcount


def _account_wait(key: str) -> timedelta:
    last_success = (
        sa.select(sa.func.max(SignInTry.id)).where(SignInTry.account == key, SignInTry.succeeded).scalar_subquery()
    )
    failures, latest = _failures(
        sa.and_(SignInTry.account == key, SignInTry.id > sa.func.coalesce(last_success, 0)), WINDOW
    )
    return _left(failures - ACCOUNT_LIMIT, latest)


def _address_wait(address: str) -> timedelta:
    failures, latest = _failures(SignInTry.address == address[:64], ADDRESS_WINDOW)
    return _left((failures - ADDRESS_LIMIT) // 10, latest)


def _failures(condition: sa.ColumnElement[bool], window: timedelta) -> tuple[int, datetime | None]:
    """How many failures there were within the window, and when the latest was."""
    count, latest = db.session.execute(
        sa.select(sa.func.count(), sa.func.max(SignInTry.tried_at)).where(
            condition, SignInTry.succeeded.is_(False), SignInTry.tried_at > clock.now() - window
        )
    ).one()
    return count, latest


def _left(excess: int, latest: datetime | None) -> timedelta:
    """What is left of the wait after the failure that was so many beyond the limit."""
    if excess < 0 or latest is None:
        return timedelta(0)
    wait: timedelta = min(FIRST_WAIT * 2 ** min(excess, 10), LONGEST_WAIT)
    return latest + wait - clock.now()


def _refuse(wait: timedelta) -> None:
    seconds = int(wait.total_seconds()) + 1
    raise TooManyAttempts(
        N_("サインインの失敗が続いたため、一時的に受付を止めています。%(minutes)s分ほど待ってからお試しください。"),
        retry_after=seconds,
        minutes=-(-seconds // 60),
    )
