"""Splitting: part of an issue becomes an issue of its own, of the same body and submitter, with links on both sides."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.bundles import policy
from portal.bundles.events import IssueSplit
from portal.bundles.merging import as_plain_words
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.events import Audience, emit
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.issues.ball import touch
from portal.issues.content import IssueContent, check_texts
from portal.issues.models import Issue, Post
from portal.issues.service import register_issue
from portal.issues.states import Holder, IssueState, Leak, PostKind, Urgency
from portal.issues.thread import add_post
from portal.links.models import LinkRelation
from portal.links.service import add_link

_TOLD = "この課題・照会の一部を、別の課題・照会 {number}「{title}」に分けて対応します。"  # a post, so in Japanese


@dataclass(frozen=True, kw_only=True)
class SplitContent:
    """What whoever splits may set of the new issue; the rest comes from the one that is split."""

    title: str
    body: str
    theme_id: int
    sub_topic_id: int | None
    leak: Leak
    urgency: Urgency
    impact_count: int | None = None


def get_quotable_post(issue: Issue, post_id: int) -> Post:
    """A post that the submitter's side sees. Raises NotFound: what is internal or put to a ministry is never quoted."""
    post = db.session.scalar(
        sa.select(Post).where(Post.id == post_id, Post.issue_id == issue.id, Post.audience == Audience.PUBLIC)
    )
    if post is None:
        raise NotFound
    return post


def quote_of(issue: Issue, post: Post | None) -> str:
    """The text to begin with: the report, or the post, quoted line by line under where it stands."""
    text = post.body if post is not None else issue.body
    lines = [f"> {line}".rstrip() for line in text.strip().splitlines()]
    return "\n".join([*lines, ""])


def split_issue(actor: Actor, issue: Issue, content: SplitContent, *, confirmed: bool = False) -> Issue:
    """Make a new issue of the same body, section, submitter and sharing, submitted at once to the body's liaison.

    The split issue keeps its state and its ball and says in a post where the part has gone; both link to
    each other. Raises Invalid at a field.
    """
    authorize(policy.can_split, actor, issue)
    whole = _content(issue, content)
    check_texts(whole, confirmed=confirmed)
    new = _draft(issue)
    whole.write_to(new)
    db.session.add(new)
    db.session.flush()
    register_issue(actor, new)
    add_link(actor, ("issue", new.id), ("issue", issue.id), LinkRelation.DERIVED)
    text = _TOLD.format(number=new.number, title=as_plain_words(new.title))
    post = add_post(actor, issue, PostKind.DECISION, Audience.PUBLIC, text)
    touch(issue, Audience.PUBLIC)
    emit(
        actor,
        IssueSplit(
            issue_id=issue.id,
            post_id=post.id,
            new_issue_id=new.id,
            new_number=new.number or "",
            organisation_id=issue.organisation_id,
        ),
    )
    return new


def _content(issue: Issue, content: SplitContent) -> IssueContent:
    is_ahead = issue.needed_by_on is not None and issue.needed_by_on >= japan_date(clock.now())
    return IssueContent(
        kind=issue.kind,
        title=content.title,
        body=content.body,
        theme_id=content.theme_id,
        sub_topic_id=content.sub_topic_id,
        impact_count=content.impact_count,
        urgency=content.urgency,
        needed_by_on=issue.needed_by_on if is_ahead else None,
        leak=content.leak,
        is_shared_with_prefecture=issue.is_shared_with_prefecture,
    )


def _draft(issue: Issue) -> Issue:
    now = clock.now()
    return Issue(
        organisation_id=issue.organisation_id,
        section_id=issue.section_id,
        submitter_person_id=issue.submitter_person_id,
        submitter_membership_id=issue.submitter_membership_id,
        state=IssueState.DRAFT,
        holder=Holder.SUBMITTER,
        holder_organisation_id=issue.organisation_id,
        holder_since_at=now,
        created_at=now,
        last_activity_at=now,
        last_public_activity_at=now,
    )
