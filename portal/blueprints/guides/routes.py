"""使い方: the users' guide, also for whoever cannot sign in yet."""

from flask import Blueprint, render_template, url_for
from flask_babel import get_locale

from portal.core.errors import NotFound
from portal.guides.reading import find_chapter
from portal.web import access

bp = Blueprint("guides", __name__, url_prefix="/help")


@bp.get("")
@access.public
def index() -> str:
    """The first page of the guide, with its contents."""
    return _page(None)


@bp.get("/<string:chapter>")
@access.public
def show(chapter: str) -> str:
    """A chapter."""
    return _page(chapter)


def _page(name: str | None) -> str:
    chapter = find_chapter(name, str(get_locale() or "ja"), _address)
    if chapter is None:
        raise NotFound
    return render_template("guides/show.html", chapter=chapter, is_start=name is None)


def _address(name: str | None) -> str:
    return url_for("guides.index") if name is None else url_for("guides.show", chapter=name)
