"""What the pages of the Q&A warn of: traces of bodies and persons in a text that everyone will read."""

from collections.abc import Iterable, Sequence

from portal.directory.actor import Actor
from portal.issues.models import Issue
from portal.issues.queries import get_issue, list_linked_issues
from portal.knowledge.deidentify import Trace, find_traces
from portal.knowledge.models import QaEntry
from portal.knowledge.queries import list_body_names
from portal.links.queries import list_links_from


def list_sources(actor: Actor, entry: QaEntry) -> Sequence[Issue]:
    """The issues from which the entry was drafted, as far as the actor may see them."""
    return list_linked_issues(actor, list_links_from("qa_entry", entry.id, "issue"))


def find_traces_in(actor: Actor, *texts: str | None, numbers: Iterable[str | None] = ()) -> list[Trace]:
    """The traces in the texts; those who reported the issues of these numbers are looked for by name."""
    sources = [get_issue(actor, number) for number in numbers if number]
    people = {source.submitter.name for source in sources if source.submitter}
    bodies = {*list_body_names(), *(source.organisation.name for source in sources)}
    return find_traces("\n".join(text or "" for text in texts), bodies=bodies, people=sorted(people))
