"""The columns of the table of old papers, and how each cell is read."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from portal.addressing.rule import ADDRESSABLE, AddresseeRule
from portal.core import calendar, clock
from portal.core.calendar import japan_date, parse_japanese_date
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.roles import LOCAL_GOVERNMENTS, MUNICIPALITIES, OrganisationKind
from portal.directory.tables import Column
from portal.guidance.states import GuidanceKind, Nature

NUMBER, ISSUED_ON, KIND, TITLE = N_("文書番号"), N_("発出日"), N_("種別"), N_("件名")
SENDER, SENDER_TITLE, THEME, NATURE = N_("発信者"), N_("発信者名"), N_("テーマ"), N_("性格")
ADDRESSEES, BODY, ABOLISHED_ON, FILES = N_("宛先"), N_("本文"), N_("廃止日"), N_("ファイル")
COLUMNS = (
    Column(NUMBER, False, N_("通知には必ず書きます。事務連絡には書きません。"), "総行住第78号"),
    Column(ISSUED_ON, True, N_("令和5年6月1日、2023-06-01 など。"), "令和5年6月1日"),
    Column(KIND, True, N_("通知、事務連絡、依頼、Q&A集、手引き、大臣書簡、情報提供のいずれか。"), "通知"),
    Column(TITLE, True, N_("200文字まで。"), "マイナンバー情報総点検について"),
    Column(SENDER, True, N_("本部・事務局・幹事課・関係府省の名称またはコード。"), "住民制度課"),
    Column(SENDER_TITLE, False, N_("文書に書かれた発信者名。"), "総務省自治行政局住民制度課長"),
    Column(THEME, False, N_("テーマの名称またはコード。"), "linkage"),
    Column(NATURE, False, N_("義務付け・命令、依頼・回答必須、技術的助言、情報提供。空欄は情報提供。"), "技術的助言"),
    Column(ADDRESSEES, True, N_("種別、都道府県名、団体コードを「、」で区切ります。"), "新潟県、市区町村"),
    Column(BODY, False, N_("本文。ファイルだけのときは空欄。"), ""),
    Column(ABOLISHED_ON, False, N_("廃止されているときは、その日。"), ""),
    Column(FILES, False, N_("一緒に選んだファイルの名前を「、」で区切ります。"), "別添1.pdf、様式1.xlsx"),
)  # fmt: skip
LONGEST_BODY = 30_000
_EVERYBODY = frozenset({"全団体", "全地方公共団体", "すべての団体"})
_MUNICIPAL = frozenset({"市区町村", "市町村", "全市区町村"})
_CODE = re.compile(r"\d{6}")


def words_of(cell: str) -> list[str]:
    """The words of a cell, divided by 、 or , or line ends."""
    plain = unicodedata.normalize("NFKC", cell)
    return [word.strip() for word in re.split(r"[、,;\n]+", plain) if word.strip()]


def read_day(cell: str) -> date:
    """A day up to today. Raises Invalid."""
    try:
        day = parse_japanese_date(cell)
    except ValueError as error:
        raise Invalid(N_("日付として読み取れません。例：令和8年1月1日、2026-01-01")) from error
    if day > japan_date(clock.now()):
        raise Invalid(N_("今日より後の日は指定できません。"))
    if day.year < calendar.japan_date(clock.now()).year - 100:
        raise Invalid(N_("日付として読み取れません。例：令和8年1月1日、2026-01-01"))
    return day


def read_kind(cell: str) -> GuidanceKind:
    """The kind by its Japanese or English label. Raises Invalid."""
    found = {_plain(label): kind for kind in GuidanceKind for label in (kind.value, kind.ja, kind.en)}
    if _plain(cell) not in found:
        raise Invalid(
            N_("種別は、%(kinds)sのいずれかで書いてください。"), kinds="、".join(each.ja for each in GuidanceKind)
        )
    return found[_plain(cell)]


def read_nature(cell: str) -> Nature:
    """The nature; empty means information. Raises Invalid."""
    if not cell.strip():
        return Nature.INFORMATION
    found = {_plain(label): nature for nature in Nature for label in (nature.value, nature.ja, nature.en)}
    if _plain(cell) not in found:
        raise Invalid(
            N_("性格は、%(natures)sのいずれかで書いてください。"), natures="、".join(each.ja for each in Nature)
        )
    return found[_plain(cell)]


def read_addressees(cell: str, prefectures: Mapping[str, str], codes: frozenset[str]) -> AddresseeRule:
    """The rule that the words mean; ``prefectures`` are their codes by name, ``codes`` those of all bodies.

    Prefectures alone mean the prefecture and its municipalities. Raises Invalid for a word that means nothing.
    """
    kinds: set[OrganisationKind] = set()
    areas, named = [], []
    for word in words_of(cell):
        if word in prefectures:
            areas.append(prefectures[word])
        elif _CODE.fullmatch(word) and word in codes:
            named.append(word)
        else:
            kinds |= _kinds_of(word)
    if areas and not kinds:
        kinds |= LOCAL_GOVERNMENTS
    if not kinds and not named:
        raise Invalid(N_("記入してください。"))
    return AddresseeRule(
        kinds=tuple(kind for kind in ADDRESSABLE if kind in kinds), prefectures=tuple(areas), include=tuple(named)
    )


def _kinds_of(word: str) -> frozenset[OrganisationKind]:
    if word in _EVERYBODY:
        return LOCAL_GOVERNMENTS
    if word in _MUNICIPAL:
        return MUNICIPALITIES
    by_label = {_plain(kind.ja): kind for kind in ADDRESSABLE}
    if _plain(word) not in by_label:
        raise Invalid(N_("宛先「%(word)s」を読み取れません。"), word=word[:30])
    return frozenset({by_label[_plain(word)]})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()
