"""What the page of a paper says of its preparation."""

from typing import Any

from portal.directory.actor import Actor
from portal.drafting import policy, queries
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.guidance.reviewing import list_open_steps
from portal.guidance.states import ISSUED_STATES, GuidanceState


def show_drafting(actor: Actor, guidance: Guidance) -> dict[str, Any]:
    """Before the issue the offices asked and the open remarks, afterwards the approval that is still to come.

    Two statements before the issue; after it one, for the headquarters and papers without an approver alone.
    """
    is_issued = guidance.state in ISSUED_STATES
    follows = policy.can_follow(actor, guidance, is_asked=not is_issued)
    steps = list_open_steps(guidance) if guidance.state is GuidanceState.REVIEW else []
    urgent = queries.find_urgent(actor, guidance)
    return {
        "steps": steps,
        "own_step": next((step for step in steps if guidance_policy.can_mark(actor, guidance, step)), None),
        "open_remarks": queries.count_open_remarks(guidance) if follows and not is_issued else 0,
        "can_follow_drafting": follows,
        "can_issue_urgently": policy.can_issue_urgently(actor, guidance),
        "urgent": urgent,
        "can_approve_later": urgent is not None and policy.can_approve_later(actor, guidance, urgent),
    }
