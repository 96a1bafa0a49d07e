"""What the pages of the Q&A warn of: traces of bodies and persons in a text that everyone will read."""

from collections.abc import Iterable, Sequence

from portal.directory.actor import Actor
from portal.issues.models import Issue
from portal.issues.queries import get_issue, list_linked_issues, list_posts
from portal.knowledge.deidentify import Clues, Trace, propose, traces_of
from portal.knowledge.models import QaEntry
from portal.knowledge.queries import list_body_names, list_names
from portal.links.queries import list_links_from

_MOST_SOURCES = 3  # whose threads are searched for names; an entry has one or two


def list_sources(actor: Actor, entry: QaEntry) -> Sequence[Issue]:
    """The issues from which the entry was drafted, as far as the actor may see them."""
    return list_linked_issues(actor, list_links_from("qa_entry", entry.id, "issue"))


def gather_clues(actor: Actor, sources: Sequence[Issue]) -> Clues:
    """Whom a text may name: every local government, and those who reported and answered the issues behind it."""
    authors = {post.author_person_id for source in sources[:_MOST_SOURCES] for post in list_posts(actor, source)}
    submitters = {source.submitter_person_id for source in sources if source.submitter_person_id}
    people = list_names([source.organisation_id for source in sources], sorted(authors | submitters)) if sources else []
    return Clues(
        bodies=frozenset(list_body_names()),
        people=tuple(sorted(people)),
        sources=frozenset(source.organisation.name for source in sources),
    )


def clues_of(actor: Actor, entry: QaEntry) -> Clues:
    """The clues of an entry that stands."""
    return gather_clues(actor, list_sources(actor, entry))


def clues_from(actor: Actor, numbers: Iterable[str | None]) -> Clues:
    """The clues of an entry that is about to be drafted from issues."""
    return gather_clues(actor, [get_issue(actor, number) for number in numbers if number])


def find_traces_in(clues: Clues, *texts: str | None) -> list[Trace]:
    """The traces in the texts, for a warning."""
    return traces_of(propose("\n".join(text or "" for text in texts), clues))
