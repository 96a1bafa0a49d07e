"""Refusals and failures as pages that say what happened and what to do next."""

import logging

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from portal.core.errors import Conflict, Forbidden, Invalid, NotFound, Outdated, TooManyAttempts
from portal.web.typed import compare_typed, list_typed

logger = logging.getLogger(__name__)
_PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def init_errors(app: Flask) -> None:
    """Register the one translation of errors to responses."""
    app.register_error_handler(NotFound, lambda error: _page(404))
    app.register_error_handler(Forbidden, lambda error: _page(403, _text(error)))
    app.register_error_handler(
        Conflict, lambda error: _page(409, _text(error), typed=list_typed(), around=_find_page_around())
    )
    app.register_error_handler(Outdated, lambda error: _page(409, _text(error), compared=compare_typed()))
    app.register_error_handler(Invalid, lambda error: _page(422, _text(error), typed=list_typed()))
    app.register_error_handler(TooManyAttempts, _too_many)
    app.register_error_handler(
        CSRFError,
        lambda error: _page(
            400, gettext("画面を開いてから時間がたったため、送信を受け付けられませんでした。"), typed=list_typed()
        ),
    )
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _failure)


def _text(error: NotFound | Forbidden | Conflict | Invalid | TooManyAttempts) -> str | None:
    return gettext(error.message, **error.params) if error.message else None


def _find_page_around() -> str | None:
    """The nearest page above the address of a refused step: that of the thing, as the step's own may be refused now."""
    adapter, path = current_app.create_url_adapter(request), request.path
    while adapter is not None and (path := path.rpartition("/")[0]):
        try:
            adapter.match(path, method="GET")
        except HTTPException:
            continue
        return path
    return None


def _page(status: int, message: str | None = None, **context: object) -> Response:
    if status >= 500:
        g.frame_disabled = True
    template = f"errors/{status if status in _PAGES and status not in {405, 422} else 400}.html"
    return make_response(render_template(template, message=message, **context), status)


def _too_many(error: TooManyAttempts) -> Response:
    response = _page(429, _text(error))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    response = _page(error.code if error.code in _PAGES else 400 if error.code < 500 else 500)
    response.status_code = error.code
    if error.code == 405:
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
    return response


def _unavailable(error: OperationalError) -> Response:
    logger.exception("database unavailable", exc_info=error)
    response = _page(503)
    response.headers["Retry-After"] = "5"
    return response


def _failure(error: Exception) -> Response:
    logger.exception("unexpected failure at %s %s", request.method, request.path, exc_info=error)
    return _page(500)
