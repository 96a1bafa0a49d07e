"""What of issues can be found, and by whom: their texts for the index, and the hits that an actor may see."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.models import Attachment
from portal.audit.policy import granted_ids
from portal.core.calendar import fiscal_year, japan_date
from portal.core.db import db
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import Role
from portal.issues import policy
from portal.issues.models import Consultation, Issue, Post
from portal.issues.states import IssueState
from portal.issues.visibility import SUBMITTING
from portal.search.documents import Document, tag
from portal.search.hits import Narrowing, select_hits, within_year
from portal.search.likeness import rank_like
from portal.search.matching import Sought, are_common, matching, parse, standing_in
from portal.search.models import SearchDocument

KIND = "issue"
_SUBMITTED = Issue.state != IssueState.DRAFT


def list_ids(after: int, limit: int) -> Sequence[int]:
    """The issues that can be found, by id: for building the index anew."""
    return db.session.scalars(
        sa.select(Issue.id).where(Issue.id > after, _SUBMITTED).order_by(Issue.id).limit(limit)
    ).all()


def documents_of(ids: Collection[int]) -> dict[int, list[Document]]:
    """The texts of these issues: the report, each post for whoever sees it, the names of the files. Four statements."""
    query = sa.select(Issue).where(Issue.id.in_(ids), _SUBMITTED).options(orm.joinedload(Issue.organisation))
    issues = {issue.id: issue for issue in db.session.scalars(query.execution_options(populate_existing=True))}
    ministries: dict[int, list[int]] = defaultdict(list)
    for issue_id, ministry_id in db.session.execute(
        sa.select(Consultation.issue_id, Consultation.ministry_id).where(Consultation.issue_id.in_(issues))
    ):
        ministries[issue_id].append(ministry_id)
    tags = {issue.id: _tags_of(issue, ministries[issue.id]) for issue in issues.values()}
    found: dict[int, list[Document]] = {each: [] for each in ids}
    for issue in issues.values():
        found[issue.id].append(_report(issue, tags[issue.id]))
    of_post = _add_posts(found, tags)
    _add_files(found, tags, of_post)
    return found


def _add_posts(found: dict[int, list[Document]], tags: dict[int, tuple[str, ...]]) -> dict[int, int]:
    """Add the texts of the posts; post id → issue id."""
    query = sa.select(Post.id, Post.issue_id, Post.body, Post.created_at).where(Post.issue_id.in_(tags))
    of_post = {}
    for post_id, issue_id, body, at in db.session.execute(query.order_by(Post.id)):
        of_post[post_id] = issue_id
        document = Document(
            kind=KIND,
            subject_id=issue_id,
            part="post",
            part_id=post_id,
            bound_id=post_id,
            text=body,
            occurred_at=at,
            tags=tags[issue_id],
        )
        found[issue_id].append(document)
    return of_post


def _add_files(found: dict[int, list[Document]], tags: dict[int, tuple[str, ...]], of_post: dict[int, int]) -> None:
    for file in _files(tags, of_post):
        bound_id = file.owner_id if file.owner_kind == "post" else None
        issue_id = of_post[bound_id] if bound_id is not None else file.owner_id
        document = Document(
            kind=KIND,
            subject_id=issue_id,
            part="file",
            part_id=file.id,
            bound_id=bound_id,
            text=file.file_name,
            occurred_at=file.uploaded_at,
            tags=tags[issue_id],
        )
        found[issue_id].append(document)


def select_hits_for(actor: Actor, sought: Sought, chosen: Narrowing, *, is_common: bool = False) -> sa.Select[Any]:
    """The newest texts that hold the words, of issues and posts that the actor may see.

    ``is_common`` says that very many texts hold them, and nothing narrows the search: then the newest are walked.
    """
    prefecture = sa.select(Organisation.prefecture_code).where(Organisation.id == Issue.organisation_id)
    query = select_hits(
        KIND,
        sought,
        (Issue.theme_id, prefecture.scalar_subquery(), Issue.submitted_at, Issue.state),
        tags=[*scope_tags(actor), *_narrowing_tags(chosen)],
        by_index=not is_common and actor.role is not Role.AUDITOR,
    )
    return visible(actor, query).where(*_conditions(chosen))


def is_wide(actor: Actor, chosen: Narrowing) -> bool:
    """Whether nothing but the words narrows this actor's search: only then may they be too common for the index."""
    return actor.role is not Role.AUDITOR and not scope_tags(actor) and not _narrowing_tags(chosen)


def holding(actor: Actor, words: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """Of each word, whether it stands in the issue's texts as far as the actor may see them, as conditions on Issue.

    At most one statement is sent to see how common the words are.
    """
    searches = [parse(word) for word in words]
    is_asked = any(not each.is_empty for each in searches) and is_wide(actor, Narrowing())
    common = are_common(KIND, searches) if is_asked else [False] * len(searches)
    return [
        Issue.title.contains(word, autoescape=True) if each.is_empty else _holds(actor, each, is_common=often)
        for word, each, often in zip(words, searches, common, strict=True)
    ]


def rank_like_report(actor: Actor, terms: Sequence[str]) -> list[int]:
    """The issues whose report holds enough of the terms, of those that the actor may see. Two statements."""
    return rank_like(KIND, "report", terms, lambda query: visible(actor, query), tags=scope_tags(actor))


def visible(actor: Actor, query: sa.Select[Any]) -> sa.Select[Any]:
    """The texts of the select that the actor may see: those of the issues, less the posts for others."""
    query = query.join(Issue, Issue.id == SearchDocument.subject_id).where(policy.submitted_viewable_by(actor))
    if actor.role is Role.AUDITOR:  # few: found by their id, not by their words
        query = query.where(SearchDocument.subject_id.in_(granted_ids(actor, KIND)))
    return query.where(*_within_audience(actor))


def scope_tags(actor: Actor) -> list[list[str]]:
    """Tags that every text this actor may see bears, so that the index need not give those of others.

    They only save work: who may see what, ``visible`` says.
    """
    if actor.role is Role.LIAISON:
        return [[tag("post", each) for each in sorted(actor.post_ids)] or [tag("none")]]
    if actor.role is Role.MINISTRY:
        return [[tag("ministry", actor.organisation_id)]]
    if actor.role not in SUBMITTING:
        return []
    if actor.is_prefecture:
        return [[tag("prefecture", actor.prefecture_code or "")]]
    return [[tag("body", actor.organisation_id)]]


def find_shown(actor: Actor, ids: Collection[int]) -> dict[int, Issue]:
    """Those of the issues that the actor may see, with what a hit names of them. One statement."""
    query = (
        sa.select(Issue)
        .where(Issue.id.in_(ids), policy.submitted_viewable_by(actor))
        .options(orm.joinedload(Issue.organisation), orm.joinedload(Issue.theme))
    )
    return {issue.id: issue for issue in db.session.scalars(query)} if ids else {}


def find_posts(actor: Actor, ids: Collection[int], issues: Collection[int]) -> dict[int, Post]:
    """Those of the posts that the actor may see, in issues that they are known to see. One statement."""
    query = sa.select(Post).where(Post.id.in_(ids), Post.issue_id.in_(issues), policy.posts_visible_to(actor))
    return {post.id: post for post in db.session.scalars(query)} if ids else {}


def _holds(actor: Actor, sought: Sought, *, is_common: bool) -> sa.ColumnElement[bool]:
    if is_common:
        return sa.and_(*(standing_in(Issue.id, KIND, word) for word in sought.words))
    by_index = actor.role is not Role.AUDITOR
    query = matching(KIND, sought, SearchDocument.subject_id, tags=scope_tags(actor), by_index=by_index)
    query = query.where(*_within_audience(actor))
    return Issue.id.in_(query)


def _within_audience(actor: Actor) -> list[sa.ColumnElement[bool]]:
    """Of the texts of posts only those that the actor may see."""
    if policy.sees_every_audience(actor):
        return []
    post = sa.select(Post.id).where(
        Post.id == SearchDocument.bound_id, Post.issue_id == SearchDocument.subject_id, policy.posts_visible_to(actor)
    )
    return [sa.or_(SearchDocument.bound_id.is_(None), post.correlate(SearchDocument).exists())]


def _tags_of(issue: Issue, ministries: Sequence[int]) -> tuple[str, ...]:
    body = issue.organisation
    at = issue.submitted_at or issue.created_at
    given = (
        ("body", body.id),
        ("prefecture", body.prefecture_code),
        ("post", issue.post_id),
        ("theme", issue.theme_id),
        ("state", issue.state.value),
        ("year", fiscal_year(japan_date(at))),
        *(("ministry", each) for each in ministries),
    )
    return tuple(tag(name, value) for name, value in given if value is not None)


def _report(issue: Issue, tags: tuple[str, ...]) -> Document:
    return Document(
        kind=KIND,
        subject_id=issue.id,
        part="report",
        part_id=issue.id,
        headline=f"{issue.number or ''} {issue.title}",
        text=f"{issue.body}\n{issue.tried}",
        occurred_at=issue.submitted_at or issue.created_at,
        tags=tags,
    )


def _files(issues: Collection[int], posts: Collection[int]) -> Sequence[Attachment]:
    of_issues = sa.and_(Attachment.owner_kind == "issue", Attachment.owner_id.in_(issues))
    of_posts = sa.and_(Attachment.owner_kind == "post", Attachment.owner_id.in_(posts))
    return db.session.scalars(
        sa.select(Attachment)
        .where(Attachment.removed_at.is_(None), sa.or_(of_issues, of_posts))
        .order_by(Attachment.id)
    ).all()


def _narrowing_tags(chosen: Narrowing) -> list[list[str]]:
    wanted = (
        ("theme", chosen.theme_id),
        ("prefecture", chosen.prefecture_code),
        ("year", chosen.year),
        ("state", chosen.state),
    )
    return [[tag(name, value)] for name, value in wanted if value is not None]


def _conditions(chosen: Narrowing) -> list[sa.ColumnElement[bool]]:
    """The same, of the issue as it is now: the index may lag by a moment."""
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.theme_id is not None:
        conditions.append(Issue.theme_id == chosen.theme_id)
    if chosen.prefecture_code is not None:
        bodies = sa.select(Organisation.id).where(Organisation.prefecture_code == chosen.prefecture_code)
        conditions.append(Issue.organisation_id.in_(bodies))
    if chosen.year is not None:
        conditions.append(within_year(Issue.submitted_at, chosen.year))
    if chosen.state is not None:
        conditions.append(Issue.state == IssueState(chosen.state))
    return conditions
