"""The WSGI entry point: ``gunicorn wsgi:app`` and ``flask --app wsgi …``."""

from portal.app import create_app
from portal.config import Settings

app = create_app(Settings.from_env())
