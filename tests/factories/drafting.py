"""Papers issued before their approval; a factory flushes and never commits."""

from portal.directory.actor import Actor
from portal.drafting.urgent import issue_urgently
from portal.guidance.models import Guidance
from tests.factories.guidance import fingerprint_now


def issue_paper_urgently(actor: Actor, guidance: Guidance, number: str | None = "総行住第90号", **fields) -> int:
    """Issue a draft at once, to whomever its rule addresses now."""
    seen = fingerprint_now(guidance)
    values = {"reason": "漏えいの拡大を防ぐため", "fingerprint": seen, "document_number": number, **fields}
    return issue_urgently(actor, guidance, **values)
