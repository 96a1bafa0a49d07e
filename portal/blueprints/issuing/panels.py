"""What the page of a paper says of its issue: planned, under way, taken back."""

from typing import Any

from portal.directory.actor import Actor
from portal.guidance.addressees import Preview, fingerprint_of
from portal.guidance.comparison import name_bodies
from portal.guidance.issuing import list_addressed_ids
from portal.guidance.models import Guidance
from portal.issuing import policy
from portal.issuing.recalling import find_recall
from portal.issuing.scheduling import find_hold, find_plan
from portal.issuing.seen import pack, unpack
from portal.notifications.sending_progress import count_mails


def show_issuing(actor: Actor, guidance: Guidance) -> dict[str, Any]:
    """The plan or why it was held, the recall, the mails: each only where there can be one. Two statements at most."""
    sees_mails = policy.can_see_sending(actor, guidance)
    return {
        "issuing_policy": policy,
        "plan": find_plan(guidance),
        "hold": find_hold(guidance),
        "recall": find_recall(guidance),
        "mails": count_mails(guidance.id) if sees_mails else None,
    }


def carry_seen(form: Any, seen: Preview) -> None:
    """Let the form's page carry the bodies that it shows."""
    form.fingerprint.data, form.seen.data = seen.fingerprint, pack(seen.ids)


def find_change(guidance: Guidance, form: Any) -> dict[str, Any] | None:
    """Which bodies came and went since the form's page was shown; None when they are the same.

    The form then carries the bodies of now, so that sending it again means these. Where what it carried cannot be
    read, everybody counts as new.
    """
    now = frozenset(list_addressed_ids(guidance))
    seen = unpack(form.seen.data or "") or frozenset()
    is_same = form.fingerprint.data == fingerprint_of(now)
    form.fingerprint.data, form.seen.data = fingerprint_of(now), pack(now)
    if is_same:
        return None
    return {
        "added": len(now - seen),
        "removed": len(seen - now),
        "added_bodies": name_bodies(now - seen),
        "removed_bodies": name_bodies(seen - now),
    }
