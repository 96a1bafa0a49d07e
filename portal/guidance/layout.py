"""How a paper is set: 記 in the middle, 以上 at the right, the standing sentences, and what a new draft begins with."""

import re
from typing import Any

from markupsafe import Markup

from portal.guidance.states import GuidanceKind, Nature

PASSING_ON = "なお、都道府県におかれては、貴管内の市区町村に対しても、この旨を周知くださるようお願いします。"
PLACEHOLDER = "○○"  # what a template leaves to the drafter; no paper goes to review with one
_ALONE = re.compile(r"<p>(記|以上)</p>")
_CLASSES = {"記": "document__ki", "以上": "document__end"}

_CLOSING = "記\n\n1. ○○\n2. ○○\n\n以上"
_NOTICE_LINE, _MEMO_LINE = "各都道府県知事・各市区町村長　殿", "各都道府県・各市区町村　○○担当課　御中"
_TEMPLATES: dict[GuidanceKind, dict[str, Any]] = {
    GuidanceKind.NOTICE: {
        "title": "○○について（通知）",
        "addressee_line": _NOTICE_LINE,
        "body": "標記について、下記のとおり定めましたので、通知します。\n\n"
        f"貴職におかれては、内容を御了知の上、適切に対応くださるようお願いします。\n\n{_CLOSING}",
        "nature": Nature.TECHNICAL_ADVICE,
        "seal_omitted": True,
    },
    GuidanceKind.REQUEST: {
        "title": "○○について（依頼）",
        "addressee_line": _NOTICE_LINE,
        "body": "標記について、下記により御回答くださるようお願いします。\n\n"
        "記\n\n1. 依頼の内容　○○\n2. 回答の方法　○○\n\n以上",
        "nature": Nature.REPLY_REQUIRED,
        "seal_omitted": True,
    },
    GuidanceKind.OFFICE_MEMO: {
        "title": "○○について",
        "addressee_line": _MEMO_LINE,
        "body": "平素より御協力いただき、ありがとうございます。\n\n"
        f"標記について、下記のとおりお知らせします。\n\n{_CLOSING}",
        "nature": Nature.INFORMATION,
    },
    GuidanceKind.QA_COLLECTION: {
        "title": "○○に関するQ&A集（第○○版）について",
        "addressee_line": _MEMO_LINE,
        "body": "標記について、これまでに寄せられた照会を整理し、別添のとおり作成しましたので、お送りします。",
        "nature": Nature.INFORMATION,
    },
    GuidanceKind.HANDBOOK: {
        "title": "○○の手引き（第○○版）について",
        "addressee_line": _MEMO_LINE,
        "body": "標記の手引きを別添のとおり作成しましたので、事務の参考としてください。",
        "nature": Nature.TECHNICAL_ADVICE,
    },
    GuidanceKind.MINISTER_LETTER: {
        "title": "○○について",
        "addressee_line": _NOTICE_LINE,
        "body": "住民の暮らしを支える御尽力に、深く感謝申し上げます。\n\n○○",
        "nature": Nature.INFORMATION,
    },
    GuidanceKind.INFORMATION: {
        "title": "○○について（情報提供）",
        "addressee_line": _MEMO_LINE,
        "body": f"標記について、下記のとおり情報を提供します。\n\n{_CLOSING}",
        "nature": Nature.INFORMATION,
    },
}


def lay_out(html: Markup) -> Markup:
    """The rendered body with 記 and 以上, where each stands alone, set as ministries set them."""
    return Markup(_ALONE.sub(lambda found: f'<p class="{_CLASSES[found[1]]}">{found[1]}</p>', html))  # noqa: S704


def template_of(kind: GuidanceKind, office: str) -> dict[str, Any]:
    """What a new draft of the kind begins with, by field; ○○ stands for what the drafter fills in."""
    return {**_TEMPLATES[kind], "kind": kind, "contact": f"{office}　○○係\n電話　○○\nメール　○○"}
