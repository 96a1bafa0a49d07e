"""English counts: one day, two days. A translation holds both forms, Japanese needs none."""

import re
from collections.abc import Mapping
from typing import Any

_PLACE_OR_CHOICE = re.compile(r"%\((?P<place>\w+)\)s|\((?P<one>\w*)\|(?P<many>\w*)\)")


def fill(text: str, values: Mapping[str, Any]) -> str:
    """The text with its values filled in; ``(one|many)`` follows the value before it, or else the next one.

    "%(n)s day(|s) left" becomes "1 day left" and "2 days left", "There (is|are) %(n)s" the like.
    """
    if not values:
        return text
    return (choose_forms(text, values) if "|" in text else text) % values


def choose_forms(text: str, values: Mapping[str, Any]) -> str:
    """The text with the form that its counts ask for in place of each ``(one|many)``; values are not filled in yet."""
    found = list(_PLACE_OR_CHOICE.finditer(text))
    names = [each["place"] for each in found if each["place"]]
    said, end, name = [], 0, names[0] if names else ""
    for each in found:
        name = each["place"] or name
        if each["place"]:
            continue
        said += [text[end : each.start()], each["one"] if str(values.get(name)) == "1" else each["many"]]
        end = each.end()
    return "".join([*said, text[end:]])
