"""The users' guide as the portal shows it: the texts of docs/, with their links led to its own pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from portal.core import markdown

_DOCS = Path(__file__).parents[2] / "docs"
_BEGINS = re.compile(r"\s*(#|\||>|[-*] |\d+\. |$)")  # a line that does not go on from the one before
_LINK = re.compile(r"\]\((?:(?:[\w./-]*/)?([\w-]+?)(?:\.ja)?\.md)?(?:#([^)\s]*))?\)")
_START = "users"


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A chapter of the guide: its title and its text."""

    title: str
    text: Markup


def find_chapter(name: str | None, locale: str, address: Callable[[str | None], str]) -> Chapter | None:
    """A chapter in a language, the first page of the guide without a name; None where there is no such chapter.

    ``address`` gives the address of a chapter's page, by its name or None.
    """
    ending = "md" if locale == "en" else "ja.md"
    path = _DOCS / f"{_START}.{ending}" if name is None else _chapters(ending).get(name)
    if path is None:
        return None
    title, source = _read(path)

    def lead(found: re.Match[str]) -> str:
        target, anchor = found.group(1), (found.group(2) or "").strip("-")  # the headings' ids end in no hyphen
        if target is None:
            return f"](#{anchor})"
        return f"]({address(None if target == _START else target)}{f'#md-{target}-{anchor}' if anchor else ''})"

    return Chapter(title=title, text=markdown.render(_LINK.sub(lead, source), key=name or _START))


@lru_cache(maxsize=2)
def _chapters(ending: str) -> dict[str, Path]:
    every = {path.name: path for path in (_DOCS / "users").glob("*.md")}
    names = [name.removesuffix(".ja.md") for name in every if name.endswith(".ja.md")]
    return {name: every[f"{name}.{ending}"] for name in names if f"{name}.{ending}" in every}


@lru_cache(maxsize=64)
def _read(path: Path) -> tuple[str, str]:
    """The title and the text without it and without the line of ways out; wrapped lines are whole again."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    if lines[:2] and lines[1].startswith("["):
        lines = lines[2:]
    gap = "" if path.name.endswith(".ja.md") else " "
    whole: list[str] = []
    for line in lines:
        if whole and whole[-1].strip() and not _BEGINS.match(line) and not whole[-1].startswith(("#", "|")):
            whole[-1] += gap + line.strip()
        else:
            inner = len(line) - len(line.lstrip())
            whole.append(" " * inner + line)  # the renderer wants lists within lists twice as far in
    return first.lstrip("# "), "\n".join(whole)
