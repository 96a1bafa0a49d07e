"""Where an answer to a question on an earlier edition belongs in a new one: at the same text, at what became of it, or
nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from portal.questions.paragraphs import Paragraph

LEAST_LIKENESS = 0.6  # below it a paragraph is another one, not the same with changes


@dataclass(frozen=True)
class Carried:
    """The place in the new edition, and whether its text is not the one that was asked about."""

    position: int | None
    is_changed: bool


def carry_paragraph(key: str, quote: str, position: int, paragraphs: Sequence[Paragraph]) -> Carried | None:
    """The paragraph of the new edition that a question on an earlier one is about now; None when it is gone.

    Of paragraphs with the same text the nearest; else the likest of those that are like enough.
    """
    told = key.partition("-")[2]
    same = [each for each in paragraphs if each.key.partition("-")[2] == told]
    if same:
        return Carried(min(same, key=lambda each: abs(each.position - position)).position, is_changed=False)
    rated = [(_likeness(quote, each.quote), -abs(each.position - position), each.position) for each in paragraphs]
    best = max(rated, default=(0.0, 0, 0))
    return Carried(best[2], is_changed=True) if best[0] >= LEAST_LIKENESS else None


def carry_file(name: str, digest: str | None, digests: dict[str, str]) -> Carried | None:
    """The file of the new edition by its name; None when it has none of that name any more."""
    if name not in digests:
        return None
    return Carried(None, is_changed=digests[name] != digest)


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < LEAST_LIKENESS or matcher.quick_ratio() < LEAST_LIKENESS:
        return 0.0
    return matcher.ratio()
