"""Where a step leads back to: the page that it was begun from, else the issue's own; and the queue with a condition."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import request, url_for

from portal.web.access import return_path


def page_of(number: str) -> str:
    """The page named in the address (``next``), such as the queue with this issue beside it, else the issue's page."""
    return return_path(request.args.get("next")) or url_for("issues.show", number=number)


def queue_with(condition: Mapping[str, Sequence[str]]) -> str:
    """The address of the queue under the condition."""
    return f"{url_for('issues.index')}?{urlencode(condition, doseq=True)}"
