"""Settings: what is wrong stops the start with a message that names it."""

from pathlib import Path

import pytest

from portal.config import Settings, SettingsError

SAFE = {
    "PORTAL_ENV": "production",
    "PORTAL_SECRET_KEY": "k" * 40,
    "PORTAL_BASE_URL": "https://portal.example",
    "PORTAL_DATABASE_URL": "postgresql://portal@db/portal",
}


def test_without_anything_it_is_a_development_portal_on_sqlite():
    settings = Settings.from_env({})

    assert settings.is_sqlite
    assert not settings.is_production
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.engine_url.endswith("/var/portal.sqlite3")


def test_the_port_stands_in_the_base_url():
    assert Settings.from_env({"PORT": "8123"}).base_url == "http://127.0.0.1:8123"


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d"])
def test_postgresql_addresses_of_any_spelling_are_taken(url):
    assert Settings.from_env({"PORTAL_DATABASE_URL": url}).engine_url == "postgresql+psycopg://u@h/d"


def test_the_data_folder_holds_the_database():
    settings = Settings.from_env({"PORTAL_DATA_DIR": "/srv/portal"})

    assert settings.data_dir == Path("/srv/portal")
    assert settings.engine_url == "sqlite:////srv/portal/portal.sqlite3"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORTAL_ENV", "staging"),
        ("PORTAL_DATABASE_URL", "mysql://x"),
        ("PORTAL_BASE_URL", "portal.example"),
        ("PORTAL_SMTP_URL", "mail.example:25"),
        ("PORTAL_SMTP_TIMEOUT", "soon"),
        ("PORTAL_TRUSTED_PROXIES", "-1"),
        ("PORTAL_TRUSTED_PROXIES", "many"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: value})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"PORTAL_SECRET_KEY": "short"}, "PORTAL_SECRET_KEY"),
        ({"PORTAL_BASE_URL": "http://portal.example"}, "PORTAL_BASE_URL"),
    ],
)
def test_production_refuses_what_is_unsafe(changes, named):
    with pytest.raises(SettingsError, match=named):
        Settings.from_env({**SAFE, **changes})


def test_production_refuses_the_default_secret():
    environment = {name: value for name, value in SAFE.items() if name != "PORTAL_SECRET_KEY"}

    with pytest.raises(SettingsError, match="PORTAL_SECRET_KEY"):
        Settings.from_env(environment)


def test_a_safe_production_starts():
    assert Settings.from_env(SAFE).is_production
