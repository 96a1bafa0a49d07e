"""How numbers are written for people: with their unit, and no more decimals than it asks for."""

import unicodedata
from decimal import ROUND_HALF_UP, Decimal

_DECIMALS = {"円": 0, "%": 1}
_MOST_DECIMALS = 2


def show_number(value: float, unit: str) -> str:
    """1,200件, 33.3%: decimals where they are needed, rounded half up; more where only zeros would be left."""
    exact = Decimal(str(value))
    places = _DECIMALS.get(unicodedata.normalize("NFKC", unit), _MOST_DECIMALS)
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, _, decimals = f"{rounded or exact:,f}".partition(".")
    return ".".join(filter(None, (whole, decimals.rstrip("0")))) + unit
