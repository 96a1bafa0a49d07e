"""Every table, imported in one place for the migrations and the tests of the schema."""

from portal.accounts import models as accounts
from portal.addressing import models as addressing
from portal.answering import models as answering
from portal.attachments import models as attachments
from portal.audit import models as audit
from portal.bundles import models as bundles
from portal.campaigns import models as campaigns
from portal.circulation import models as circulation
from portal.core import events, numbering
from portal.core.db import Base
from portal.decisions import models as decisions
from portal.directory import absence_models as absences
from portal.directory import models as directory
from portal.drafting import models as drafting
from portal.drafts import models as drafts
from portal.escalation import models as escalation
from portal.extensions import models as extensions
from portal.feeds import models as feeds
from portal.forwarding import models as forwarding
from portal.guidance import models as guidance
from portal.guidance import typed_models as typed
from portal.inbound import models as inbound
from portal.inspections import models as inspections
from portal.issues import models as issues
from portal.issuing import models as issuing
from portal.jobs import models as jobs
from portal.knowledge import collection_models as collections
from portal.knowledge import models as knowledge
from portal.liaison import models as liaison
from portal.links import models as links
from portal.notifications import models as notifications
from portal.proof import models as proof
from portal.questions import models as questions
from portal.redaction import models as redaction
from portal.reminders import models as reminders
from portal.renditions import models as renditions
from portal.reporting import models as reporting
from portal.revisions import models as revisions
from portal.search import models as search
from portal.takeover import models as takeover
from portal.targets import models as targets
from portal.themes import models as themes
from portal.web import models as web
from portal.workbench import models as workbench
from portal.workbooks import models as workbooks

__all__ = [
    "absences",
    "accounts",
    "addressing",
    "answering",
    "attachments",
    "audit",
    "bundles",
    "campaigns",
    "circulation",
    "collections",
    "decisions",
    "directory",
    "drafting",
    "drafts",
    "escalation",
    "events",
    "extensions",
    "feeds",
    "forwarding",
    "guidance",
    "inbound",
    "inspections",
    "issues",
    "issuing",
    "jobs",
    "knowledge",
    "liaison",
    "links",
    "metadata",
    "notifications",
    "numbering",
    "proof",
    "questions",
    "redaction",
    "reminders",
    "renditions",
    "reporting",
    "revisions",
    "search",
    "takeover",
    "targets",
    "themes",
    "typed",
    "web",
    "workbench",
    "workbooks",
]

metadata = Base.metadata


def is_modelled(_item: object, name: str | None, kind: str, _is_reflected: bool, _other: object) -> bool:
    """Whether the models know the table or index: the inverted index of the search is its migration's own."""
    own = {"table": "search_index", "index": "ix_search_document_grams"}
    return not (kind in own and str(name).startswith(own[kind]))
