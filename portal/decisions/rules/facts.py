"""What a rule decides from: typed answers of the survey, and what a rule says of them."""

from dataclasses import dataclass
from typing import Any

from portal.decisions.states import Outcome

ROUTES = ("a", "b", "c", "d", "e")
FOUR_ATTRIBUTES = ("name", "birth", "sex", "address")  # 基本4情報


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The survey's answers of one body × procedure, and what the campaign says of the procedure.

    ``routes`` by which numbers were obtained: a with identity documents, b submitted without, c linked from the
    resident register, d J-LIS lookup, e other. ``attributes`` were used for the lookup; an address that was not
    complete, or of which nothing is known, is none. None means unanswered.
    """

    is_handled: bool | None = None
    routes: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    is_address_complete: bool | None = None
    is_identified: bool | None = None
    method: str = ""
    mislinks: int = 0
    is_always: bool = False
    is_prior: bool = False
    is_juki_excepted: bool = False

    @property
    def counted_attributes(self) -> frozenset[str]:
        """Those of the four that count: an incomplete address does not."""
        return self.attributes if self.is_address_complete else self.attributes - {"address"}

    @property
    def is_properly_identified(self) -> bool:
        """Identified, and the text says how."""
        return bool(self.is_identified) and bool(self.method.strip())

    def to_dict(self) -> dict[str, Any]:
        """As it is stored with the decision."""
        return {**self.__dict__, "routes": sorted(self.routes), "attributes": sorted(self.attributes)}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Facts":
        """As it was stored."""
        sets = {name: frozenset(stored.get(name, ())) for name in ("routes", "attributes")}
        return cls(**{**stored, **sets})


@dataclass(frozen=True)
class Verdict:
    """What a rule decides, and by which row of the truth table (product.md §6, 2)."""

    outcome: Outcome
    row: int
