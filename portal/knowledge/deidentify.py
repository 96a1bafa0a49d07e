"""What in a text may tell who is meant: names of bodies and persons, telephone, mail, document and issue numbers."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.core.enums import LabelledEnum

_TITLES = "さん|様|氏|主査|主事|主任|係長|係員|課長|室長|部長|局長|次長|参事|補佐|担当|職員"
_NO_NAME = frozenset(
    {
        "皆",
        "お客",
        "客",
        "同",
        "仕",
        "多",
        "模",
        "一",
        "有",
        "異",
        "文",
        "各",
        "王",
        "神",
        "奥",
        "貴",
        "何",
        "今",
        "外",
        "両",
    }
)  # 皆様, 同様, 仕様, 模様 … name nobody
_ADDRESSED = re.compile(r"(?P<name>[一-龥々ヶ]{1,4})\s?(?:さん|様(?![式々子相])|氏(?![名神]))")
_PHONE = re.compile(
    r"(?<![\d-])(?:\+81[\s-]?|0)\d{1,4}[-(\s]\s?\d{1,4}[-)\s]\s?\d{3,4}(?!\d)"
    r"|(?<![\d-])0[5789]0\d{8}(?!\d)"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_DOCUMENT = re.compile(r"[一-龥々]{1,10}第\d{1,6}号(?:の\d+)?")
_LAW = re.compile(r"(?:法律|政令|省令|府令|告示|規則|勅令)第\d")
_ISSUE = re.compile(r"R\d{1,2}-(?!Q)[A-Z]-\d{3,7}")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\u30fc\uff0d"), "-")


class TraceKind(LabelledEnum):
    """What sort of trace leads to somebody."""

    BODY = ("body", "団体名", "Name of a body")
    PERSON = ("person", "氏名と思われる語", "Possible name of a person")
    PHONE = ("phone", "電話番号", "Telephone number")
    MAIL = ("mail", "メールアドレス", "Mail address")
    DOCUMENT = ("document", "文書番号", "Document number")
    ISSUE = ("issue", "課題・照会の番号", "Number of an issue")


@dataclass(frozen=True)
class Trace:
    """One place that may tell who is meant, as it stands in the text (in half-width characters)."""

    kind: TraceKind
    text: str


def find_traces(text: str, *, bodies: Iterable[str] = (), people: Iterable[str] = ()) -> list[Trace]:
    """Every trace once, by kind and then in the order of the text.

    ``bodies`` are names to look for, the longest first where one holds another; ``people`` full names, of which the
    surname counts too when a title follows it. What is found is a hint for a person to judge, never a proof.
    """
    plain = unicodedata.normalize("NFKC", text)
    joined = plain.translate(_HYPHENS)
    found = {
        TraceKind.BODY: _bodies(plain, bodies),
        TraceKind.PERSON: [*_people(plain, people), *_addressed(plain)],
        TraceKind.PHONE: (match.group().strip() for match in _PHONE.finditer(joined)),
        TraceKind.MAIL: (match.group() for match in _MAIL.finditer(plain)),
        TraceKind.DOCUMENT: (match.group() for match in _DOCUMENT.finditer(plain) if not _LAW.search(match.group())),
        TraceKind.ISSUE: (match.group() for match in _ISSUE.finditer(joined)),
    }
    return [Trace(kind, part) for kind, parts in found.items() for part in dict.fromkeys(parts)]


def _bodies(text: str, names: Iterable[str]) -> Iterator[str]:
    known = sorted({unicodedata.normalize("NFKC", name) for name in names if name}, key=len, reverse=True)
    if not known:
        return
    for match in re.finditer("|".join(map(re.escape, known)), text):
        yield match.group()


def _people(text: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        parts = unicodedata.normalize("NFKC", name).split()
        if not parts:
            continue
        whole = r"\s?".join(map(re.escape, parts))
        for match in re.finditer(rf"{whole}|{re.escape(parts[0])}\s?(?:{_TITLES})", text):
            yield match.group()


def _addressed(text: str) -> Iterator[str]:
    for match in _ADDRESSED.finditer(text):
        if match["name"] not in _NO_NAME and match["name"][-1] not in _NO_NAME:
            yield match.group()
