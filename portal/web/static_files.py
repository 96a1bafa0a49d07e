"""Static files: served by WhiteNoise, under addresses that change with their content."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from whitenoise import WhiteNoise

_YEAR = 365 * 24 * 3600


def init_static_files(app: Flask, *, looks_again: bool = False) -> None:
    """Serve ``portal/static`` and put a digest of each file into its address, so that it may be cached for long.

    ``looks_again``: files may change while the process runs, as they do where the portal is developed. What was read
    at the start, such as a length, would then cut them short.
    """
    folder = Path(app.static_folder or "")
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix="static/",
        max_age=_YEAR,
        add_headers_function=_headers,
        autorefresh=looks_again,
    )

    @cache
    def digest_of(filename: str) -> str | None:
        file = folder / filename
        return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else None

    @app.url_defaults
    def add_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", digest_of(values["filename"]))

    @cache
    def address_of(_root: str, filename: str) -> str:
        return url_for("static", filename=filename)

    # Every page names twenty files, whose addresses do not change while the process runs.
    app.jinja_env.globals["asset"] = lambda filename: address_of(request.script_root, filename)


def _headers(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
