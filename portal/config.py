"""Settings, read once from the environment; a wrong one stops the start with a clear message."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEVELOPMENT_KEY = "development-only-not-a-secret"


class SettingsError(Exception):
    """A setting is missing or wrong; the message names the variable and what it should be."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this instance runs. ``smtp_url`` is ``smtp://user:password@host:port`` (or smtps://).

    ``reply_address`` (``reply@example.jp``) and ``imap_url`` (``imaps://user:password@host/INBOX``) are set together
    where mails may be answered by mail; ``mail_auth_server`` is the name of our own mail server in
    Authentication-Results.

    ``smtp_timeout`` is how many seconds the mail server may be silent, ``trusted_proxies`` how many reverse proxies
    stand before the portal and name the browser's address.
    """

    environment: str = "development"
    secret_key: str = DEVELOPMENT_KEY
    data_dir: Path = Path("var")
    database_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: str = "smtp://127.0.0.1:1025"
    smtp_timeout: float = 20.0
    reply_address: str = ""
    imap_url: str = ""
    mail_auth_server: str = ""
    mail_sender: str = "地方連携リエゾンポータル <no-reply@portal.example>"
    port: int = 8000
    trusted_proxies: int = 0

    @property
    def is_production(self) -> bool:
        """Whether real people depend on it."""
        return self.environment == "production"

    @property
    def engine_url(self) -> str:
        """The SQLAlchemy URL: SQLite under ``data_dir`` unless PORTAL_DATABASE_URL says otherwise."""
        url = self.database_url or f"sqlite:///{(self.data_dir / 'portal.sqlite3').resolve()}"
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is in use."""
        return self.engine_url.startswith("sqlite")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the PORTAL_… variables. Raises SettingsError when one is wrong or unsafe for production."""
        env = os.environ if environ is None else environ
        port = env.get("PORT", "8000")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise SettingsError(f"PORT must be a number from 1 to 65535, not {port!r}.")
        settings = cls(
            environment=env.get("PORTAL_ENV", "development"),
            secret_key=env.get("PORTAL_SECRET_KEY", DEVELOPMENT_KEY),
            data_dir=Path(env.get("PORTAL_DATA_DIR", "var")),
            database_url=env.get("PORTAL_DATABASE_URL", ""),
            base_url=env.get("PORTAL_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            smtp_url=env.get("PORTAL_SMTP_URL", "smtp://127.0.0.1:1025"),
            smtp_timeout=_seconds(env.get("PORTAL_SMTP_TIMEOUT", "20")),
            mail_sender=env.get("PORTAL_MAIL_SENDER", cls.mail_sender),
            reply_address=env.get("PORTAL_REPLY_ADDRESS", "").strip(),
            imap_url=env.get("PORTAL_IMAP_URL", ""),
            mail_auth_server=env.get("PORTAL_MAIL_AUTH_SERVER", "").strip(),
            port=int(port),
            trusted_proxies=_count("PORTAL_TRUSTED_PROXIES", env.get("PORTAL_TRUSTED_PROXIES", "0")),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Raise SettingsError for what cannot work or must not go to production (security.md, production start)."""
        if self.environment not in {"development", "production", "testing"}:
            raise SettingsError("PORTAL_ENV must be development or production.")
        if self.database_url and not self.database_url.startswith(("sqlite:", "postgres")):
            raise SettingsError("PORTAL_DATABASE_URL must begin with sqlite: or postgresql:.")
        if urlsplit(self.base_url).scheme not in {"http", "https"}:
            raise SettingsError("PORTAL_BASE_URL must begin with http:// or https://.")
        if urlsplit(self.smtp_url).scheme not in {"smtp", "smtps"}:
            raise SettingsError("PORTAL_SMTP_URL must begin with smtp:// or smtps://.")
        self._check_inbound()
        if self.is_production:
            self._check_production()

    def _check_inbound(self) -> None:
        if bool(self.reply_address) != bool(self.imap_url):
            raise SettingsError("PORTAL_REPLY_ADDRESS and PORTAL_IMAP_URL must be set together, or neither.")
        if self.imap_url and (
            urlsplit(self.imap_url).scheme not in {"imap", "imaps"} or not urlsplit(self.imap_url).username
        ):
            raise SettingsError("PORTAL_IMAP_URL must be like imaps://user:password@host:993/INBOX.")
        if self.reply_address and not re.fullmatch(r"[\w.-]{1,20}@[\w.-]+", self.reply_address, re.ASCII):
            raise SettingsError("PORTAL_REPLY_ADDRESS must be a plain address such as reply@portal.example.jp.")

    def _check_production(self) -> None:
        if self.secret_key == DEVELOPMENT_KEY or len(self.secret_key) < 32:
            raise SettingsError("PORTAL_SECRET_KEY must be set to at least 32 random characters in production.")
        if not self.base_url.startswith("https://"):
            raise SettingsError("PORTAL_BASE_URL must be an https:// address in production.")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 600:
        raise SettingsError(f"PORTAL_SMTP_TIMEOUT must be a number of seconds up to 600, not {text!r}.")
    return seconds


def _count(name: str, text: str) -> int:
    if not text.isdigit() or int(text) > 9:
        raise SettingsError(f"{name} must be a number from 0 to 9, not {text!r}.")
    return int(text)
