"""Every write to drafts, checklists and reply templates, gathered for callers."""

from portal.drafts.checklists import add_step, remove_step, tick_step, untick_step
from portal.drafts.drafting import comment_on_draft, end_presence, presence_of, restore_version, save_draft, use_draft
from portal.drafts.promises import list_promises_due, remind_of_answer
from portal.drafts.reply_templates import retire_template, review_template, write_template

__all__ = [
    "add_step",
    "comment_on_draft",
    "end_presence",
    "list_promises_due",
    "presence_of",
    "remind_of_answer",
    "remove_step",
    "restore_version",
    "retire_template",
    "review_template",
    "save_draft",
    "tick_step",
    "untick_step",
    "use_draft",
    "write_template",
]
