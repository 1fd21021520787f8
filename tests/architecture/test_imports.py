"""Rooms import downwards only, at the top of their modules, and keep outsiders where they belong."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.sources import ROOT, imported, inside, modules, place, tree

LINTER = Path(sys.executable).parent / "lint-imports"
FLET_OUTSIDE = {"tests/mobile_app", "tests/kit", "tests/e2e"}


def test_every_contract_is_kept() -> None:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "mobile_app" / "src")])
    done = subprocess.run(
        [LINTER, "--no-cache"], cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_modules_that_the_linter_lists_are_imported_late() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]["flake8-tidy-imports"]
    late: list[str] = config.get("banned-module-level-imports", [])
    assert not [name for name in late if inside(name, "server") or inside(name, "shared") or inside(name, "phone")]
    found = [
        f"{place(path, node)} {name}"
        for path in modules()
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node, name in imported(function)
        if not any(inside(name, allowed) for allowed in late)
    ]
    assert found == []


def test_what_the_phone_carries_needs_msgspec_alone() -> None:
    allowed = sys.stdlib_module_names | {"msgspec", "shared"}
    found = [
        f"{place(path, node)} {name}"
        for path in modules("shared")
        for node, name in imported(tree(path))
        if name.split(".")[0] not in allowed
    ]
    assert found == []


def test_flet_is_the_apps_alone() -> None:
    found = [
        f"{place(path, node)} {name}"
        for path in modules()
        for node, name in imported(tree(path))
        if name.split(".")[0].startswith("flet")
        and place(path).split("/")[0] != "mobile_app"
        and "/".join(place(path).split("/")[:2]) not in FLET_OUTSIDE
    ]
    assert found == []


def test_the_app_knows_of_ours_only_what_it_shares() -> None:
    found = [
        f"{place(path, node)} {name}"
        for path in modules("mobile_app")
        for node, name in imported(tree(path))
        if name.split(".")[0] in ("server", "tests", "bench")
    ]
    assert found == []
