"""What changed from one edition of a collection to another, question by question."""

from dataclasses import dataclass, field
from functools import lru_cache

from portal.core.differences import DifferenceKind, differences
from portal.core.enums import LabelledEnum
from portal.core.markdown import plain_text
from portal.knowledge.edition_queries import Chapter, Contents, Question

Pieces = tuple[tuple[DifferenceKind, str], ...]


class Change(LabelledEnum):
    """What became of a question from one edition to the next."""

    SAME = ("same", "変更なし", "Unchanged")
    ADDED = ("added", "新規", "New")
    REVISED = ("revised", "改訂", "Revised")
    REMOVED = ("removed", "削除", "Removed")


@dataclass(frozen=True)
class Compared:
    """A question beside what it was; ``moved_from`` is its number there when that was another one."""

    change: Change
    question: Question
    moved_from: str | None = None
    question_pieces: Pieces = ()
    answer_pieces: Pieces = ()


@dataclass(frozen=True)
class ComparedChapter:
    """A section of the newer edition."""

    chapter: Chapter
    questions: list[Compared]


@dataclass(frozen=True)
class Comparison:
    """An edition beside another: its sections, and what stands in it no more."""

    chapters: list[ComparedChapter]
    removed: list[Question] = field(default_factory=list)

    def count(self, change: Change) -> int:
        """How many questions changed so."""
        if change is Change.REMOVED:
            return len(self.removed)
        return sum(each.change is change for chapter in self.chapters for each in chapter.questions)


def compare(new: Contents, old: Contents | None) -> Comparison:
    """The edition beside an earlier one; without one nothing counts as changed.

    Questions are matched by their entry, so one that was renumbered is the same question.
    """
    before = {each.entry_id: each for each in old.questions} if old is not None else None
    chapters = [
        ComparedChapter(chapter, [_compared(each, before) for each in chapter.questions]) for chapter in new.chapters
    ]
    kept = {each.entry_id for each in new.questions}
    gone = [each for each in old.questions if each.entry_id not in kept] if old is not None else []
    return Comparison(chapters, gone)


def _compared(question: Question, before: dict[int, Question] | None) -> Compared:
    if before is None:
        return Compared(Change.SAME, question)
    was = before.get(question.entry_id)
    if was is None:
        return Compared(Change.ADDED, question)
    moved_from = was.number if was.number != question.number else None
    if (was.question, was.answer) == (question.question, question.answer):
        return Compared(Change.SAME, question, moved_from)
    return Compared(
        Change.REVISED,
        question,
        moved_from,
        _pieces(was.question, question.question),
        _pieces(was.answer, question.answer),
    )


@lru_cache(maxsize=512)
def _pieces(old: str, new: str) -> Pieces:
    """As people read it, without Markdown's marks; every reader of an edition asks the same."""
    return tuple(differences(plain_text(old), plain_text(new)))
