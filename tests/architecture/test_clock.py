"""One module reads the clock on the server, one on the phone; no SQL asks the database for the time."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import modules, place, tree

READERS = {"server/kernel/clock.py", "mobile_app/src/phone/base/device/clock.py"}
READINGS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "clock_gettime", "ctime"},
}
ASKED = re.compile(r"\b(now|(clock|statement|transaction)_timestamp)\s*\(\)|CURRENT_(TIME|DATE)|'now'", re.I)
SAMPLE = "sample_time"


def test_nothing_but_the_clock_reads_the_clock() -> None:
    found: list[str] = []
    for path in modules("server", "shared", "mobile_app"):
        if place(path) in READERS:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if node.attr in READINGS.get(owner, ()):
                    found.append(f"{place(path, node)} {owner}.{node.attr}")
            elif isinstance(node, ast.ImportFrom) and node.module == "time":
                found += [f"{place(path, node)} {name.name}" for name in node.names if name.name in READINGS["time"]]
    assert found == []


def test_no_sql_asks_for_the_time_but_the_clocks_sample() -> None:
    found = [
        place(path, node) for path in modules("server") for node in _texts(tree(path)) if ASKED.search(str(node.value))
    ]
    assert found == []


def _texts(node: ast.AST) -> Iterator[ast.Constant]:
    """String literals that are no docstrings, outside the clock's sample."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == SAMPLE:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from _texts(child)
