"""Every write to bundles, replies to many and split issues, gathered for callers."""

from portal.bundles.bulk import BulkChanged, prepare_bulk_reply, preview_bulk, recall_bulk_reply
from portal.bundles.bundling import (
    MOST,
    change_lead,
    dissolve_bundle,
    may_dissolve,
    read_numbers,
    tie_issues,
    untie_issue,
)
from portal.bundles.splitting import SplitContent, get_quotable_post, quote_of, split_issue

__all__ = [
    "MOST",
    "BulkChanged",
    "SplitContent",
    "change_lead",
    "dissolve_bundle",
    "get_quotable_post",
    "may_dissolve",
    "prepare_bulk_reply",
    "preview_bulk",
    "quote_of",
    "read_numbers",
    "recall_bulk_reply",
    "split_issue",
    "tie_issues",
    "untie_issue",
]
