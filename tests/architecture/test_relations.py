"""What one object has to do with others stands in a table of its own (decision 55): no statement looks into JSON."""

import ast
import re
from functools import cache

import pytest
from piccolo.columns import Text
from piccolo.table import Table

from server.kernel.database import Dialect
from server.kernel.database.schema import name_of
from tests.architecture.sources import modules, place, tree
from tests.architecture.test_owners import NAMED, columns_of, owners
from tests.architecture.test_statements import DIALECTS, every

SEARCHED = {"alert.labels", "alert.words"}
"""What senders say, and people look for in lists, or in the alerts of one incident: it names nothing of ours."""
LIKE = re.compile(r"\bI?LIKE\b")
OPERAND = re.compile(r"(?P<operand>\w+\([^()]*\)|[\w.\"]+)\s+(?:NOT\s+)?I?LIKE\b")
LOOKS_WITHIN = re.compile(
    r"\bjsonb?_\w+\s*\(|->|@>|<@|\b(?:INSTR|STRPOS|POSITION)\s*\(|\b(?:GLOB|REGEXP|SIMILAR TO)\b", re.IGNORECASE
)
BY_PICCOLO = {"like", "ilike", "not_like", "arrow"}


@cache
def long_texts() -> frozenset[str]:
    """`table.column` of all columns that have no length: JSON, and what people write at length."""
    return frozenset(
        f"{name_of(table)}.{column._meta.name}"
        for table in _all(Table)
        if name_of(table) in owners()
        for column in table._meta.columns
        if isinstance(column, Text)
    )


def _all(of: type[Table]) -> list[type[Table]]:
    return [each for made in of.__subclasses__() for each in (made, *_all(made))]


def searched_in(text: str) -> set[str]:
    """The long texts that a statement compares with a pattern, and what it does not say plainly."""
    found = set[str]()
    tables = {each["table"] for each in NAMED.finditer(text)} & owners().keys()
    operands = [each["operand"] for each in OPERAND.finditer(text)]
    if len(operands) < len(LIKE.findall(text)):
        found.add(text)
    for operand in operands:
        for of, word in re.findall(r"(?:(\w+)\.)?(\w+)\b(?!\s*\()", operand.replace('"', "")):
            found |= {f"{table}.{word}" for table in ({of} & tables or tables) if word in columns_of(table)}
    return {each for each in found if each in long_texts() or "." not in each or " " in each} - SEARCHED


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_statement_searches_a_list_that_is_kept_as_text(dialect: Dialect) -> None:
    """Whoever looks for one of many finds it by an index, and by its whole name."""
    statements = every(dialect)
    assert any(LIKE.search(each.text) for each in statements)
    assert {(each.place, found) for each in statements for found in searched_in(each.text)} == set()
    assert {each.place for each in statements if LOOKS_WITHIN.search(each.text)} == set()


def test_no_query_of_piccolos_does() -> None:
    found = [
        place(path, node)
        for path in modules("server")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BY_PICCOLO
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("SELECT id FROM schedule WHERE layers LIKE :who", True),
        ("SELECT id FROM schedule WHERE archived_at IS NULL AND LOWER(schedule.layers) LIKE :who ESCAPE '!'", True),
        ("SELECT id FROM schedule WHERE layers || '' LIKE :who", True),
        ("SELECT id FROM schedule WHERE name LIKE :who", False),
        ("SELECT 1 FROM alert WHERE LOWER(alert.labels) LIKE :label ESCAPE '!'", False),
    ],
)
def test_a_statement_is_read_by_what_it_compares(text: str, is_refused: bool) -> None:
    assert bool(searched_in(text)) == is_refused
