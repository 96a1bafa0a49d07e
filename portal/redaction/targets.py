"""What may be redacted: the texts of papers, issues and posts by field, and files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.attachments.models import Attachment
from portal.attachments.queries import list_attachments_of
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.guidance.models import Guidance, Recipient, Response
from portal.guidance.states import ISSUED_STATES
from portal.issues.models import Issue, Post
from portal.issues.states import IssueState
from portal.redaction.states import TargetKind

FIELDS: dict[TargetKind, dict[str, str]] = {
    TargetKind.GUIDANCE: {
        "title": N_("件名"),
        "body": N_("本文"),
        "contact": N_("照会先"),
        "required_action": N_("すること"),
        "difference": N_("前回との差"),
        "addressee_line": N_("宛名"),
        "sender_title": N_("発信者名"),
        "concerned_sections": N_("対象の課"),
        "short_due_reason": N_("短い期限とする理由"),
    },
    TargetKind.ISSUE: {"title": N_("件名"), "body": N_("内容"), "tried": N_("試したこと")},
    TargetKind.POST: {"body": N_("本文")},
    TargetKind.FILE: {},
}
_MOST = 100


@dataclass(frozen=True, kw_only=True)
class Target:
    """One thing that may be redacted, and the paper or issue that it belongs to."""

    kind: TargetKind
    thing: Any
    guidance_id: int | None = None
    issue_id: int | None = None

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.kind.value}-{self.thing.id}"


def targets_of_paper(guidance_id: int) -> list[Target]:
    """The paper's texts and its files, and the files of the bodies' responses. Raises NotFound before its issue."""
    paper = db.session.get(Guidance, guidance_id)
    if paper is None or paper.state not in ISSUED_STATES:
        raise NotFound
    responses = db.session.scalars(
        sa.select(Response.id)
        .join(Recipient, Recipient.id == Response.recipient_id)
        .join(Attachment, sa.and_(Attachment.owner_kind == "response", Attachment.owner_id == Response.id))
        .where(Recipient.guidance_id == guidance_id)
        .limit(_MOST)
    ).all()
    held = list_attachments_of(guidance=[guidance_id], response=responses)
    texts = [Target(kind=TargetKind.GUIDANCE, thing=paper, guidance_id=guidance_id)]
    return texts + _files(held, guidance_id=guidance_id)


def targets_of_issue(number: str) -> list[Target]:
    """The issue's text, its posts and all their files. Raises NotFound for a draft."""
    issue = db.session.scalar(sa.select(Issue).where(Issue.number == number.strip().upper()))
    if issue is None or issue.state is IssueState.DRAFT:
        raise NotFound
    posts = db.session.scalars(
        sa.select(Post).where(Post.issue_id == issue.id).order_by(Post.id.desc()).limit(_MOST)
    ).all()
    held = list_attachments_of(issue=[issue.id], post=[post.id for post in posts])
    texts = [Target(kind=TargetKind.ISSUE, thing=issue, issue_id=issue.id)]
    texts += [Target(kind=TargetKind.POST, thing=post, issue_id=issue.id) for post in posts]
    return texts + _files(held, issue_id=issue.id)


def find_thing(kind: TargetKind, target_id: int) -> Any:
    """The row of the target, as it stands now and held until the transaction ends; None when it is gone."""
    models: dict[TargetKind, Any] = {
        TargetKind.GUIDANCE: Guidance,
        TargetKind.ISSUE: Issue,
        TargetKind.POST: Post,
        TargetKind.FILE: Attachment,
    }
    return db.session.get(models[kind], target_id, with_for_update=True, populate_existing=True)


def _files(held: dict[str, dict[int, list[Attachment]]], **owner: int) -> list[Target]:
    files: Sequence[Attachment] = [file for by_id in held.values() for each in by_id.values() for file in each]
    return [Target(kind=TargetKind.FILE, thing=file, **owner) for file in files]
