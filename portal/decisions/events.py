"""What happens to decisions; each carries what was decided, none a reason."""

from dataclasses import dataclass
from typing import ClassVar

from portal.campaigns.events import CampaignEvent
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class DecisionEvent(CampaignEvent):
    """Base: something that concerns the decision on one body × procedure."""

    entry_id: int
    outcome: str


class DecisionOverridden(DecisionEvent):
    """A person decided otherwise than the rule."""

    label: ClassVar[str] = N_("判定の個別の決定")


class DecisionOverrideLifted(DecisionEvent):
    """The rule's decision stands again."""

    label: ClassVar[str] = N_("判定の個別の決定の取消し")


@dataclass(frozen=True, kw_only=True)
class DecisionsRecalculated(CampaignEvent):
    """Another version of the rule was chosen; ``changed`` decisions came out differently."""

    label: ClassVar[str] = N_("判定基準の変更")
    rule: str
    changed: int


@dataclass(frozen=True, kw_only=True)
class ExceptionsListed(CampaignEvent):
    """``codes`` are the bodies that the resident register does not exempt; ``changed`` decisions came out anew."""

    label: ClassVar[str] = N_("住基連携の例外とする団体の登録")
    codes: tuple[str, ...]
    changed: int


@dataclass(frozen=True, kw_only=True)
class DecisionsExported(CampaignEvent):
    """``count`` decisions were taken out as a file."""

    label: ClassVar[str] = N_("判定の一覧の取り出し")
    count: int


@dataclass(frozen=True, kw_only=True)
class TargetsListed(CampaignEvent):
    """対象一覧: ``count`` bodies × procedures to inspect were put into the draft of a paper, or put right in it."""

    label: ClassVar[str] = N_("対象一覧の通知への登録")
    guidance_id: int
    count: int
