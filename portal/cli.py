"""The commands: ``flask --app wsgi …``. Each opens its own unit of work and calls into the portal."""

import json
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from flask import Flask, current_app
from flask.cli import AppGroup

from portal.config import Settings
from portal.core.db import announce_access, db, unit_of_work
from portal.core.sqlite import copy_database
from portal.demo.load import accounts_table, load_demo
from portal.development.mail_catcher import mailbox_of, serve
from portal.directory.master import load_directory
from portal.finder.commands import rebuild, search
from portal.finder.feeding import rebuild as rebuild_index
from portal.jobs.commands import digest, worker
from portal.notifications.service import rename_paper
from portal.redaction.restoring import DONE, FAILED, do_again, list_done
from portal.search.documents import count_documents
from portal.themes.master import load_themes

_ROOT = Path(__file__).parent.parent


def register_commands(app: Flask) -> None:
    """Add every command to the application."""
    for cmd in (
        migrate,
        load_master,
        load_demo_data,
        prepare,
        accounts,
        catch_mail,
        worker,
        digest,
        search,
        backup,
        redactions,
    ):
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


@click.command("load-demo")
def load_demo_data() -> None:
    """Load the demonstration data once."""
    is_new = load_demo()
    if is_new:
        rebuild_index(lambda _kind, _done: None)
    click.echo("Demonstration data loaded." if is_new else "Demonstration data: already loaded.")


@click.command("prepare")
@click.pass_context
def prepare(context: click.Context) -> None:
    """Migrate and load master data; in development, load the demonstration once and print its accounts."""
    context.invoke(migrate)
    context.invoke(load_master)
    if not _settings().is_production:
        context.invoke(load_demo_data)
        context.invoke(accounts)
    with unit_of_work():
        is_indexed = count_documents() > 0
    if not is_indexed:
        context.invoke(rebuild)


@click.command("accounts")
def accounts() -> None:
    """Print the accounts of the demonstration."""
    click.echo(accounts_table())


@click.command("mail-catcher")
@click.option("--port", type=int, required=True)
def catch_mail(port: int) -> None:
    """Catch mail on a port of this machine instead of delivering it (development only)."""
    serve(mailbox_of(_settings().data_dir), port)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database into a new FILE while the portal runs; of PostgreSQL, pg_dump makes one."""
    if not _settings().is_sqlite:
        raise click.ClickException("The database is PostgreSQL: take pg_dump.")
    try:
        copy_database(db.engine, file)
    except OSError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The database was copied into {file}")


redactions = AppGroup("redactions", help="Take redactions along with backups; do them again after one was restored.")


@redactions.command("save")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def save_redactions(file: Path) -> None:
    """Write every redaction that was done into FILE; it holds none of the passages."""
    with unit_of_work():
        records = list(list_done())
    file.write_text(json.dumps({"redactions": records}, ensure_ascii=False, indent=1), encoding="utf-8")
    click.echo(f"{len(records)} redactions in {file}")


@redactions.command("apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def apply_redactions(file: Path) -> None:
    """Do the redactions in FILE that a restored database does not have; twice does no harm."""
    failed = 0
    for record in json.loads(file.read_text(encoding="utf-8"))["redactions"]:
        with unit_of_work():
            outcome = do_again(record)
            if outcome == DONE and record["target_kind"] == "guidance":
                rename_paper(record["target_id"])
        failed += outcome == FAILED
        click.echo(f"{record['target_kind']} {record['target_id']} of {record['decided_at'][:10]}: {outcome}")
    if failed:
        raise click.ClickException(f"{failed} redactions could not be done: look at these texts by hand")


def _settings() -> Settings:
    settings: Settings = current_app.config["PORTAL_SETTINGS"]
    return settings
