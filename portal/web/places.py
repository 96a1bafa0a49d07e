"""Prefectures as pages name and offer them."""

from collections.abc import Sequence

from portal.directory.models import Organisation
from portal.directory.queries import Prefecture, list_prefectures
from portal.web.filters import named


def prefecture_choices(prefectures: Sequence[Prefecture | Organisation] | None = None) -> list[tuple[str, str]]:
    """Codes and names in the page's language, of all of them or of these."""
    offered = list_prefectures() if prefectures is None else prefectures
    return [(str(each.prefecture_code), named(each)) for each in offered]
