"""Whom an answer on a bundled issue is meant for: previewed, frozen, and told exactly so or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.bundles import policy
from portal.bundles.queries import list_issues_to_tell
from portal.bundles.states import BundleStep
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.issues.models import Issue


@dataclass(frozen=True)
class Meant:
    """One issue of the bundle as it is previewed; ``why_not`` says why it cannot be told, None when it can."""

    issue: Issue
    why_not: str | None

    @property
    def is_told(self) -> bool:
        """Whether it is among those that "all" means."""
        return self.why_not is None


@dataclass(frozen=True)
class Preview:
    """Every issue of the bundle that the actor may see, in the order of the page; ``has_others`` beyond these."""

    bundle_id: int
    members: Sequence[Meant]
    has_others: bool = False

    @property
    def told(self) -> list[Issue]:
        """The issues that "all n" means."""
        return [each.issue for each in self.members if each.is_told]

    @property
    def frozen(self) -> str:
        """The list as the form carries it: numbers, states, and who is told."""
        return " ".join(
            f"{each.issue.number}={each.issue.state.value}{'+' if each.is_told else '-'}" for each in self.members
        )


class BundleChanged(Invalid):
    """The bundle is not what was previewed; nothing has been told to anybody."""


def preview_told(actor: Actor, issue: Issue, step: BundleStep, *, lock: bool = False) -> Preview | None:
    """Who "all" would mean for this step on this issue; None when the issue is in no bundle.

    With ``lock`` the list holds until the transaction ends. Three statements.
    """
    found = list_issues_to_tell(actor, issue, lock=lock)
    if found is None:
        return None
    bundle_id, issues, has_others = found
    return Preview(bundle_id, [Meant(each, policy.why_not(actor, step, each)) for each in issues], has_others)


def check_unchanged(preview: Preview | None, frozen: str) -> Preview:
    """The preview, if it is the one that was frozen. Raises BundleChanged at ``scope`` otherwise."""
    if preview is None:
        raise BundleChanged(
            N_("束が解かれたか、この課題・照会が束から外されました。まだどこにも伝えていません。"), field="scope"
        )
    if preview.frozen != frozen:
        raise BundleChanged(
            N_(
                "束の課題・照会または状態が、確認した後に変わりました。まだどこにも伝えていません。"
                "下の新しい一覧を確認してください。"
            ),
            field="scope",
        )
    return preview
