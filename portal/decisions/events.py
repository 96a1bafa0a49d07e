"""What happens to decisions; each carries what was decided, none a reason."""

from dataclasses import dataclass

from portal.campaigns.events import CampaignEvent


@dataclass(frozen=True, kw_only=True)
class DecisionEvent(CampaignEvent):
    """Base: something that concerns the decision on one body × procedure."""

    entry_id: int
    outcome: str


class DecisionOverridden(DecisionEvent):
    """A person decided otherwise than the rule."""


class DecisionOverrideLifted(DecisionEvent):
    """The rule's decision stands again."""


@dataclass(frozen=True, kw_only=True)
class DecisionsRecalculated(CampaignEvent):
    """Another version of the rule was chosen; ``changed`` decisions came out differently."""

    rule: str
    changed: int


@dataclass(frozen=True, kw_only=True)
class ExceptionsListed(CampaignEvent):
    """``codes`` are the bodies that the resident register does not exempt; ``changed`` decisions came out anew."""

    codes: tuple[str, ...]
    changed: int


@dataclass(frozen=True, kw_only=True)
class DecisionsExported(CampaignEvent):
    """``count`` decisions were taken out as a file."""

    count: int


@dataclass(frozen=True, kw_only=True)
class TargetsListed(CampaignEvent):
    """対象一覧: ``count`` bodies × procedures to inspect were put into the draft of a paper, or put right in it."""

    guidance_id: int
    count: int
