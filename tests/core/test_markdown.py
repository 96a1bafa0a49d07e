"""One renderer: what people write is shown as they meant it, and never runs."""

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.markdown import plain_text, render

XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x](x "onerror=alert(1)")',
    '![x" onerror="alert(1)](x)',
    "[x](x \"' onmouseover='alert(1)\")",
    "[a]: javascript:alert(1)\n\n[a]",
    'http://x.example/"onmouseover=alert(1)',
    "https://x.example/<script>alert(1)</script>",
    '```"><script>alert(1)</script>\nx\n```',
    "`<script>alert(1)</script>`",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    '[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: x',
    "- [ ] <input autofocus onfocus=alert(1)>",
    "# <script>alert(1)</script> {: onclick=alert(1)}",
    "<style>body{display:none}</style>",
    "<form action=//evil.example><input name=password>",
    '<a href="javascript:alert(1)">x</a>',
    "<!--><script>alert(1)</script>-->",
    "<math><mtext></table></math><img src onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x02wzxhzdk:0\x03<script>alert(1)</script>",
]


@pytest.mark.parametrize("source", XSS)
def test_nothing_runs(source):
    assert_harmless(render(source))


def assert_harmless(html):
    soup = BeautifulSoup(str(html), "html5lib").body
    allowed = {
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
    for element in soup.find_all(True):
        assert element.name in allowed, html
        for name, value in element.attrs.items():
            assert name in {"href", "title", "id", "class", "rel", "role", "aria-label", "start"}, html
            if name == "href":
                assert re.match(r"https?://|mailto:|tel:|#|/|[^:]*$", value), html


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                '"',
                "'",
                "`",
                "```\n",
                "[",
                "]",
                "(",
                ")",
                "!",
                "javascript:",
                "https://a.example",
                "onerror=",
                "script",
                "~~",
                "**",
                "_",
                "\n",
                "\n\n",
                "- [ ] ",
                "# ",
                "|",
                "|---|",
                "[^1]",
                "[^1]: ",
                "&#x3c;",
                "\\",
                "{",
                "}",
                "\x02",
                "\x03",
                "日本",
                " ",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_no_mixture_of_marks_runs(source):
    assert_harmless(render(source))
    plain_text(source)


def test_raw_html_shows_as_it_was_typed():
    assert render("対象は<name>さん、a<b") == "<p>対象は&lt;name&gt;さん、a&lt;b</p>"
    assert "&lt;br&gt;" in render("一行目<br>二行目")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**「重要」**です", "<p><strong>「重要」</strong>です</p>"),
        ("これは**重要。**次", "<p>これは<strong>重要。</strong>次</p>"),
        ("*「注」*です", "<p><em>「注」</em>です</p>"),
        ("旧は~~「廃止」~~です", "<p>旧は<del>「廃止」</del>です</p>"),
        ("10~20件、30〜40件", "<p>10~20件、30〜40件</p>"),
        ("一行目\n二行目", "<p>一行目<br>\n二行目</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
    ],
)
def test_japanese_text_is_marked_up_without_spaces(source, html):
    assert render(source) == html


@pytest.mark.parametrize(
    ("source", "href"),
    [
        ("詳細はhttps://www.example.go.jp/a/b.html?x=1&y=2#z。次", "https://www.example.go.jp/a/b.html?x=1&y=2#z"),
        ("https://example.jp/を参照", "https://example.jp/"),
        ("（https://example.jp/a_b_c）", "https://example.jp/a_b_c"),
        ("(see https://example.jp/a).", "https://example.jp/a"),
        ("<https://example.jp/a>", "https://example.jp/a"),
        ("[別紙](/guidance/3)", "/guidance/3"),
        ("[https://example.jp/text](https://example.jp/link)", "https://example.jp/link"),
    ],
)
def test_addresses_become_links(source, href):
    links = BeautifulSoup(render(source), "html5lib").find_all("a")
    assert [link["href"] for link in links] == [href]
    assert "noopener" in links[0]["rel"]


def test_an_address_in_code_stays_text():
    assert "<a" not in render("`https://example.jp/`")


def test_pictures_become_links_so_that_nothing_is_fetched():
    html = render("前![図1](https://elsewhere.example/x.png)後")
    assert "<img" not in html
    assert html == '<p>前<a href="https://elsewhere.example/x.png" rel="noopener noreferrer">図1</a>後</p>'


def test_headings_begin_at_the_second_level():
    soup = BeautifulSoup(render("# 一\n\n## 二\n\n###### 六"), "html5lib").body
    assert [element.name for element in soup.find_all(re.compile("^h"))] == ["h2", "h3", "h6"]


def test_ids_are_prefixed_and_references_follow():
    html = render("# 概要\n\n本文[^1]\n\n[目次へ](#概要)\n\n[^1]: 注", key="7")
    soup = BeautifulSoup(html, "html5lib").body
    ids = {element["id"] for element in soup.find_all(id=True)}
    assert ids
    assert all(name.startswith("md-7-") for name in ids)
    targets = {link["href"] for link in soup.find_all("a")}
    assert {f"#{name}" for name in ids} >= {t for t in targets if "fn" in t}
    assert render("# 概要", key="7") != render("# 概要", key="8")
    assert 'id="md-' in render("# 概要")


def test_tables_align_by_class_and_not_by_style():
    html = render("| 団体 | 件数 |\n|:--|--:|\n| 上越市 | 3 |")
    assert '<td class="align-right">3</td>' in html
    assert "style" not in html
    assert "align=" not in html


def test_task_lists_show_marks_and_no_unlabelled_controls():
    html = render("- [ ] 抽出\n- [x] 照合")
    assert "<input" not in html
    assert "☐" in html
    assert "☑" in html


def test_code_is_kept_as_written():
    assert render("```\na < b && **c**\n```") == "<pre><code>a &lt; b &amp;&amp; **c**\n</code></pre>"


def test_plain_text_is_what_the_reader_sees():
    source = (
        "# 概要\n\n**「重要」**です。[別紙](/x)を<確認>\n次の行[^1]\n\n"
        "- [x] 一\n- 二\n\n|a|b|\n|-|-|\n|1|2|\n\n[^1]: 注釈"
    )
    assert plain_text(source) == "概要\n「重要」です。別紙を<確認>\n次の行1\n☑ 一\n二\na b\n1 2\n注釈"
    assert plain_text("") == ""
    assert plain_text("a &amp; b < c") == "a & b < c"


@pytest.mark.parametrize(
    "source",
    [
        ">" * 3000,
        "[" * 5000,
        "*" * 5000,
        "`" * 5000,
        "- " * 2000,
        "~~" * 3000,
        "![" * 3000,
        "[a](" * 3000,
        "https://" * 1000,
        "|" * 5000 + "\n" + "|-" * 2000,
        "\ud800",
        "\x00",
    ],
)
def test_hostile_repetition_still_renders(source):
    assert isinstance(render(source), str)
