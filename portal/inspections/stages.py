"""How far an inspection is, read from its figures alone."""

from portal.inspections.figures import Figures
from portal.inspections.states import LeakState, Stage


def stage_of(figures: Figures) -> Stage:
    """The stage of one body × procedure (product.md §6, 3): the first one that is not finished.

    Extraction E<T, matching M<T, identification P>0, correction R<F. What is corrected is done only when it is known
    whether anything leaked and, where there were mislinks, the body has published them; till then it stays at 4.
    """
    if figures.extracted < figures.target:
        return Stage.EXTRACTION
    if figures.matched < figures.target:
        return Stage.MATCHING
    if figures.pending > 0:
        return Stage.IDENTIFICATION
    if figures.corrected < figures.mislinks or not is_concluded(figures):
        return Stage.CORRECTION
    return Stage.DONE


def is_concluded(figures: Figures) -> bool:
    """Whether the leak is answered and, where there were mislinks, they are published."""
    is_answered = figures.leak is not LeakState.INVESTIGATING
    return is_answered and (figures.mislinks == 0 or figures.published_on is not None)
