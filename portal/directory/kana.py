"""Folding of names, readings and codes, so that however something is typed it is found."""

import unicodedata

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def fold_width(text: str) -> str:
    """Full-width letters and digits become half-width, half-width kana full-width; outer and double spaces go."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def fold_kana(text: str) -> str:
    """A reading in full-width katakana without spaces, whatever was typed: じょうえつ, ｼﾞｮｳｴﾂ → ジョウエツ."""
    return fold_width(text).translate(_HIRAGANA_TO_KATAKANA).replace(" ", "")


def fold_code(text: str) -> str:
    """An organisation code as stored: half-width, lower case, without hyphens between digits."""
    code = fold_width(text).lower().replace(" ", "")
    bare = code.replace("-", "")
    return bare if bare.isdigit() else code


def check_digit_of(digits: str) -> str:
    """The sixth digit of a 全国地方公共団体コード, from its first five (weights 6, 5, 4, 3, 2)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(6, 1, -1), strict=True))
    return str((11 - total % 11) % 10)
