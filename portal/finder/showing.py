"""What a page of results names: titles with the words marked, the passage that holds them, labels of the facets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from portal.attachments.models import Attachment
from portal.campaigns import searching as campaigns
from portal.campaigns.models import Campaign
from portal.campaigns.states import CampaignState
from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.finder.finding import Facets, FoundKind, Results, Thing
from portal.guidance import searching as guidance
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.issues import searching as issues
from portal.issues.models import Issue, Post
from portal.issues.states import IssueState
from portal.knowledge import searching as knowledge
from portal.knowledge.models import QaEntry, QaState
from portal.search.hits import Hit
from portal.search.snippets import highlight, holds, snippet
from portal.themes.models import Theme

STATES: dict[str, type[LabelledEnum]] = {
    issues.KIND: IssueState,
    guidance.KIND: GuidanceState,
    knowledge.KIND: QaState,
    campaigns.KIND: CampaignState,
}

Findable = Issue | Guidance | QaEntry | Campaign


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that was found, as the page shows it. ``post`` is the post that holds the words, if one does."""

    kind: FoundKind
    thing: Findable
    title: Markup
    number: Markup | None
    snippet: Markup
    state: LabelledEnum
    is_file: bool
    post: Post | None
    theme: Theme | None
    organisation: Organisation | None
    at: datetime | None


@dataclass(frozen=True)
class _Texts:
    """What the hits refer to, loaded for the page."""

    things: dict[tuple[str, int], Any]
    posts: dict[int, Post]
    files: dict[int, str]


def list_entries(actor: Actor, results: Results) -> list[Entry]:
    """The things of the page that the actor may still see. Up to six statements, one for each sort at hand."""
    texts = _load(actor, results.things)
    words = results.sought.words
    return [_entry(thing, texts, words) for thing in results.things if (thing.kind, thing.subject_id) in texts.things]


def find_labels(facets: Facets) -> dict[tuple[str, object], tuple[str, str | None]]:
    """The Japanese and the English names of the themes and prefectures among the facets. One statement."""
    if not facets.themes and not facets.prefectures:
        return {}
    themes = sa.select(sa.literal("theme"), sa.cast(Theme.id, sa.String()), Theme.name, Theme.name_en).where(
        Theme.id.in_(facets.themes)
    )
    prefectures = sa.select(
        sa.literal("prefecture"), Organisation.prefecture_code, Organisation.name, Organisation.name_en
    ).where(
        Organisation.kind == OrganisationKind.PREFECTURE, Organisation.prefecture_code.in_(list(facets.prefectures))
    )
    rows: Iterable[Any] = db.session.execute(sa.union_all(themes, prefectures))
    return {(sort, int(value) if sort == "theme" else value): (ja, en) for sort, value, ja, en in rows}


def _load(actor: Actor, things: Sequence[Thing]) -> _Texts:
    def ids(kind: str) -> list[int]:
        return [thing.subject_id for thing in things if thing.kind == kind]

    hits = [hit for thing in things for hit in thing.hits[:1]]
    found: dict[tuple[str, int], Any] = {}
    for kind, shown in (
        (issues.KIND, issues.find_shown(actor, ids(issues.KIND))),
        (guidance.KIND, guidance.find_shown(actor, ids(guidance.KIND))),
        (knowledge.KIND, knowledge.find_shown(actor, ids(knowledge.KIND))),
        (campaigns.KIND, campaigns.find_shown(actor, ids(campaigns.KIND))),
    ):
        found |= {(kind, key): thing for key, thing in shown.items()}
    seen = [key for kind, key in found if kind == issues.KIND]
    posts = issues.find_posts(actor, [hit.part_id for hit in hits if hit.part == "post"], seen)
    return _Texts(found, posts, _file_names(hits))


def _file_names(hits: Iterable[Hit]) -> dict[int, str]:
    ids = [hit.part_id for hit in hits if hit.part == "file"]
    query = sa.select(Attachment.id, Attachment.file_name).where(
        Attachment.id.in_(ids), Attachment.removed_at.is_(None)
    )
    return {key: name for key, name in db.session.execute(query)} if ids else {}


def _entry(thing: Thing, texts: _Texts, words: Sequence[str]) -> Entry:
    shown = texts.things[thing.kind, thing.subject_id]
    best = thing.hits[0]
    post = texts.posts.get(best.part_id) if best.part == "post" else None
    file_name = texts.files.get(best.part_id) if best.part == "file" else None
    number, title, body, organisation, at = _facts(shown, words)
    return Entry(
        kind=FoundKind(thing.kind),
        thing=shown,
        title=highlight(title, words),
        number=highlight(number, words) if number else None,
        snippet=snippet(post.body if post else file_name or body, words),
        state=shown.state,
        is_file=file_name is not None,
        post=post,
        theme=shown.theme,
        organisation=organisation,
        at=post.created_at if post else at,
    )


def _facts(thing: Findable, words: Sequence[str]) -> tuple[str | None, str, str, Organisation, datetime | None]:
    if isinstance(thing, Issue):
        body = thing.tried if thing.tried and not holds(thing.body, words) and holds(thing.tried, words) else thing.body
        return thing.number, thing.title, body, thing.organisation, thing.submitted_at
    if isinstance(thing, Guidance):
        fields = (thing.body, thing.required_action, thing.difference, thing.contact)
        body = next((text for text in fields if holds(text, words)), thing.body)
        return thing.document_number, thing.title, body, thing.sender, thing.issued_at
    if isinstance(thing, Campaign):
        texts = (thing.purpose, thing.legal_basis, thing.contact)
        body = next((text for text in texts if holds(text, words)), thing.purpose)
        return thing.document_number or None, thing.shown_title, body, thing.office, thing.published_at
    body = thing.answer if holds(thing.answer, words) else thing.question
    return thing.number, thing.headline, body, thing.drafter_organisation, thing.published_at
