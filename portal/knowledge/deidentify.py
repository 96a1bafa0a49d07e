"""What in a text may tell who is meant, and what could stand in its place."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from portal.core.enums import LabelledEnum

_TITLES = "さん|様|氏|主査|主事|主任|係長|係員|課長|室長|部長|局長|次長|参事|補佐|担当|職員"
_NO_NAME = frozenset(
    [*"皆客同仕多模一有異文各王神奥貴何今外両被某御者人方", "お客", "本人"]
)  # 皆様, 同様, 仕様, 模様 … name nobody
_ORDINARY = frozenset({"中央", "府中", "国立", "平和"})  # names of places that are words as well
_ADDRESSED = re.compile(r"(?P<name>[一-龥々ヶ]{1,4})\s?(?P<title>さん|様(?![式々子相])|氏(?![名神]))")
_PHONE = re.compile(
    r"(?<![\d-])(?:\+81[\s-]?|0)\d{1,4}[-(\s]\s?\d{1,4}[-)\s]\s?\d{3,4}(?!\d)"
    r"|(?<![\d-])0[5789]0\d{8}(?!\d)"
    r"|内線\s?\d{2,6}"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_SITE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:(?:city|town|vill|village|pref|metro)\.[\w.-]+\.jp|[\w-]+\.lg\.jp)[\w./?%&=#~-]*",
    re.ASCII,
)
_DOCUMENT = re.compile(r"[一-龥々]{1,10}第\d{1,6}号(?:の\d+)?")
_LAW = re.compile(r"(?:法律|政令|省令|府令|告示|規則|勅令|条例|様式)第\d")
_ISSUE = re.compile(r"R\d{1,2}-(?!Q)[A-Z]-\d{3,7}")
_PLACE = r"[一-龥々ヶケノツァ-ヴ]"
_NO_LABEL = r"(?<!様式)(?<!別表)(?<!別添)(?<!別紙)(?<!資料)(?<!問)(?<!表)(?<!図)(?<!号)"
_ADDRESS = re.compile(
    rf"(?:〒|郵便番号[\s:]?)\d{{3}}-?\d{{4}}"
    rf"|{_PLACE}{{1,14}}?\d{{1,3}}丁目(?:\d{{1,4}}(?:番地?|-)?(?:の?\d{{1,3}}号?)?)?"
    rf"|{_PLACE}{{1,14}}?\d{{1,4}}番地(?:の?\d{{1,3}})?"
    rf"|{_PLACE}{{1,6}}[市区町村]{_PLACE}{{1,8}}?{_NO_LABEL}\d{{1,4}}-\d{{1,4}}(?:-\d{{1,4}})?(?!\d)"
)
_WHEN = (
    r"(?:(?:明治|大正|昭和|平成|令和|[MTSHR])\s?(?:\d{1,2}|元)[年.]\s?\d{1,2}[月.]\s?\d{1,2}日?"
    r"|(?:19|20)\d{2}[年/.-]\d{1,2}[月/.-]\d{1,2}日?)"
)
_DATE = re.compile(
    rf"(?:生年月日|出生日|死亡日|誕生日)[はがをの:、\s]{{0,3}}(?P<after>{_WHEN})"
    rf"|(?P<before>{_WHEN})に?(?:生まれ|出生|死亡|生(?![活成じか産徒]))"
)
_NUMBER = re.compile(
    r"(?:口座(?:番号)?|普通(?:預金)?|当座(?:預金)?|(?:被保険者|受給者|手帳|宛名|世帯|整理|証|基礎年金|資格者証)番号|住民票コード)"
    r"[はがをの:、\s]{0,4}(?P<digits>[A-Z]{0,2}\d[\d-]{3,14})"
)
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\u30fc\uff0d"), "-")


class TraceKind(LabelledEnum):
    """What sort of trace leads to somebody."""

    BODY = ("body", "団体名", "Name of a body")
    PERSON = ("person", "氏名と思われる語", "Possible name of a person")
    PHONE = ("phone", "電話番号", "Telephone number")
    MAIL = ("mail", "メールアドレス", "Mail address")
    SITE = ("site", "団体のウェブサイト", "Website of a body")
    ADDRESS = ("address", "住所", "Address")
    NUMBER = ("number", "口座・証などの番号", "Account or certificate number")
    DATE = ("date", "個人の年月日", "Date of a person's life")
    DOCUMENT = ("document", "文書番号", "Document number")
    ISSUE = ("issue", "課題・照会の番号", "Number of an issue")


@dataclass(frozen=True)
class Trace:
    """One place that may tell who is meant, as it stands in the text (in half-width characters)."""

    kind: TraceKind
    text: str


@dataclass(frozen=True)
class Replacement:
    """Characters ``start`` to ``end`` of a text, and what is proposed in their place."""

    kind: TraceKind
    start: int
    end: int
    text: str
    proposal: str

    @property
    def key(self) -> str:
        """By which a person accepts it."""
        return f"{self.start}-{self.end}"


@dataclass(frozen=True, kw_only=True)
class Clues:
    """What to look for: ``bodies`` and ``people`` by full name; of ``sources``, the reporting bodies, the stem too."""

    bodies: frozenset[str] = frozenset()
    people: tuple[str, ...] = ()
    sources: frozenset[str] = field(default_factory=frozenset)


_Found = Iterator[tuple[int, int, str]]


def find_traces(text: str, *, bodies: Iterable[str] = (), people: Iterable[str] = ()) -> list[Trace]:
    """Every trace once, by kind and then in the order of the text. A hint for a person to judge, never a proof."""
    return traces_of(propose(text, Clues(bodies=frozenset(bodies), people=tuple(people))))


def traces_of(replacements: Iterable[Replacement]) -> list[Trace]:
    """The same once each, for a warning."""
    kinds = list(TraceKind)
    found = sorted(replacements, key=lambda each: (kinds.index(each.kind), each.start))
    return list(dict.fromkeys(Trace(each.kind, unicodedata.normalize("NFKC", each.text)) for each in found))


def propose(text: str, clues: Clues) -> list[Replacement]:
    """What could be replaced, in the order of the text, never overlapping.

    Of two that overlap the more telling counts: an address before the city that stands in it. The surname of a known
    person counts when a title follows it; of a body the longest name.
    """
    plain, places = _folded(text)
    joined = plain.translate(_HYPHENS)
    taken: list[Replacement] = []
    for kind, found in (
        (TraceKind.MAIL, _whole(_MAIL, plain, "（メールアドレス）")),
        (TraceKind.SITE, _whole(_SITE, plain, "（ウェブサイト）")),
        (TraceKind.PHONE, _whole(_PHONE, joined, "（電話番号）")),
        (TraceKind.ISSUE, _whole(_ISSUE, joined, "（別の課題・照会）")),
        (TraceKind.NUMBER, _groups(_NUMBER, joined, "（番号）")),
        (TraceKind.ADDRESS, _whole(_ADDRESS, joined, "（住所）")),
        (TraceKind.DATE, _groups(_DATE, joined, "○年○月○日")),
        (TraceKind.DOCUMENT, _documents(plain)),
        (TraceKind.PERSON, _people(plain, clues.people)),
        (TraceKind.PERSON, _addressed(plain)),
        (TraceKind.BODY, _bodies(plain, clues.bodies | clues.sources)),
        (TraceKind.BODY, _stems(plain, clues.sources)),
    ):
        for begin, finish, proposal in found:
            start, end = places[begin], places[finish - 1] + 1
            if all(end <= other.start or other.end <= start for other in taken):
                taken.append(Replacement(kind, start, end, text[start:end], proposal))
    return sorted(taken, key=lambda each: each.start)


def strip(text: str, replacements: Iterable[Replacement]) -> str:
    """The text with the replacements made."""
    for each in sorted(replacements, key=lambda one: -one.start):
        text = text[: each.start] + each.proposal + text[each.end :]
    return text


def cut(text: str, replacements: Sequence[Replacement]) -> list[tuple[str, Replacement | None]]:
    """The text in pieces, those that could be replaced with their replacement."""
    pieces: list[tuple[str, Replacement | None]] = []
    at = 0
    for each in replacements:
        pieces += [(text[at : each.start], None), (each.text, each)]
        at = each.end
    pieces.append((text[at:], None))
    return [(piece, each) for piece, each in pieces if piece]


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in half-width characters, and for each of these the place of the character that it came of."""
    parts = [unicodedata.normalize("NFKC", character) for character in text]
    places = [index for index, part in enumerate(parts) for _ in part]
    return "".join(parts), places


def _whole(pattern: re.Pattern[str], text: str, proposal: str) -> _Found:
    for match in pattern.finditer(text):
        yield match.start(), match.start() + len(match.group().rstrip()), proposal


def _groups(pattern: re.Pattern[str], text: str, proposal: str) -> _Found:
    for match in pattern.finditer(text):
        name = next(name for name, value in match.groupdict().items() if value)
        yield match.start(name), match.end(name), proposal


def _documents(text: str) -> _Found:
    for match in _DOCUMENT.finditer(text):
        if not _LAW.search(match.group()):
            yield match.start(), match.end(), "○○第○号"


def _bodies(text: str, names: Iterable[str]) -> _Found:
    """Names are looked up by where they end, so that 1,788 of them cost no more than one."""
    known = {unicodedata.normalize("NFKC", name) for name in names if name}
    longest: dict[str, int] = {}
    for name in known:
        longest[name[-1]] = max(longest.get(name[-1], 0), len(name))
    for end, character in enumerate(text, start=1):
        for size in range(min(longest.get(character, 0), end), 0, -1):
            if text[end - size : end] in known:
                yield end - size, end, f"○○{character}"
                break


def _stems(text: str, names: Iterable[str]) -> _Found:
    """上越 for 上越市: only of the bodies that reported it, since many stems are common words."""
    for name in names:
        stem = unicodedata.normalize("NFKC", name)[:-1]
        if len(stem) >= 2 and stem not in _ORDINARY:
            yield from ((match.start(), match.end(), "○○") for match in re.finditer(re.escape(stem), text))


def _people(text: str, names: Iterable[str]) -> _Found:
    for name in names:
        parts = unicodedata.normalize("NFKC", name).split()
        if not parts:
            continue
        whole = r"\s?".join(map(re.escape, parts))
        for match in re.finditer(rf"{whole}|{re.escape(parts[0])}\s?(?P<title>{_TITLES})", text):
            yield match.start(), match.end(), f"○○{match['title'] or ''}"


def _addressed(text: str) -> _Found:
    for match in _ADDRESSED.finditer(text):
        if match["name"] not in _NO_NAME and match["name"][-1] not in _NO_NAME:
            yield match.start(), match.end(), f"○○{match['title']}"
