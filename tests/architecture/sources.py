"""The project's own files, and their syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("server", "shared", "mobile_app", "bench", "tests")
MIGRATIONS = ROOT / "server" / "tables" / "migrations"
_GENERATED = ("build", "__pycache__", "node_modules")


@cache
def files(*suffixes: str) -> tuple[Path, ...]:
    """Hand-written files of the project's parts, by suffix."""
    return tuple(sorted(path for part in PARTS for path in _walk(ROOT / part) if path.suffix in suffixes))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.startswith(".") or path.name in _GENERATED or path == MIGRATIONS:
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def modules(*parts: str) -> list[Path]:
    """Python files of some parts, all of them when none is named."""
    return [path for path in files(".py") if not parts or path.relative_to(ROOT).parts[0] in parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def place(path: Path, node: ast.AST | None = None) -> str:
    """As an editor finds it."""
    line = getattr(node, "lineno", None)
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")


def imported(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every import beneath a node, as a dotted name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")
