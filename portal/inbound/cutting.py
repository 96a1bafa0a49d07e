"""What somebody wrote above the quoted history of a reply: our own line first, then the habits of mail programs."""

import re

from portal.notifications.reply_addresses import CUT_LINE

_MARK = re.compile(rf"^[>\s|]*{re.escape(CUT_LINE[:20])}", re.MULTILINE)
_ORIGINAL = re.compile(
    r"^\s*-{2,}\s*(?:Original (?:Message|Appointment)|Forwarded message|(?:元の|転送)メッセージ)\s*-{2,}\s*$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^\s*\*?(差出人|送信日時|日時|宛先|件名|From|Sent|Date|To|Cc|CC|Subject|送信者)\*?\s*[::]\s*\S?", re.IGNORECASE
)
_RULE = re.compile(r"^\s*[_‐─━-]{8,}\s*$")
_ATTRIBUTION = re.compile(
    r"^(?:On\s.+wrote|.*\d{1,4}[年/-].*<\s*[^<>@\s]*@[^<>\s]+>\s*(?:wrote|のメール|さんが書きました)?.*)\s*[::]\s*$",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r"^\s*[>＞|]")
_LONGEST_ATTRIBUTION = 3  # lines into which a mail program may fold it
_LEAST_FIELDS = 3  # of a header block, so that a text with one 件名: line is not taken for one


def cut_history(text: str) -> str:
    """The text above the history. Answers written between quoted lines are kept with the lines they answer.

    A mail that consists of nothing but quotation leaves an empty text.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    mark = _MARK.search("\n".join(lines))
    if mark is not None:
        lines = "\n".join(lines)[: mark.start()].split("\n")
    end = next((index for index in range(len(lines)) if _begins_history(lines, index)), len(lines))
    kept = lines[:end]
    while kept and (not kept[-1].strip() or _QUOTED.match(kept[-1])):
        kept.pop()
    return _without_signature("\n".join(kept)).strip()


def _begins_history(lines: list[str], index: int) -> bool:
    line = lines[index]
    if _ORIGINAL.match(line):
        return True
    if _RULE.match(line):
        following = next((number for number in range(index + 1, len(lines)) if lines[number].strip()), len(lines))
        return _is_header_block(lines, following)
    return _is_header_block(lines, index) or _is_attribution(lines, index)


def _is_header_block(lines: list[str], index: int) -> bool:
    """Outlook's 差出人・送信日時・宛先・件名, one after another."""
    names = set()
    for line in lines[index : index + 6]:
        field = _FIELD.match(line)
        if field is None:
            break
        names.add(field.group(1).lower())
    return len(names) >= _LEAST_FIELDS


def _is_attribution(lines: list[str], index: int) -> bool:
    """Gmail's and Thunderbird's line above the quotation, folded or not, with quoted lines or nothing below it."""
    if not lines[index].strip():
        return False
    for count in range(1, _LONGEST_ATTRIBUTION + 1):
        part = lines[index : index + count]
        if any(not line.strip() for line in part):
            return False
        if _ATTRIBUTION.match(" ".join(line.strip() for line in part)):
            rest = [line for line in lines[index + count :] if line.strip()]
            return all(_QUOTED.match(line) for line in rest)
    return False


def _without_signature(text: str) -> str:
    """Without what stands below the signature's dashes of RFC 3676."""
    return re.split(r"^-- ?$", text, maxsplit=1, flags=re.MULTILINE)[0]
