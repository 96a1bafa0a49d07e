"""Rates as reports state them: completion is cut, never rounded up; the share of mislinks to 0.01 %."""


def cut_rate(part: int, whole: int) -> str | None:
    """Completion in per cent to one place, cut: 82,060,000 of 82,080,000 are 99.9. None where there is nothing."""
    if whole <= 0:
        return None
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}"


def share_of(part: int, whole: int) -> str | None:
    """A share in per cent to two places, rounded half up; ``<0.01`` where something would be called nothing."""
    if whole <= 0:
        return None
    hundredths = (part * 20_000 + whole) // (2 * whole)
    if part and not hundredths:
        return "<0.01"
    return f"{hundredths // 100}.{hundredths % 100:02}"
