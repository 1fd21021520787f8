"""What becomes of incidents is gathered, decided, then written: the one file that writes them reads nothing."""

import ast

from tests.architecture.sources import ROOT, imported, place, tree

WRITE = ROOT / "server/incidents/write.py"
WAITS = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)


def test_what_writes_incidents_waits_for_nothing_and_has_no_database_to_ask() -> None:
    assert [place(WRITE, node) for node in ast.walk(tree(WRITE)) if isinstance(node, WAITS)] == []
    names = {name for _, name in imported(tree(WRITE))}
    assert not names & {"server.kernel.database.Database", "server.kernel.database.rows"}


def test_what_gathers_writes_nothing() -> None:
    names = {name for _, name in imported(tree(WRITE.with_name("situation.py")))}
    assert "server.kernel.database.Writes" not in names
