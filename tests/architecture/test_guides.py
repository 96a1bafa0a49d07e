"""The guides: their links lead somewhere, both languages have the same parts, bold words stand on the screen."""

import html
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import portal.app  # noqa: F401 - every enumeration with labels
from portal.core.enums import LabelledEnum

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CHAPTERS = sorted(path for path in (DOCS / "users").glob("*.md") if not path.name.endswith(".ja.md"))
GUIDES = [DOCS / "users.md", *CHAPTERS]
WRITTEN = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _in_japanese(path: Path) -> Path:
    return path.with_suffix(".ja.md")


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _headings(path: Path, depth: str = "#{1,6}") -> list[str]:
    return re.findall(rf"^{depth} (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", WRITTEN, ids=_name)
def test_links_lead_somewhere(path):
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists() or (anchor and anchor not in map(_anchor, _headings(there))):
            lost.append(target)

    assert lost == []


@pytest.mark.parametrize("path", GUIDES, ids=_name)
def test_both_languages_have_the_same_parts(path):
    parts = [len(_headings(each, depth)) for depth in ("##", "###") for each in (path, _in_japanese(path))]

    assert parts[0] == parts[1]
    assert parts[2] == parts[3]


@pytest.mark.parametrize("path", [each for guide in CHAPTERS for each in (guide, _in_japanese(guide))], ids=_name)
def test_contents_name_every_part_of_a_chapter(path):
    listed = re.findall(r"^- \[(.+)\]\(#.+\)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    front = DOCS / ("users.ja.md" if path.name.endswith(".ja.md") else "users.md")
    on_front = re.findall(rf"^  - \[(.+)\]\(users/{re.escape(path.name)}#.+\)$", front.read_text("utf-8"), re.MULTILINE)

    assert listed == _headings(path, "##") == on_front


@pytest.mark.parametrize("path", [each for guide in GUIDES for each in (guide, _in_japanese(guide))], ids=_name)
def test_bold_words_stand_on_the_screen(path):
    shown = _shown("ja" if path.name.endswith(".ja.md") else "en")
    bold = re.findall(r"\*\*(.+?)\*\*", path.read_text(encoding="utf-8"), re.DOTALL)

    assert [words for words in bold if words not in shown] == []


def _shown(language: str) -> set[str]:
    """Every string of the interface in the language; of those with a number or name in them what stands before it."""
    with (ROOT / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        messages = list(read_po(file))
    strings = [message.id if language == "ja" else message.string for message in messages]
    texts = {text for each in strings for text in ([each] if isinstance(each, str) else each)}
    texts = {html.unescape(text) for text in texts}
    labels = {member.label(language) for family in LabelledEnum.__subclasses__() for member in family}
    return texts | labels | {re.split(r"%\(\w+\)s", text)[0].rstrip(" （(：:") for text in texts if "%(" in text}
