"""What the page of a campaign says of its forms: the way to them. No statement."""

from typing import Any

from portal.campaigns.models import Campaign
from portal.directory.actor import Actor
from portal.workbooks import policy


def show_workbooks(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    """Whether this reader takes forms out and sends them in, or takes out all answers."""
    return {
        "workbook_form": policy.can_download(actor, campaign),
        "workbook_export": policy.can_export(actor, campaign),
    }
