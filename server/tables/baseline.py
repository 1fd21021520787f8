"""Read the first migration from `migrations/baseline`: plain SQL, a file for each aggregate of tables.

A statement ends with `;` at the end of a line whose successor is not indented. What stands below `-- SQLite` or
`-- PostgreSQL` is for that engine alone. Three types have a name of their own on each engine: see `TYPES`.
"""

import re
from pathlib import Path

from server.kernel.database import Dialect

FOLDER = Path(__file__).parent / "migrations" / "baseline"
TYPES: dict[Dialect, dict[str, str]] = {
    "sqlite": {"SERIAL": "INTEGER PRIMARY KEY NOT NULL", "BYTES": "BLOB", "SMALLINT": "INTEGER", "BIGINT": "INTEGER"},
    "postgres": {"SERIAL": "BIGSERIAL PRIMARY KEY", "BYTES": "BYTEA"},
}
"""SQLite numbers rows by a column of just this type, and calls every whole number INTEGER."""
ONLY_ON: dict[Dialect, str] = {"sqlite": "-- SQLite\n", "postgres": "-- PostgreSQL\n"}
_END = re.compile(r";\n+(?=\S|\Z)")
_TYPE = re.compile(r"\b(?:SERIAL|BYTES|SMALLINT|BIGINT)\b")
_REMARK = re.compile(r"^--.*\n+", re.MULTILINE)


def statements(dialect: Dialect) -> list[str]:
    """Every statement for this engine, in the order of the files' names."""
    return [statement for path in sorted(FOLDER.glob("*.sql")) for statement in read(path.read_text("utf-8"), dialect)]


def read(text: str, dialect: Dialect) -> list[str]:
    """The statements of one file for this engine."""
    others = [mark for engine, mark in ONLY_ON.items() if engine != dialect]
    types = TYPES[dialect]
    return [
        _TYPE.sub(lambda found: types.get(found[0], found[0]), _REMARK.sub("", part))
        for part in _END.split(text)
        if part.strip() and not any(mark in part for mark in others)
    ]
