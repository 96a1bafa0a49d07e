"""The commands: ``flask --app wsgi …``. Each opens its own unit of work and calls into the portal."""

from pathlib import Path

import click
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from flask import Flask, current_app

from portal.config import Settings
from portal.core.db import announce_access, db, unit_of_work
from portal.directory.master import load_directory
from portal.themes.master import load_themes

_ROOT = Path(__file__).parent.parent


def register_commands(app: Flask) -> None:
    """Add every command to the application."""
    for cmd in (migrate, load_master, prepare):
        app.cli.add_command(cmd)


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the database of the engine to the revision."""
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "migrations"))
    config.attributes["connection"] = engine
    announce_access(write=True)
    command.upgrade(config, revision)


@click.command("migrate")
def migrate() -> None:
    """Bring the database to the newest schema."""
    upgrade(db.engine)
    click.echo("The database is up to date.")


@click.command("load-master")
def load_master() -> None:
    """Load organisations, duties, themes and routes that are missing."""
    with unit_of_work():
        added = load_directory()
        load_themes()
    click.echo(f"{added} organisations added.")


@click.command("prepare")
@click.pass_context
def prepare(context: click.Context) -> None:
    """Migrate, then load master data and, once, the demonstration data."""
    context.invoke(migrate)
    context.invoke(load_master)


def _settings() -> Settings:
    settings: Settings = current_app.config["PORTAL_SETTINGS"]
    return settings
