"""What a liaison quotes: published Q&A and issued guidance, found by their numbers or addresses."""

import re
from dataclasses import dataclass

from flask_babel import gettext

from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.guidance.models import Guidance
from portal.guidance.queries import GuidanceFilters, find_guidance_by_ids, list_guidance
from portal.guidance.states import GuidanceState
from portal.issues.models import Issue
from portal.knowledge.models import QaEntry, QaState
from portal.knowledge.queries import find_entries_by_ids, find_published
from portal.links.models import LinkRelation
from portal.links.service import add_link

_ADDRESS = re.compile(r"/(guidance|qa)/(\d{1,15})(?:[/?#].*)?$")
_MOST = 5


@dataclass(frozen=True)
class Quoted:
    """One published thing: where it is and what it is called."""

    kind: str
    thing_id: int
    path: str
    name: str


def find_quoted(actor: Actor, lines: str) -> list[Quoted]:
    """What each line names. Raises Invalid at the field for a line that names nothing published that one may see."""
    names = [line.strip() for line in lines.splitlines() if line.strip()]
    if len(names) > _MOST:
        raise Invalid(N_("引用できるのは%(n)s件までです。"), field="source", n=_MOST)
    return [_find(actor, name) for name in names]


def as_markdown(quoted: list[Quoted]) -> str:
    """The quoted things as they stand in the answer."""
    return "\n> ".join(f"[{each.name}]({each.path})" for each in quoted)


def link_quoted(actor: Actor, issue: Issue, quoted: list[Quoted]) -> None:
    """Link the issue with what answers it."""
    for each in quoted:
        add_link(actor, ("issue", issue.id), (each.kind, each.thing_id), LinkRelation.ANSWERS)


def _find(actor: Actor, name: str) -> Quoted:
    found = _by_address(actor, name) or _by_number(actor, name)
    if found is None:
        raise Invalid(
            N_("「%(name)s」は、公表済みのQ&Aまたは発出済みの通知等の中に見つかりません。"),
            field="source",
            name=name[:100],
        )
    return found


def _by_address(actor: Actor, name: str) -> Quoted | None:
    match = _ADDRESS.search(name)
    if match is None:
        return None
    kind, thing_id = match.group(1), int(match.group(2))
    if kind == "qa":
        return next(
            (_entry(each) for each in find_entries_by_ids(actor, [thing_id]) if each.state is QaState.PUBLISHED), None
        )
    return next(
        (_paper(each) for each in find_guidance_by_ids(actor, [thing_id]) if each.state is GuidanceState.ISSUED), None
    )


def _by_number(actor: Actor, name: str) -> Quoted | None:
    entry = find_published(name.upper())
    if entry is not None:
        return _entry(entry)
    page = list_guidance(actor, GuidanceFilters(state=GuidanceState.ISSUED, words=name))
    return next((_paper(each) for each in page if each.document_number == name), None)


def _entry(entry: QaEntry) -> Quoted:
    return Quoted(
        "qa_entry",
        entry.id,
        f"/qa/{entry.id}",
        _plain(
            gettext(
                "Q&A %(number)s %(question)s", number=entry.number, question=entry.question.strip().splitlines()[0][:60]
            )
        ),
    )


def _paper(guidance: Guidance) -> Quoted:
    return Quoted(
        "guidance",
        guidance.id,
        f"/guidance/{guidance.id}",
        _plain(" ".join(part for part in (guidance.document_number, guidance.title) if part)),
    )


def _plain(text: str) -> str:
    """The text without what would end a link in Markdown."""
    return re.sub(r"[\[\]\\`*_<>]", " ", text)
