"""The laws of the structure that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

from portal.core.events import Event

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "portal").rglob("*.py"))
FEATURES = (
    "bundles",
    "issues",
    "guidance",
    "knowledge",
    "accounts",
    "attachments",
    "links",
    "audit",
    "themes",
    "directory",
)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _lines_of_code(function: ast.FunctionDef) -> int:
    """How long it is without its docstring, which may be as long as it likes."""
    length = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        length -= (first.end_lineno or 0) - first.lineno + 1
    return length


def test_package_files_are_empty():
    faces = [path for path in SOURCES if path.name == "__init__.py"]
    filled = [_name(path) for path in faces if path.read_text(encoding="utf-8").strip()]

    assert filled == []


def test_every_module_says_what_lives_in_it():
    silent = [_name(path) for path in SOURCES if path.name != "__init__.py" and not ast.get_docstring(_tree(path))]

    assert silent == []


def test_only_the_unit_of_work_commits_or_rolls_back():
    calls = [
        f"{_name(path)}:{node.lineno}"
        for path in SOURCES
        if _name(path) != "portal/core/db.py"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "rollback"}
    ]

    assert calls == []


def test_only_the_settings_read_the_environment():
    readers = [
        _name(path)
        for path in SOURCES
        if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8")) and path.name != "config.py"
    ]

    assert readers == []


def test_only_the_clock_tells_the_time():
    readers = [
        _name(path)
        for path in SOURCES
        if path.name != "clock.py"
        and re.search(r"datetime\.now\(|date\.today\(|utcnow\(", path.read_text(encoding="utf-8"))
    ]

    assert readers == []


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_reads_downwards(feature):
    """Inside a feature: service > queries > policy > models; events are leaves."""
    order = {"service": 4, "queries": 3, "policy": 2, "models": 1, "states": 0, "roles": 0, "events": 0}
    wrong = []
    for path in (ROOT / "portal" / feature).glob("*.py"):
        level = order.get(path.stem)
        if level is None:
            continue
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"portal.{feature}."):
                target = order.get((node.module or "").split(".")[2], -1)
                if target > level or (path.stem == "events" and target >= 0):
                    wrong.append(f"{path.stem} imports {node.module}")

    assert wrong == []


def test_nothing_is_imported_inside_a_function_but_what_is_heavy_and_seldom_needed():
    seldom = {("portal/accounts/passwords.py", "zxcvbn")}  # 12 MB of words, for who chooses a password
    wrong = [
        f"{_name(path)}:{node.lineno}"
        for path in SOURCES
        if not _name(path).startswith("portal/jobs/")
        for function in ast.walk(_tree(path))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and (_name(path), getattr(node, "module", None)) not in seldom
    ]

    assert wrong == []


def test_functions_and_modules_keep_their_size():
    long_modules = [_name(path) for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > 300]
    long_functions = [
        f"{_name(path)}:{node.name}"
        for path in SOURCES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef) and _lines_of_code(node) > 40
    ]

    assert long_modules == []
    assert long_functions == []


def test_every_view_declares_its_access(prepared_app):
    undeclared = [
        endpoint
        for endpoint, view in prepared_app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "access")
    ]

    assert undeclared == []


def test_every_url_parameter_is_typed(prepared_app):
    untyped = [rule.rule for rule in prepared_app.url_map.iter_rules() if re.search(r"<[a-z_]+>", rule.rule)]

    assert untyped == []


def test_events_carry_no_texts():
    forbidden = {"body", "text", "reason", "note", "message", "answer", "question"}
    wrong = [
        f"{cls.__name__}.{name}"
        for cls in Event.registry.values()
        for name in getattr(cls, "__dataclass_fields__", {})
        if name in forbidden
    ]

    assert wrong == []


def test_templates_hold_no_inline_script_style_or_handler():
    pattern = re.compile(r"<style|style=|\son[a-z]+=\"|javascript:|<script(?![^>]*\bsrc=)", re.IGNORECASE)
    wrong = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if "email" not in path.parts and pattern.search(path.read_text(encoding="utf-8"))
    ]

    assert wrong == []
