"""Every write to issues, gathered for callers; the rooms behind stand by whose work it is."""

from portal.issues.answering import (
    accept_issue,
    answer_officially,
    answer_provisionally,
    bounce_issue,
    consult_ministry,
    reply_to_consultation,
    withdraw_consultation,
)
from portal.issues.content import IssueContent
from portal.issues.submission import (
    close_answered,
    close_issue,
    discard_draft,
    draft_issue,
    edit_issue,
    list_to_close,
    reopen_issue,
    resubmit_issue,
    save_draft,
    submit_issue,
    withdraw_issue,
)
from portal.issues.thread import follow_issue, mark_issue_read, post_reply, unfollow_issue, write_note
from portal.issues.triage import (
    answer_by_quote,
    confirm_decline,
    propose_decline,
    proposed_division,
    reject_decline,
    return_issue,
    route_issue,
    triage_issue,
)

__all__ = [
    "IssueContent", "accept_issue", "answer_by_quote", "answer_officially", "answer_provisionally", "bounce_issue",
    "close_answered", "close_issue", "confirm_decline", "consult_ministry", "discard_draft", "draft_issue",
    "edit_issue",
    "follow_issue", "list_to_close", "mark_issue_read", "post_reply", "propose_decline", "proposed_division",
    "reject_decline", "reopen_issue", "reply_to_consultation", "resubmit_issue", "return_issue", "route_issue",
    "save_draft", "submit_issue", "triage_issue", "unfollow_issue", "withdraw_consultation", "withdraw_issue",
    "write_note",
]
