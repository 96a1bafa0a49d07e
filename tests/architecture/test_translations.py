"""Every string of the interface has its English, with the same placeholders."""

import subprocess
import sys
from pathlib import Path

from portal.core.enums import LabelledEnum

ROOT = Path(__file__).parents[2]


def test_no_translation_is_missing_or_out_of_date():
    check = subprocess.run(
        [sys.executable, "tools/translations.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert check.returncode == 0, check.stdout + check.stderr


def _enums(cls=LabelledEnum):
    for sub in cls.__subclasses__():
        yield sub
        yield from _enums(sub)


def test_every_label_has_both_languages(prepared_app):
    blank = [str(member) for enum in _enums() for member in enum if not member.ja.strip() or not member.en.strip()]

    assert blank == []
