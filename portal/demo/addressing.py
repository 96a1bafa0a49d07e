"""The demonstration's lists of bodies, as offices keep them for their addressees."""

from portal.addressing.service import keep_list
from portal.demo.papers import actor_at

_LISTS = (
    ("mynumber@mic.example", "紐付け点検の先行団体", "手順を先に試した団体", "152226 152021 131016 271004 401307"),
    ("mynumber@mic.example", "県央連絡会", "新潟県内の担当者連絡会", "150002 151009 152021 152048 152226"),
    ("juumin@mic.example", "標準化の移行困難団体", "移行の期限を延ばした団体", "011002 131130 141003 221309 271004"),
)


def add_lists() -> None:
    """Lists of two divisions."""
    for email, name, note, codes in _LISTS:
        keep_list(actor_at(email), None, name=name, note=note, codes=codes)
