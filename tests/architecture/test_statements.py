"""No statement can rot: both engines prepare each of them over the tables as they are migrated.

The texts are read from the sources (`statements.py`), so that it doesn't matter what any test runs. Those that the
sources don't show are made by functions of the server's own (`built.py`).
"""

import ast
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from msgspec import Struct
from msgspec.structs import fields

from server.kernel.database import FIELDS, Dialect, columns_of
from server.kernel.database.schema import name_of
from server.kernel.database.statements import _NAME, compile_statement, look_by_key
from server.kernel.settings import Settings
from tests.architecture.built import BUILT
from tests.architecture.handed import Statement
from tests.architecture.sources import modules, place, tree
from tests.architecture.statements import PLUMBING, statements_of

DIALECTS: tuple[Dialect, ...] = ("sqlite", "postgres")
CLAUSE = re.compile(
    r"(?:=|[<>]=?|\bIN|\bLIKE|[-+*,(]) ?:[a-z_]\w*|\bIS (?:NOT )?NULL\b"
    r"|\b(?:SELECT|FROM|WHERE|AND|OR|JOIN|BY|UPDATE) [a-z_(]"
)
PLACE = re.compile(r"\{\w*\}")
COUNTED = re.compile(r"(:[a-z_]+?)\d+\b")


def every(dialect: Dialect) -> list[Statement]:
    """Each once, as a room hands it over."""
    read = {each for each in statements_of(dialect).statements if each.place not in BUILT}
    made = {Statement(place, 0, "sql", text, None, None) for place, make in BUILT.items() for text in make(dialect)}
    return sorted(read | made, key=lambda each: (each.place, each.line, each.text))


def compiled(statement: Statement, dialect: Dialect) -> tuple[str, int]:
    """As a driver gets it, and how many values it takes."""
    text = look_by_key(statement.text, dialect) if statement.verb == "rows_by_key" else statement.text
    if statement.into is not None:
        text = text.replace(FIELDS, columns_of(statement.into))
    text, values = compile_statement(
        text, {name: ("", "") if is_in else "" for is_in, name in _NAME.findall(text)}, dialect
    )
    return text, len(values)


@pytest.mark.store
async def test_both_engines_prepare_every_statement(engine: Dialect, settings: Settings) -> None:
    wrong = _wrong_on_sqlite(settings) if engine == "sqlite" else await _wrong_on_postgres(settings)
    assert wrong == []


def _wrong_on_sqlite(settings: Settings) -> list[str]:
    connection = sqlite3.connect(settings.sqlite_path)
    wrong: list[str] = []
    for each in every("sqlite"):
        text, count = compiled(each, "sqlite")
        try:
            connection.execute(f"EXPLAIN {text}", [None] * count)
        except sqlite3.Error as error:
            wrong.append(f"{each.place}:{each.line} {error}: {text}")
    connection.close()
    return wrong


async def _wrong_on_postgres(settings: Settings) -> list[str]:
    """Here what comes back is known too: it must be what the struct takes."""
    connection = await asyncpg.connect(settings.database_url)
    wrong: list[str] = []
    for each in every("postgres"):
        text, _ = compiled(each, "postgres")
        try:
            prepared = await connection.prepare(text)
        except asyncpg.PostgresError as error:
            wrong.append(f"{each.place}:{each.line} {error}: {text}")
            continue
        if each.into is not None:
            columns = {column.name for column in prepared.get_attributes()}
            known = {field.name: field.required for field in fields(each.into)}
            wrong += [f"{each.place}:{each.line} {name} has no field" for name in columns - known.keys()]
            wrong += [
                f"{each.place}:{each.line} {n} is not read" for n, must in known.items() if must and n not in columns
            ]
    await connection.close()
    return wrong


def _misfits(columns: set[str], into: type[Struct]) -> list[str]:
    known = {field.name: field.required for field in fields(into)}
    more = [f"{name} has no field in {into.__name__}" for name in sorted(columns - known.keys())]
    return more + [f"{name} is not read" for name, must in known.items() if must and name not in columns]


def test_tables_have_what_queries_read_into_structs() -> None:
    found = statements_of("sqlite").queries
    assert found, "the walk sees none"
    columns = {each.table: {column._meta.name for column in each.table._meta.columns} for each in found}
    assert [
        f"{each.place}:{each.line} {name_of(each.table)} has no {name}"
        for each in found
        if each.into is not None
        for name in each.into.__struct_fields__
        if name not in columns[each.table]
    ] == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_whatever_a_statement_names_is_bound(dialect: Dialect) -> None:
    found = [
        f"{each.place}:{each.line} :{name}"
        for each in every(dialect)
        if each.args is not None
        for _, name in _NAME.findall(each.text)
        if name not in each.args and not (name == "each" and each.verb == "rows_by_key")
    ]
    assert found == []


def test_what_the_sources_do_not_show_is_built_and_nothing_else() -> None:
    unread = {place for dialect in DIALECTS for place in statements_of(dialect).unread}
    assert unread - BUILT.keys() == set(), "let its parts be constants of a module, or build it in built.py"
    assert BUILT.keys() - unread == set(), "the sources show it: take it out"


def test_no_text_in_the_sources_is_left_out() -> None:
    """Whatever looks like a statement, or a clause of one, is part of one that is prepared."""
    prepared = COUNTED.sub(r"\1", "\n".join(each.text for dialect in DIALECTS for each in every(dialect)))
    assert [where for where, piece in _pieces() if piece not in prepared] == []


def _pieces() -> Iterator[tuple[str, str]]:
    for path in modules("server"):
        for node in ast.walk(tree(path)):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if CLAUSE.search(text) and not _is_prose(path, text):
                yield from ((place(path, node), piece) for piece in PLACE.split(text))


def _is_prose(path: Path, text: str) -> bool:
    return place(path).startswith(PLUMBING) or "\n" in text


def test_what_is_read_is_named() -> None:
    assert [f"{each.place}:{each.line}" for each in every("sqlite") if "SELECT *" in each.text] == [], (
        "`<fields>` stands for the fields of the struct that is read"
    )
