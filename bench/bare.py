"""What the pages are measured against: a bare Flask page with one indexed query and a table of fifty rows."""

import os

import sqlalchemy as sa
from flask import Flask, render_template_string

app = Flask(__name__)
engine = sa.create_engine(os.environ["PORTAL_DATABASE_URL"], pool_size=8)
_QUERY = sa.text(
    "SELECT number, title, state, due_on FROM issue WHERE theme_id = :theme ORDER BY last_activity_at DESC LIMIT 50"
)
_PAGE = """<!doctype html><html lang="ja"><head><title>Issues</title></head><body><h1>Issues</h1><table>
{% for row in rows %}<tr><td><a href="/issues/{{ row[0] }}">{{ row[0] }}</a></td><td>{{ row[1] }}</td>
<td>{{ row[2] }}</td><td>{{ row[3] }}</td></tr>
{% endfor %}</table></body></html>"""


@app.get("/")
def index() -> str:
    """Fifty rows of one theme."""
    with engine.connect() as connection:
        return render_template_string(_PAGE, rows=connection.execute(_QUERY, {"theme": 1}).all())
