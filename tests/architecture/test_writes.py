"""Only the database package commits: everything else hands it what it decided to write."""

import ast

from tests.architecture.sources import imported, inside, modules, place, tree

HOME = "server/kernel/database/"
DRIVERS = ("asyncpg", "aiosqlite", "sqlite3", "psycopg", "piccolo.engine")
SCHEMA = {"server/tables/migrate.py", "server/piccolo_conf.py"}
COMMITS = {"commit", "executemany", "executescript", "run_sync", "atomic", "transaction", "save"}
VERBS = {"insert", "update", "delete", "select", "objects", "raw", "count", "exists"}


def test_drivers_are_known_to_the_database_package_and_to_migrations_alone() -> None:
    found = [
        f"{place(path, node)} {name}"
        for path in modules("server", "shared")
        if not place(path).startswith(HOME) and place(path) not in SCHEMA
        for node, name in imported(tree(path))
        if any(inside(name, driver) for driver in DRIVERS)
    ]
    assert found == []


def test_nothing_commits_beside_apply() -> None:
    found = [
        f"{place(path, node)} .{node.func.attr}()"
        for path in modules("server")
        if not place(path).startswith(HOME) and place(path) not in SCHEMA
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COMMITS
    ]
    assert found == []


def test_no_piccolo_query_runs_itself() -> None:
    found = [
        place(path, node)
        for path in modules("server")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Await) and _starts_a_query(node.value)
    ]
    assert found == []


def _starts_a_query(node: ast.expr) -> bool:
    """Whether a chain such as `Incident.update(...).where(...)` begins at a table."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        verb, node = node.func.attr, node.func.value
        if isinstance(node, ast.Name) and node.id[:1].isupper() and verb in VERBS:
            return True
    return False
