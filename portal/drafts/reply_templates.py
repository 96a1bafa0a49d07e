"""Reply templates: texts for answers, flagged when what they draw on has changed until somebody reviews them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.drafts import policy
from portal.drafts.events import ReplyTemplateRetired, ReplyTemplateReviewed, ReplyTemplateWritten
from portal.drafts.models import ReplyTemplate
from portal.drafts.states import SourceKind
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.issues.content import required_text
from portal.issues.models import Issue
from portal.knowledge.models import QaEntry, QaState, headline_of

LONGEST_BODY, LONGEST_TITLE, OFFERED = 20_000, 100, 200
_FIELDS = re.compile(r"\{(団体名|番号)\}")


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a template draws on, as it stands now."""

    kind: SourceKind
    thing_id: int
    name: str
    mark: str
    is_in_force: bool


@dataclass(frozen=True)
class KeptTemplate:
    """A template with its source. ``is_changed``: the source stands otherwise than when it was last reviewed."""

    template: ReplyTemplate
    source: Source | None

    @property
    def is_changed(self) -> bool:
        """Whether somebody has to look whether the text still holds."""
        if self.template.source_kind is None:
            return False
        return self.source is None or self.source.mark != self.template.source_mark


def list_templates(actor: Actor, cursor: str | None = None) -> Page[ReplyTemplate]:
    """The templates that the actor may insert, the newest first."""
    return paginate(db.session, _usable(actor), order=(ReplyTemplate.id.desc(),), cursor=cursor, size=50)


def list_offered(actor: Actor) -> list[KeptTemplate]:
    """The templates to choose from while an answer is written, by title: at most 200. Two statements."""
    found = db.session.scalars(_usable(actor).order_by(ReplyTemplate.title, ReplyTemplate.id).limit(OFFERED)).all()
    return with_sources(found)


def get_template(actor: Actor, template_id: int) -> KeptTemplate:
    """One that the actor may insert. Raises NotFound."""
    template = db.session.scalar(_usable(actor).where(ReplyTemplate.id == template_id))
    if template is None:
        raise NotFound
    return with_sources([template])[0]


def with_sources(templates: Sequence[ReplyTemplate]) -> list[KeptTemplate]:
    """The templates with what they draw on. One statement, none where no template is bound."""
    bound = [each.id for each in templates if each.source_kind is not None]
    sources = _sources(bound) if bound else {}
    return [KeptTemplate(each, sources.get(each.id)) for each in templates]


def write_template(
    actor: Actor,
    template: ReplyTemplate | None,
    *,
    title: str,
    body: str,
    is_shared: bool = False,
    source: tuple[SourceKind, int] | None = None,
    version: int | None = None,
    confirmed: bool = False,
) -> ReplyTemplate:
    """Make a template, or change one; saving counts as a review of its source.

    Raises Invalid at ``title``, ``body`` or ``source``; Conflict when it was changed meanwhile.
    """
    authorize(policy.can_keep_templates, actor)
    if template is not None:
        authorize(policy.can_edit_template, actor, template)
        template.check_version(version)
    if is_shared:
        authorize(policy.can_share_templates, actor)
    title = required_text("title", title, N_("名前を入力してください。"), confirmed=confirmed)[:LONGEST_TITLE]
    body = required_text("body", body, N_("本文を入力してください。"), confirmed=confirmed)
    if len(body) > LONGEST_BODY:
        raise Invalid(N_("%(limit)s文字以内で入力してください。"), field="body", limit=f"{LONGEST_BODY:,}")
    now = clock.now()
    if template is None:
        template = ReplyTemplate(organisation_id=actor.organisation_id, source_mark="", reviewed_signature="")
        db.session.add(template)
    template.title, template.body, template.is_shared = title, body, is_shared
    template.source_kind, template.source_id = source if source is not None else (None, None)
    template.updated_at, template.updated_by_person_id = now, actor.person_id
    db.session.flush()
    _mark_reviewed(actor, template)
    emit(actor, ReplyTemplateWritten(reply_template_id=template.id))
    return template


def review_template(actor: Actor, template: ReplyTemplate, *, seen: str) -> None:
    """Say that the text agrees with its source as it was ``seen``. Raises Conflict when that has changed since."""
    authorize(policy.can_edit_template, actor, template)
    current = _sources([template.id]).get(template.id)
    if current is None or current.mark != seen:
        raise Conflict(N_("引用元がさらに変わりました。もう一度確認してください。"))
    _mark_reviewed(actor, template)
    emit(actor, ReplyTemplateReviewed(reply_template_id=template.id))


def retire_template(actor: Actor, template: ReplyTemplate) -> None:
    """Use it no more; what was written with it stays."""
    authorize(policy.can_edit_template, actor, template)
    template.retired_at = clock.now()
    db.session.flush()
    emit(actor, ReplyTemplateRetired(reply_template_id=template.id))


def fill(text: str, issue: Issue) -> str:
    """The text for this issue: {団体名} and {番号} replaced once, whatever the names themselves hold."""
    values = {"団体名": issue.organisation.name, "番号": issue.number or ""}
    return _FIELDS.sub(lambda found: values[found.group(1)], text)


def _usable(actor: Actor) -> sa.Select[ReplyTemplate]:
    return (
        sa.select(ReplyTemplate)
        .where(policy.templates_usable_by(actor))
        .options(orm.joinedload(ReplyTemplate.organisation))
    )


def _mark_reviewed(actor: Actor, template: ReplyTemplate) -> None:
    """Raises Invalid at ``source`` for a source that is not there."""
    template.reviewed_at, template.reviewed_signature, template.source_mark = clock.now(), actor.signature, ""
    if template.source_kind is not None:
        source = _sources([template.id]).get(template.id)
        if source is None:
            raise Invalid(N_("引用元が見つかりません。"), field="source")
        template.source_mark = source.mark
    db.session.flush()


def _sources(template_ids: Sequence[int]) -> dict[int, Source]:
    """What these templates draw on, by template: state and revision of a Q&A, state and edition of guidance."""
    is_qa = sa.and_(ReplyTemplate.source_kind == SourceKind.QA_ENTRY, QaEntry.id == ReplyTemplate.source_id)
    is_paper = sa.and_(ReplyTemplate.source_kind == SourceKind.GUIDANCE, Guidance.id == ReplyTemplate.source_id)
    rows: Iterable[Any] = db.session.execute(
        sa.select(
            ReplyTemplate.id,
            QaEntry.id,
            QaEntry.number,
            QaEntry.question,
            QaEntry.state,
            QaEntry.revision,
            Guidance.id,
            Guidance.document_number,
            Guidance.title,
            Guidance.state,
            Guidance.edition,
        )
        .outerjoin(QaEntry, is_qa)
        .outerjoin(Guidance, is_paper)
        .where(ReplyTemplate.id.in_(template_ids))
    )
    found: dict[int, Source] = {}
    for row in rows:
        if row[1] is not None:
            found[row[0]] = Source(
                kind=SourceKind.QA_ENTRY,
                thing_id=row[1],
                name=f"{row[2] or ''} {headline_of(row[3])}".strip(),
                mark=f"{row[4].value}:{row[5]}",
                is_in_force=row[4] is QaState.PUBLISHED,
            )
        elif row[6] is not None:
            found[row[0]] = Source(
                kind=SourceKind.GUIDANCE,
                thing_id=row[6],
                name=f"{row[7] or ''} {row[8]}".strip(),
                mark=f"{row[9].value}:{row[10]}",
                is_in_force=row[9] is GuidanceState.ISSUED,
            )
    return found
