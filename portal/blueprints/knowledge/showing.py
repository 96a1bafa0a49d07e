"""The page of one entry, put together of what several features know of it."""

from dataclasses import dataclass, field

from flask import render_template, request

from portal.blueprints.knowledge.traces import find_traces_in, gather_clues
from portal.core.errors import NotFound
from portal.core.pagination import Page
from portal.directory.actor import Actor
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.issues.queries import list_linked_issues
from portal.knowledge import policy, queries
from portal.knowledge.deidentify import Trace
from portal.knowledge.edition_queries import list_places
from portal.knowledge.impact import Impact, find_joining, impact_of, list_joined_bodies
from portal.knowledge.models import QaEntry, QaJoining, QaState
from portal.links.models import LinkRelation
from portal.links.queries import list_relations
from portal.notifications.service import reading_of_subject
from portal.web.noting import note


@dataclass(frozen=True)
class Joined:
    """Who has the same question: how many to everyone, which to headquarters, and what the own body said."""

    impact: Impact = field(default_factory=Impact)
    own: QaJoining | None = None
    bodies: Page[QaJoining] = field(default_factory=lambda: Page(items=[]))


def show_entry(actor: Actor, entry_id: int) -> str:
    """The page; that it was read is noted. Raises NotFound when there is nothing that the actor may know of.

    Of a withdrawn entry whoever cited it learns that it is; the text, which may have named somebody, is gone.
    """
    entry = queries.find_entry(actor, entry_id)
    withdrawn = queries.find_withdrawn(entry_id) if entry is None else None
    if entry is None and withdrawn is None:
        raise NotFound
    note(reading_of_subject(actor, "qa_entry", entry_id))
    return _in_full(actor, entry) if entry is not None else render_template("knowledge/withdrawn.html", entry=withdrawn)


def _in_full(actor: Actor, entry: QaEntry) -> str:
    sources, follow_ups = _linked(actor, entry)
    is_open = entry.state in {QaState.DRAFT, QaState.REVIEW}
    revisions = queries.list_revisions(actor, entry) if entry.number else []
    return render_template(
        "knowledge/show.html",
        entry=entry,
        actor=actor,
        policy=policy,
        sources=sources,
        follow_ups=follow_ups,
        can_ask=entry.state is QaState.PUBLISHED and issue_policy.can_create(actor) and not actor.is_headquarters,
        traces=_traces(actor, entry, sources) if is_open else [],
        joined=_joined(actor, entry) if entry.state is QaState.PUBLISHED else Joined(),
        revision=next((each for each in revisions if each.state is not QaState.PUBLISHED), None),
        revisions=[each for each in revisions if each.state is QaState.PUBLISHED],
        places=list_places(entry) if entry.state is QaState.PUBLISHED else [],
    )


def _linked(actor: Actor, entry: QaEntry) -> tuple[list[Issue], list[Issue]]:
    """The issues behind the entry and those that asked on from it, as far as the actor may see them."""
    relations = list_relations("qa_entry", entry.id, "issue")
    asked = {issue_id for issue_id, relation in relations if relation is LinkRelation.FOLLOW_UP}
    behind = {issue_id for issue_id, relation in relations if relation is LinkRelation.DERIVED}
    issues = list_linked_issues(actor, sorted(asked | behind))
    return [each for each in issues if each.id in behind], [each for each in issues if each.id in asked]


def _joined(actor: Actor, entry: QaEntry) -> Joined:
    return Joined(
        impact_of([entry.id]).get(entry.id, Impact()),
        find_joining(actor, entry) if actor.is_local else None,
        list_joined_bodies(actor, entry, request.args.get("cursor")),
    )


def _traces(actor: Actor, entry: QaEntry, sources: list[Issue]) -> list[Trace]:
    return find_traces_in(gather_clues(actor, sources), entry.question, entry.answer)
