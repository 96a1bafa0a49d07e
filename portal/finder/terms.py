"""The words of a Japanese sentence that say what it is about, without a dictionary: by the change of script."""

import re

from portal.search.normal import normalise

MOST_TERMS = 6
_RUNS = re.compile(r"[一-鿿々〆ヵヶ0-9a-z]{2,}|[ァ-ヺー]{3,}")
_KANA_WORDS = re.compile(r"[ぁ-ゖ]+")
# What stands in every second title and tells nothing.
_EMPTY_WORDS = (
    "取扱・対応・確認・質問・照会・課題・依頼・方法・場合・必要・実施・回答・通知・報告・当該・以下・今回・"
    "事務・事項・関係・可能・可否・教示"
)
_EMPTY = frozenset(normalise(word) for word in _EMPTY_WORDS.split("・"))


def terms_of(text: str) -> list[str]:
    """The longest runs of kanji, digits and letters, or of katakana, in the form of the index; empty words left out."""
    found: list[str] = []
    for run in _KANA_WORDS.sub(" ", text).split():
        for part in _RUNS.findall(normalise(run)):
            found += [part] if len(part) <= 6 else [part[:4], part[-4:]]
    telling = [term for term in dict.fromkeys(found) if term not in _EMPTY]
    kept = sorted(telling, key=len, reverse=True)[:MOST_TERMS]
    return [term for term in telling if term in kept]
