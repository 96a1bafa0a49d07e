"""The rule in words, as the page and the paper's record say it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.addressing.rule import ADDRESSABLE, AddresseeRule
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind

_MOST, _SHOWN = 30, 10
_MORE_JA, _MORE_EN = "ほか{}団体", "{} more bodies"
_SHORTHAND = (
    (frozenset(LOCAL_GOVERNMENTS), "全都道府県・全市区町村", "all prefectures and municipalities"),
    (frozenset(LOCAL_GOVERNMENTS - {OrganisationKind.PREFECTURE}), "全市区町村", "all municipalities"),
)
_PLURALS = {
    OrganisationKind.PREFECTURE: "prefectures",
    OrganisationKind.DESIGNATED_CITY: "designated cities",
    OrganisationKind.CITY: "cities",
    OrganisationKind.SPECIAL_WARD: "special wards",
    OrganisationKind.TOWN: "towns",
    OrganisationKind.VILLAGE: "villages",
    OrganisationKind.ASSOCIATION: "local-government associations",
    OrganisationKind.MINISTRY: "ministries",
}


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the rule's codes and ids are called in the language at hand."""

    bodies: dict[str, str] = field(default_factory=dict)
    prefectures: list[str] = field(default_factory=list)
    lists: dict[int, str] = field(default_factory=dict)
    papers: dict[int, str] = field(default_factory=dict)


def in_words(rule: AddresseeRule, names: Names, locale: str) -> str:
    """「都道府県・指定都市（新潟県の区域、人口5千人未満）、ほかに全国知事会（佐渡市を除く）」."""
    return _english(rule, names) if locale == "en" else _japanese(rule, names)


def named_in_words(rule: AddresseeRule) -> tuple[str, ...]:
    """The codes of the bodies that the words name one by one: of very many only the first ones."""
    return (*_shown(rule.include), *_shown(rule.exclude))


def _japanese(rule: AddresseeRule, names: Names) -> str:
    sources = [part for part in [_classes(rule, "ja")] if part]
    sources += [f"「{names.papers.get(key, key)}」の宛先" for key in rule.received]
    sources += [f"「{names.papers.get(key, key)}」に未対応の団体" for key in rule.unanswered]
    limits = [f"{'、'.join(names.prefectures)}の区域"] if names.prefectures else []
    limits += [f"人口{'・'.join(each.label('ja') for each in rule.populations)}"] if rule.populations else []
    text = "、".join(sources) + (f"（{'、'.join(limits)}）" if sources and limits else "")
    more = [f"リスト「{names.lists.get(key, key)}」" for key in rule.lists] + _bodies(rule.include, names, _MORE_JA)
    if more:
        text += ("、ほかに" if text else "") + "、".join(more)
    less = [f"リスト「{names.lists.get(key, key)}」" for key in rule.exclude_lists] + _bodies(
        rule.exclude, names, _MORE_JA
    )
    if less:
        text += f"（{'、'.join(less)}を除く）"
    return text or "宛先なし"


def _english(rule: AddresseeRule, names: Names) -> str:
    sources = [part for part in [_classes(rule, "en")] if part]
    sources += [f"the addressees of “{names.papers.get(key, key)}”" for key in rule.received]
    sources += [f"those that have not answered “{names.papers.get(key, key)}”" for key in rule.unanswered]
    text = ", ".join(sources)
    if text and names.prefectures:
        text += f" in {', '.join(names.prefectures)}"
    if text and rule.populations:
        text += f", population {' or '.join(each.label('en') for each in rule.populations)}"
    more = [f"the list “{names.lists.get(key, key)}”" for key in rule.lists] + _bodies(rule.include, names, _MORE_EN)
    if more:
        text += (", and " if text else "") + ", ".join(more)
    less = [f"the list “{names.lists.get(key, key)}”" for key in rule.exclude_lists] + _bodies(
        rule.exclude, names, _MORE_EN
    )
    if less:
        text += f" (except {', '.join(less)})"
    return text[:1].upper() + text[1:] if text else "No addressees"


def _bodies(codes: Sequence[str], names: Names, more: str) -> list[str]:
    """The names; of very many the first ones and how many ``more`` there are."""
    shown = _shown(codes)
    found = [names.bodies.get(code, code) for code in shown]
    return found if len(shown) == len(codes) else [*found, more.format(f"{len(codes) - len(shown):,}")]


def _shown(codes: Sequence[str]) -> Sequence[str]:
    return codes if len(codes) <= _MOST else codes[:_SHOWN]


def _classes(rule: AddresseeRule, locale: str) -> str:
    kinds = set(rule.kinds)
    parts: list[str] = []
    for group, ja, en in _SHORTHAND:
        if group <= kinds:
            parts.append(en if locale == "en" else ja)
            kinds -= group
            break
    parts += [_PLURALS[kind] if locale == "en" else kind.label("ja") for kind in ADDRESSABLE if kind in kinds]
    if rule.core_cities and OrganisationKind.CITY not in rule.kinds:
        parts.append("core cities" if locale == "en" else "中核市")
    return (", " if locale == "en" else "・").join(parts)
