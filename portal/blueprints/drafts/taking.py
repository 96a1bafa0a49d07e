"""How the pages of answers take the text of the draft over, and keep what was sent as its last version."""

from collections.abc import Sequence
from typing import Any

from portal.directory.actor import Actor
from portal.drafts import policy, service
from portal.drafts.queries import find_text
from portal.issues.models import Issue, Post
from portal.web.typed import typed_id


def text_of_draft(actor: Actor, issue: Issue) -> dict[str, Any]:
    """What stands in the form of an answer at first: the newest version of the draft, and its number. One statement."""
    if not policy.can_view_draft(actor):
        return {}
    number, text = find_text(issue)
    return {"text": text or None, "draft_version": number}


def keep_answer(actor: Actor, issue: Issue, posts: Sequence[Post], form: Any, *, is_final: bool = True) -> None:
    """Keep the answer to this issue as the draft's last version. Raises Conflict when the draft went on meanwhile."""
    post = next(each for each in posts if each.issue_id == issue.id)
    service.use_draft(actor, issue, post, seen=typed_id(form.draft_version.data) or 0, is_final=is_final)
