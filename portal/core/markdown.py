"""Markdown to safe HTML: the one renderer of everything that people write."""

import re
import threading
from functools import lru_cache
from hashlib import sha256
from html import escape, unescape
from xml.etree.ElementTree import Element

import nh3
from markdown import Extension, Markdown
from markdown.extensions.toc import slugify_unicode
from markdown.inlinepatterns import InlineProcessor, LinkInlineProcessor, SimpleTagInlineProcessor
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "li": {"id"},
    "sup": {"id"},
    "span": {"role", "aria-label"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
_CLASSES = {
    "a": {"footnote-ref", "footnote-backref"},
    "div": {"footnote"},
    "ul": {"task-list"},
    "li": {"task-list-item"},
    "span": {"task-list-mark", "cited"},
    "td": {"align-left", "align-center", "align-right"},
    "th": {"align-left", "align-center", "align-right"},
}
_CHECKBOX = re.compile(r'<input type="checkbox" disabled( checked)?\s*/>')
_LONGEST_LINK = 1000
_BLOCK_END = re.compile(r"</(?:p|h[2-6]|li|tr|pre|blockquote|table|div)>|<br\s*/?>|<hr\s*/?>")
_CELL_END = re.compile(r"</t[dh]>")
_BACK_REFERENCE = re.compile(r'<a class="footnote-backref".*?</a>')


class _Autolink(InlineProcessor):
    """A bare address becomes a link. It ends before Japanese text, where pymdownx.magiclink reads on."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]
        url = m.group(0).rstrip(".,;:!?'*_~)]}")
        link = Element("a", {"href": url})
        link.text = url
        return link, m.start(0), m.start(0) + len(url)


class _DocumentNumber(InlineProcessor):
    """What may be the number of an issued paper is marked, so that a page can lead there (portal.web.citing)."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | None, int | None, int | None]:  # type: ignore[override]
        if m.group("prefix").endswith(_NOT_OF_PAPERS):
            return None, None, None
        mark = Element("span", {"class": "cited"})
        mark.text = m.group(0)
        return mark, m.start(0), m.end(0)


class _Tidy(Treeprocessor):
    """Pictures become links to them, and cells say their alignment by a class, as no inline style may."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag == "img":
                source, text = element.get("src", ""), element.get("alt", "")
                tail = element.tail
                element.clear()
                element.tag, element.text, element.tail = "a", text or source, tail
                element.set("href", source)
            align = element.attrib.pop("align", None)
            if align:
                element.set("class", f"align-{align}")


class _House(Extension):
    """Our dialect: no raw HTML (it shows as typed), no pictures, strike-through and bare addresses."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        # pymdownx.tilde needs white space round ~~…~~, which Japanese does not have
        md.inlinePatterns.register(SimpleTagInlineProcessor(r"(~~)(?=\S)(.+?)(?<=\S)~~", "del"), "strike", 65)
        md.inlinePatterns.register(_Autolink(r"https?://[!#-;=?-~]+", md), "bare_link", 110)
        md.inlinePatterns.register(_DocumentNumber(_DOCUMENT_NUMBER, md), "document_number", 60)
        md.treeprocessors.register(_Tidy(md), "tidy", 5)
        for processor in md.inlinePatterns:
            if isinstance(processor, LinkInlineProcessor):
                _bound(processor)


def _bound(processor: LinkInlineProcessor) -> None:
    """Let a link end within 1,000 characters: looking for its end to the end of the text is quadratic on ``[[[[…``."""
    get_text, get_link = processor.getText, processor.getLink

    def bounded_text(data: str, index: int) -> tuple[str, int, bool]:
        text, end, handled = get_text(data[index : index + _LONGEST_LINK], 0)
        return text, end + index, handled

    def bounded_link(data: str, index: int) -> tuple[str, str | None, int, bool]:
        href, title, end, handled = get_link(data[index : index + _LONGEST_LINK], 0)
        return href, title, end + index, handled

    processor.getText = bounded_text  # type: ignore[method-assign]
    processor.getLink = bounded_link  # type: ignore[method-assign]


# 総行住第78号の2 after letters that cannot be part of a sentence's grammar; laws and the like are numbered so too
_DOCUMENT_NUMBER = r"(?P<prefix>[一-龠々ァ-ヶー]{2,12})第[1-9１-９][0-9０-９]{0,5}号(?:の[1-9１-９][0-9０-９]?)?"
_NOT_OF_PAPERS = (
    "法律",
    "政令",
    "省令",
    "府令",
    "条例",
    "規則",
    "告示",
    "訓令",
    "勅令",
    "様式",
    "別紙",
    "別添",
    "別表",
)

_local = threading.local()


def render(source: str, *, key: str = "") -> Markup:
    """The source as sanitised HTML. Headings begin at h2; ids carry a prefix made from ``key`` or the text.

    Raw HTML is shown as it was typed. Give a ``key`` (such as the post's id) where the same text may stand twice
    on a page and holds headings or footnotes.
    """
    return _render(source, key)


def plain_text(source: str) -> str:
    """The text that a reader sees, without marks: one line per block, for search, excerpts and mail."""
    html = _BACK_REFERENCE.sub("", str(render(source)))
    html = _CELL_END.sub(" ", _BLOCK_END.sub("\n", html.replace("\n", " ")))
    lines = (" ".join(unescape(nh3.clean(line, tags=set())).split()) for line in html.split("\n"))
    return "\n".join(line for line in lines if line)


@lru_cache(maxsize=256)
def _render(source: str, key: str) -> Markup:
    source = source.encode(errors="replace").decode().replace("\x00", "")  # a lone surrogate cannot be shown
    prefix = f"md-{key or sha256(source.encode()).hexdigest()[:8]}-"
    try:
        html = _converter().convert(source)
    except RecursionError:  # nesting hundreds deep: nobody writes that, but the text must still show
        del _local.converter
        return Markup("<pre>" + escape(source) + "</pre>")  # noqa: S704
    html = _CHECKBOX.sub(
        lambda m: '<span class="task-list-mark" role="img" aria-label="{}">{}</span>'.format(
            *(("済", "☑") if m.group(1) else ("未", "☐"))
        ),
        html,
    )

    def keep_in_page(tag: str, attribute: str, value: str) -> str:
        return f"#{prefix}{value[1:]}" if tag == "a" and attribute == "href" and value.startswith("#") else value

    return Markup(  # noqa: S704 - this is the sanitiser
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            allowed_classes=_CLASSES,
            attribute_filter=keep_in_page,
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener noreferrer",
            id_prefix=prefix,
        )
    )


def _converter() -> Markdown:
    """A converter per thread: making one costs many times what using it does, and it keeps state while it runs."""
    found: Markdown | None = getattr(_local, "converter", None)
    if found is None:
        found = _local.converter = Markdown(
            extensions=[
                "tables",
                "fenced_code",
                "footnotes",
                "sane_lists",
                "nl2br",
                "toc",
                "pymdownx.tasklist",
                _House(),
            ],
            extension_configs={
                "tables": {"use_align_attribute": True},
                "toc": {"baselevel": 2, "slugify": slugify_unicode, "marker": ""},
                "footnotes": {"BACKLINK_TITLE": "本文の注{}へ戻る"},
            },
        )
    return found.reset()
