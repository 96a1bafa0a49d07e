"""What the page of a paper says of requests for a later due date."""

from typing import Any

from portal.directory.actor import Actor
from portal.extensions import policy, queries
from portal.extensions.states import ExtensionState
from portal.guidance.models import Guidance, Recipient


def show_extensions(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> dict[str, Any]:
    """Whether the body may ask and, from its receipt to its answer, what it asked last; for the sender how many wait.

    One statement at most.
    """
    decides = guidance.reply_due_on is not None and policy.can_decide(actor, guidance)
    counts = queries.count_requests(actor, guidance) if decides else {}
    asks = policy.can_ask(actor, guidance, recipient)
    silent = recipient if asks and recipient and recipient.received_at and not recipient.responded_at else None
    return {
        "can_ask_extension": asks,
        "own_extension": queries.find_newest_request(silent) if silent else None,
        "extension_count": sum(counts.values()),
        "extensions_waiting": counts.get(ExtensionState.ASKED, 0),
    }
