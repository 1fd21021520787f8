"""What becomes of incidents is gathered, decided, then written: one file writes their rows, and it reads nothing."""

import ast
import re

from tests.architecture.sources import ROOT, imported, modules, place, tree
from tests.architecture.test_owners import texts

WRITE = ROOT / "server/incidents/write.py"
WRITTEN = re.compile(r"\b(?:UPDATE|INSERT INTO) incident\b")
KEEPS_ITS_COLUMNS = "server/timeline/"
"""The columns of the row that are its own (decision 50)."""
WAITS = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)


def test_what_writes_incidents_waits_for_nothing_and_has_no_database_to_ask() -> None:
    assert [place(WRITE, node) for node in ast.walk(tree(WRITE)) if isinstance(node, WAITS)] == []
    names = {name for _, name in imported(tree(WRITE))}
    assert not names & {"server.kernel.database.Database", "server.kernel.database.rows"}


def test_nothing_else_writes_their_rows() -> None:
    found = {place(path) for path in modules("server") if any(WRITTEN.search(text) for text in texts(tree(path)))}
    assert {each for each in found if not each.startswith(KEEPS_ITS_COLUMNS)} == {place(WRITE)}


def test_what_gathers_writes_nothing() -> None:
    names = {name for _, name in imported(tree(WRITE.with_name("situation.py")))}
    assert "server.kernel.database.Writes" not in names
