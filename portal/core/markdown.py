"""Markdown: the source is stored; this one renderer turns it into HTML that can run nothing."""

import re
from html import unescape
from typing import Any

import markdown
import nh3

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "li", "ol", "p", "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
_ATTRIBUTES = {
    "a": {"href", "title"}, "ol": {"start"}, "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_EXTENSIONS = [
    "tables", "fenced_code", "sane_lists", "nl2br", "pymdownx.tasklist", "pymdownx.tilde",
    "pymdownx.magiclink",
]
_BOX = re.compile(r"<input[^>]*type=\"checkbox\"[^>]*/?>")  # a box that nobody can tick is better a character


def render(source: str) -> str:
    """The sanitised HTML of a Markdown source: headings begin at h2, no scripts, styles, images or ids."""
    html = markdown.Markdown(
        extensions=[*_EXTENSIONS, _LowerHeadings()],
        extension_configs={"pymdownx.tilde": {"subscript": False}},
    ).convert(source)
    return nh3.clean(
        _BOX.sub(lambda box: "☑" if "checked" in box.group() else "☐", html), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def plain_text(source: str) -> str:
    """The text of a Markdown source without its marks, for mails and snippets."""
    text = re.sub(r"<[^>]+>", "", render(source))
    return unescape(re.sub(r"\n{3,}", "\n\n", text)).strip()


class _LowerHeadings(markdown.extensions.Extension):
    """Puts every heading one level down: the page itself has the h1."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the library's name
        md.treeprocessors.register(_Lower(md), "lower_headings", 5)


class _Lower(markdown.treeprocessors.Treeprocessor):
    def run(self, root: Any) -> None:
        for element in root.iter():
            if re.fullmatch(r"h[1-6]", str(element.tag)):
                element.tag = f"h{min(6, int(element.tag[1]) + 1)}"

