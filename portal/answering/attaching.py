"""Files as answers: they hang on the entry, and the answer names them."""

from collections.abc import Sequence

from portal.answering import policy
from portal.answering.running import authorize_running
from portal.answering.saving import save_answers
from portal.attachments.inspection import Upload
from portal.attachments.models import Attachment
from portal.attachments.queries import find_attachment, list_attachments
from portal.attachments.service import remove_attachment, store_attachments
from portal.campaigns.models import Campaign, Entry
from portal.core.errors import NotFound
from portal.directory.actor import Actor


def attach_files(
    actor: Actor,
    campaign: Campaign,
    entry: Entry,
    code: str,
    uploads: Sequence[Upload],
    *,
    my_number_confirmed: bool = False,
) -> list[str]:
    """Add files to the answer of a question. Raises Forbidden, Invalid at the code, NeedsConfirmation."""
    authorize_running(policy.can_answer, actor, campaign, entry)
    stored = store_attachments(actor, "entry", entry.id, uploads, field=code, confirmed=my_number_confirmed)
    held = entry.answers.get(code) or []
    return save_answers(actor, campaign, entry, {code: [*held, *(each.id for each in stored)]})


def detach_file(actor: Actor, campaign: Campaign, entry: Entry, code: str, attachment_id: int) -> list[str]:
    """Take a file out of the answer of a question; it stays for the record. Raises Forbidden, NotFound."""
    authorize_running(policy.can_answer, actor, campaign, entry)
    held = entry.answers.get(code) or []
    file = find_attachment("entry", entry.id, attachment_id)
    if file is None or attachment_id not in held:
        raise NotFound
    changed = save_answers(actor, campaign, entry, {code: [each for each in held if each != attachment_id] or None})
    if entry.submitted_at is None:
        remove_attachment(file)
    return changed


def list_files(entry: Entry) -> dict[int, Attachment]:
    """The files that hang on the entry, by id. One statement."""
    return {each.id: each for each in list_attachments("entry", [entry.id])[entry.id]}
