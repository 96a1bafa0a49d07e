"""The addressee rule: whom a paper goes to, as it is stored with the paper."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.addressing.states import PopulationClass
from portal.core import calendar, clock, my_number
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.models import Organisation
from portal.directory.queries import existing_on
from portal.directory.roles import OrganisationKind

ADDRESSABLE = (
    OrganisationKind.PREFECTURE,
    OrganisationKind.DESIGNATED_CITY,
    OrganisationKind.CITY,
    OrganisationKind.SPECIAL_WARD,
    OrganisationKind.TOWN,
    OrganisationKind.VILLAGE,
    OrganisationKind.ASSOCIATION,
    OrganisationKind.MINISTRY,
)


@dataclass(frozen=True, kw_only=True)
class AddresseeRule:
    """Whom guidance goes to, and which sections there are concerned.

    Kinds (core cities added to them) and the addressees of earlier papers (``received`` all of them, ``unanswered``
    those that have not answered yet) are narrowed by prefectures and population classes; bodies of ``lists`` and
    those named in ``include`` are added whatever they are, those of ``exclude_lists`` and ``exclude`` taken away.
    No prefecture means everywhere; prefectures narrow local governments only, population classes municipalities only.
    ``duties`` (codes) name the sections concerned; none means everybody of the body.
    """

    kinds: tuple[OrganisationKind, ...] = ()
    prefectures: tuple[str, ...] = ()
    core_cities: bool = False
    populations: tuple[PopulationClass, ...] = ()
    duties: tuple[str, ...] = ()
    lists: tuple[int, ...] = ()
    received: tuple[int, ...] = ()
    unanswered: tuple[int, ...] = ()
    include: tuple[str, ...] = ()
    exclude_lists: tuple[int, ...] = ()
    exclude: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "AddresseeRule":
        """The rule as stored with the guidance; an empty dictionary addresses nobody."""
        populations = stored.get("populations", ())
        return cls(
            kinds=tuple(kind for kind in ADDRESSABLE if kind.value in stored.get("kinds", ())),
            core_cities=bool(stored.get("core_cities")),
            populations=tuple(each for each in PopulationClass if each.value in populations),
            **{name: tuple(stored.get(name, ())) for name in _LISTED},
        )

    def to_dict(self) -> dict[str, Any]:
        """The rule as it is stored."""
        return {
            "kinds": [kind.value for kind in self.kinds],
            "core_cities": self.core_cities,
            "populations": [each.value for each in self.populations],
            **{name: list(getattr(self, name)) for name in _LISTED},
        }


_LISTED = ("prefectures", "duties", "lists", "received", "unanswered", "include", "exclude_lists", "exclude")


def parse_codes(field: str, text: str) -> tuple[str, ...]:
    """The body codes typed into a text area, each known today.

    Raises Invalid naming the first unknown one, but repeats no digits that may be somebody's number.
    """
    return parse_fields({field: text})[0][field]


def parse_fields(texts: dict[str, str]) -> tuple[dict[str, tuple[str, ...]], dict[str, Organisation]]:
    """The body codes of several text areas by field, and the bodies by code. Raises Invalid. One statement."""
    codes = {field: _split(field, text) for field, text in texts.items()}
    wanted = {code for each in codes.values() for code in each}
    select = sa.select(Organisation).where(
        Organisation.code.in_(wanted), Organisation.kind.in_(ADDRESSABLE), exists_today()
    )
    known = {body.code: body for body in db.session.scalars(select)} if wanted else {}
    for field, each in codes.items():
        for code in each:
            if code not in known:
                raise Invalid(N_("団体コード「%(code)s」は名簿にありません。"), field=field, code=code[:20])
    return codes, known


def _split(field: str, text: str) -> tuple[str, ...]:
    typed = unicodedata.normalize("NFKC", text)
    codes = tuple(dict.fromkeys(code for code in re.split(r"[\s,、;]+", typed) if code))
    if my_number.scan(text) or any(code.isdecimal() and len(code) != 6 for code in codes):
        raise Invalid(N_("団体コードは6桁で、空白か改行で区切って入力してください。"), field=field)
    return codes


def exists_today() -> sa.ColumnElement[bool]:
    """The condition that an organisation exists today."""
    return existing_on(calendar.japan_date(clock.now()))
