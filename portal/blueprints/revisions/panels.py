"""What the page of a paper says of its corrections and of what replaced it."""

from typing import Any

from portal.directory.actor import Actor
from portal.guidance.models import Guidance
from portal.revisions import policy
from portal.revisions.marking import list_unplaced, render_corrected
from portal.revisions.queries import list_corrections, list_relatives
from portal.revisions.states import CorrectionState


def show_revisions(actor: Actor, guidance: Guidance) -> dict[str, Any]:
    """Corrections, the text as corrected, and the papers before and after. Two statements at most.

    The files of the corrections the page loads with the others.
    """
    corrections = list_corrections(actor, guidance)
    issued = [each for each in corrections if each.state is CorrectionState.ISSUED]
    return {
        "revisions_policy": policy,
        "corrections": issued,
        "coming_correction": next((each for each in corrections if each not in issued), None),
        "unplaced": list_unplaced(guidance.body, issued),
        "corrected_body": render_corrected(guidance.body, issued),
        "relatives": list_relatives(actor, guidance),
    }
