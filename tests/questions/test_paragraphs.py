"""Which paragraphs a text has, and what is put beside and below them."""

from markupsafe import Markup

from portal.core.markdown import render
from portal.questions.paragraphs import annotate, find_paragraph, list_paragraphs

BODY = """標記について、下記のとおり通知します。

記

## 対象

1. 手帳
    - 身体（件数 > 0）
    - [療育](http://example.jp "a > b")
2. 国保[^1]

| 区分 | 件数 |
|---|---|
| 手帳 | 3 |

> 引用

以上

[^1]: 注です。"""


def test_paragraphs_are_what_one_asks_about():
    paragraphs = list_paragraphs(BODY)
    assert [(each.position, each.text) for each in paragraphs] == [
        (1, "標記について、下記のとおり通知します。"),
        (3, "手帳"),
        (4, "身体（件数 > 0）"),
        (5, "療育"),
        (6, "国保1"),
        (7, "手帳 3"),
        (8, "引用"),
    ]
    assert find_paragraph(BODY, paragraphs[1].key) == paragraphs[1]
    assert find_paragraph(BODY.replace("手帳\n", "手帳等\n"), paragraphs[1].key) is None
    assert find_paragraph(BODY, "3-beef") is None
    assert find_paragraph(BODY, "") is None


def test_the_page_is_annotated_where_the_paragraphs_stand():
    html = annotate(
        render(BODY), lambda n: Markup("<a>q{}</a>").format(n), lambda n: Markup("<div>n{}</div>").format(n)
    )
    assert '<p id="paragraph-1">標記について、下記のとおり通知します。<a>q1</a></p><div>n1</div>' in html
    assert "<p>記</p>" in html
    assert '<li id="paragraph-3">手帳<a>q3</a><div>n3</div><ul>' in html.replace("\n", "")
    assert '<tr id="paragraph-7">' in html
    assert "<td>3<a>q7</a></td>" in html
    assert "</table><div>n7</div>" in html
    assert "</blockquote><p><a>q8</a></p><div>n8</div>" in html
    assert "q9" not in html


def test_nothing_is_put_where_there_is_nothing():
    html = annotate(render("一\n\n二"), lambda n: Markup(), lambda n: Markup())
    assert html.replace("\n", "") == '<p id="paragraph-1">一</p><p id="paragraph-2">二</p>'


def test_a_long_text_is_read_in_one_pass():
    many = "\n".join(f"- 項目{n}" for n in range(2000))
    assert list_paragraphs(many)[-1].position == 2000
