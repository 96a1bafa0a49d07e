"""Bundles and replies to many; a factory flushes and never commits."""

from portal.bundles import service
from portal.bundles.models import BulkReply, Bundle
from portal.core.events import Audience
from portal.directory.models import Membership
from portal.issues.models import Issue
from portal.issues.states import IssueState
from tests.factories.issues import Cast, make_issue
from tests.factories.people import actor_of


def make_bundle(cast: Cast, *states: IssueState, by: Membership | None = None) -> tuple[Bundle, list[Issue]]:
    """A bundle of issues of 上越市 in these states, tied by the secretariat unless somebody else is named."""
    issues = [make_issue(cast, state) for state in states]
    return service.tie_issues(actor_of(by or cast.secretariat), numbers_of(issues)), issues


def numbers_of(issues: list[Issue]) -> list[str]:
    """The numbers of the issues."""
    return [issue.number or "" for issue in issues]


def prepare(
    by: Membership, issues: list[Issue], text: str = "{団体名}様", audience: Audience = Audience.PUBLIC, **changes
) -> BulkReply:
    """A reply to many as somebody previewed and sent it off."""
    preview = service.preview_bulk(actor_of(by), numbers=numbers_of(issues), audience=audience, text=text)
    values = {"chosen": set(numbers_of(issues)), "frozen": preview.frozen, **changes}
    return service.prepare_bulk_reply(actor_of(by), preview, text=text, **values)
