"""The schema: one head, models equal to it, and every migration up, down and up again on both engines."""

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.core.db import db
from portal.models import is_modelled, metadata


def _config(engine: sa.Engine | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "migrations")
    if engine is not None:
        config.attributes["connection"] = engine
    return config


def test_there_is_one_head_and_names_are_numbered():
    script = ScriptDirectory.from_config(_config())

    assert len(script.get_heads()) == 1
    for revision in script.walk_revisions():
        assert revision.revision.isdigit()
        assert revision.path.split("/")[-1].startswith(f"{revision.revision}_")


def test_models_equal_the_migrated_schema(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_modelled})
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_migrations_go_up_down_and_up_again(app):
    with app.app_context():
        engine = db.engine
        command.downgrade(_config(engine), "base")
        left = set(sa.inspect(engine).get_table_names()) - {"alembic_version"}
        assert left == set()
        command.upgrade(_config(engine), "head")
        assert set(metadata.tables) <= set(sa.inspect(engine).get_table_names())
