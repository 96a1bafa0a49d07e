"""Where all bodies of a campaign stand together: by prefecture and state."""

from collections import Counter
from dataclasses import dataclass, field

from portal.campaigns import figures
from portal.campaigns.models import Campaign
from portal.campaigns.states import ANSWERED, EntryState
from portal.directory.actor import Actor
from portal.directory.queries import Prefecture, list_prefectures


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How many bodies × procedures stand in each state, of a prefecture with its municipalities or of all."""

    prefecture: Prefecture | None = None
    states: Counter[EntryState] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All of them."""
        return self.states.total()

    @property
    def answered(self) -> int:
        """Those submitted or forwarded."""
        return sum(self.states[state] for state in ANSWERED)

    @property
    def share(self) -> int:
        """Per cent answered, cut."""
        return self.answered * 100 // self.total if self.total else 0


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All together, and each prefecture with its municipalities from north to south."""

    total: Standing
    by_prefecture: list[Standing]


def get_overview(actor: Actor, campaign: Campaign, procedure_id: int | None = None) -> Overview:
    """As far as the actor may see or count; of one procedure alone where it is named. Two statements."""
    total: Counter[EntryState] = Counter()
    states: dict[str | None, Counter[EntryState]] = {}
    for code, state, count in figures.count_by_prefecture(actor, campaign, procedure_id):
        states.setdefault(code, Counter())[state] = count
        total[state] += count
    places = [each for each in list_prefectures() if each.prefecture_code in states]
    return Overview(
        total=Standing(states=total),
        by_prefecture=[Standing(prefecture=each, states=states[each.prefecture_code]) for each in places],
    )
