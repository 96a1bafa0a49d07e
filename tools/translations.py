"""Keep the English catalogue in step with the Japanese source strings.

``python tools/translations.py`` extracts and updates; ``--check`` fails when a string has no English or its
placeholders differ; ``--merge FILE`` takes English from another catalogue; ``--compile`` writes the .mo.
"""

import argparse
import io
import re
import sys
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo

ROOT = Path(__file__).parent.parent
PO = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "_l": None, "N_": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def extract() -> Catalog:
    """Every marked string of the source, without line numbers: they only make noise in changes."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, filename="babel.cfg")
    catalog = Catalog(locale="en", charset="utf-8", header_comment="# English of the liaison portal.")
    for name, _line, message, _comments, context in extract_from_dir(
        str(ROOT), methods, options, keywords=KEYWORDS, directory_filter=_is_source
    ):
        catalog.add(message, locations=[(name, None)], context=context)
    return catalog


def read(path: Path = PO) -> Catalog:
    """The catalogue of a file, empty when there is none."""
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return pofile.read_po(file, locale="en")


def updated() -> Catalog:
    """The source's strings with the English that the catalogue has for them."""
    catalog, known = extract(), read()
    for message in catalog:
        held = known.get(message.id, message.context) if message.id else None
        if held is not None:
            message.string = held.string
    return catalog


def merge(catalog: Catalog, other: Path) -> int:
    """Take the English of another catalogue where ours is missing; return how many strings it gave."""
    taken = 0
    source = read(other)
    for message in catalog:
        held = source.get(message.id, message.context) if message.id else None
        if held is not None and held.string and not message.string:
            message.string = held.string
            taken += 1
    return taken


def faults(catalog: Catalog) -> list[str]:
    """What is wrong: no English, or other placeholders than the source has."""
    return [fault for message in catalog if message.id for fault in _faults_of(message)]


def render(catalog: Catalog) -> bytes:
    """The catalogue as it stands in the repository: sorted, without dates."""
    buffer = io.BytesIO()
    pofile.write_po(
        buffer, catalog, width=110, sort_output=True, omit_header=True, include_lineno=False, ignore_obsolete=True
    )
    header = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: en\\n"\n'
    return header + b'"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n' + buffer.getvalue()


def compile_catalogue() -> None:
    """Write the .mo beside the .po."""
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, read())


def main() -> int:
    """Run as the arguments say; the exit status is 1 when the check fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--missing", action="store_true", help="print the strings without English")
    parser.add_argument("--merge", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()
    if arguments.compile:
        compile_catalogue()
        return 0
    catalog = updated()
    if arguments.check:
        problems = faults(catalog)
        if PO.exists() and render(catalog) != PO.read_bytes():
            problems.append("translations/ is out of date: run bin/portal translations")
        print("\n".join(problems[:40]))
        return 1 if problems else 0
    if arguments.missing:
        for message in catalog:
            if message.id and not message.string:
                print(repr(message.id), sorted({name for name, _ in message.locations})[:2])
        return 0
    for path in arguments.merge:
        print(f"{path.name}: {merge(catalog, path)} taken")
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(render(catalog))
    compile_catalogue()
    print(f"{len(faults(catalog))} faults left")
    return 0


def _is_source(folder: str) -> bool:
    return Path(folder).name not in {".venv", "vendor", "tests", "var", ".git", "node_modules", "migrations"}


def _faults_of(message: Message) -> list[str]:
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    source = message.id if isinstance(message.id, str) else message.id[0]
    if not all(texts):
        return [f"no English: {source}"]
    wanted = set(_PLACEHOLDER.findall(source))
    differing = [text for text in texts if set(_PLACEHOLDER.findall(str(text))) != wanted]
    return [f"placeholders differ: {source} / {text}" for text in differing]


if __name__ == "__main__":
    sys.exit(main())
