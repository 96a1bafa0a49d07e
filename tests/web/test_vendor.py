"""The vendored packages are what their lock says, and nothing else lies beside them."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = [ROOT / "portal/static/vendor", ROOT / "tests/browser/vendor"]


def digest(path: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def packages(folder: Path) -> list[dict]:
    return json.loads((folder / "lock.json").read_text())["packages"]


@pytest.mark.parametrize("folder", VENDOR, ids=lambda folder: folder.parent.name)
def test_vendored_files_are_those_of_the_lock(folder):
    for package in packages(folder):
        held = {path.name: digest(path) for path in (folder / package["directory"]).iterdir()}
        assert held == package["files"], package["name"]


@pytest.mark.parametrize("folder", VENDOR, ids=lambda folder: folder.parent.name)
def test_every_vendored_directory_is_locked_with_version_and_licence(folder):
    locked = packages(folder)
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {package["directory"] for package in locked}
    for package in locked:
        assert package["directory"].endswith(package["version"])
        assert package["licence"]
        assert package["integrity"].startswith("sha512-")
        assert any("LICENSE" in name for name in package["files"])


def test_styles_fetch_nothing_from_elsewhere():
    for path in (ROOT / "portal/static/css").glob("*.css"):
        text = path.read_text()
        assert "://" not in text, path.name
        assert "@import" not in text, path.name


def test_scripts_fetch_nothing_from_elsewhere():
    for path in (ROOT / "portal/static/js").glob("*.js"):
        text = path.read_text()
        assert "://" not in text, path.name
        assert "eval(" not in text, path.name
        assert ".style" not in text, path.name
