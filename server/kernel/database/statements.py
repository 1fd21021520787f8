"""Bound statements, and the list of writes that a use case returns."""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct
from piccolo.query.base import Query
from piccolo.table import Table

from server.kernel.clock import to_us
from server.kernel.database.queries import bound
from server.kernel.database.schema import Dialect, name_of
from server.kernel.errors import Invalid, Stale

_NAME = re.compile(r"(?:\b((?:NOT )?IN) )?(?<![:\w]):([a-z_][a-z0-9_]*)")
_ANY_OF = {"IN": "= ANY", "NOT IN": "<> ALL"}


class Priority(IntEnum):
    """Whose work goes first, in the writer's rounds and among due rows."""

    PAGE = 0
    NOTICE = 1
    BULK = 2


class Statement(Struct, frozen=True, array_like=True):
    """A write as a driver takes it: text with places, and the values, or those of each row of many."""

    text: str
    values: list[Any]
    is_many: bool
    expect: int | None


class Write:
    """One statement, and how many rows it must touch; None when that doesn't matter."""

    __slots__ = ("args", "expect", "many", "text")

    def __init__(
        self,
        text: str,
        args: Mapping[str, Any],
        *,
        many: Sequence[Mapping[str, Any]] | None = None,
        expect: int | None = None,
    ) -> None:
        self.text = text
        self.args = args
        self.many = many
        self.expect = expect


class Writes:
    """What a use case decided to write; only `Database.apply` makes it true, all or nothing.

    `hurries` says that due work was armed, so that sleepers wake once it is committed.
    """

    def __init__(self) -> None:
        self.hurries = False
        self._writes: list[Write] = []

    def __iter__(self) -> Iterator[Write]:
        return iter(self._writes)

    def __len__(self) -> int:
        return len(self._writes)

    def sql(self, text: str, /, *, expect: int | None = None, **args: Any) -> "Writes":
        self._writes.append(Write(text, args, expect=expect))
        return self

    def sql_many(self, text: str, rows: Sequence[Mapping[str, Any]]) -> "Writes":
        """The same statement for each row of arguments."""
        if rows:
            self._writes.append(Write(text, {}, many=rows))
        return self

    def query(self, query: Query[Any, Any], *, expect: int | None = None) -> "Writes":
        """A Piccolo update or delete."""
        text, args = bound(query)
        self._writes.append(Write(text, args, expect=expect))
        return self

    def insert(self, table: type[Table], /, **values: Any) -> "Writes":
        self._writes.append(Write(_insert(name_of(table), tuple(values)), _columns(values), expect=1))
        return self

    def insert_many(self, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> "Writes":
        if rows:
            many = [_columns(row) for row in rows]
            self._writes.append(Write(_insert(name_of(table), tuple(rows[0])), {}, many=many))
        return self

    def update(
        self, table: type[Table], where: Mapping[str, Any], *, expect: int | None = 1, **values: Any
    ) -> "Writes":
        """Set `values` where every column of `where` is as given."""
        text = _update(name_of(table), tuple(where), tuple(values))
        args = {f"was_{name}": value for name, value in where.items()} | _columns(values)
        self._writes.append(Write(text, args, expect=expect))
        return self

    def extend_side_by_side(self, parts: Sequence["Writes"]) -> "Writes":
        """Add writes of things that have nothing to do with each other: what they share is one statement for many rows.

        Each part keeps its own order. A statement that must touch one row of each must touch as many rows as there are
        parts; it has to name its row by key.
        """
        waiting = [deque(part) for part in parts]
        while waiting := [each for each in waiting if each]:
            head = waiting[0][0]
            if " RETURNING " in head.text:
                self._writes.append(waiting[0].popleft())
                continue
            alike = [each.popleft() for each in waiting if each[0].text == head.text]
            self._writes.append(_as_one(head.text, alike))
        self.hurries = self.hurries or any(part.hurries for part in parts)
        return self

    def extend_with(self, other: "Writes") -> "Writes":
        self._writes.extend(other)
        self.hurries = self.hurries or other.hurries
        return self


def _as_one(text: str, writes: Sequence[Write]) -> Write:
    if len(writes) == 1:
        return writes[0]
    rows = [row for write in writes for row in (write.many if write.many is not None else [write.args])]
    expected = [write.expect for write in writes if write.expect is not None]
    return Write(text, {}, many=rows, expect=sum(expected) if len(expected) == len(writes) else None)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of columns: a tuple is kept as JSON here, not spread as the list of an IN."""
    return {name: bindable(value) if isinstance(value, tuple) else value for name, value in values.items()}


@lru_cache(maxsize=512)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(f":{column}" for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({values})'  # noqa: S608 names come from the schema


@lru_cache(maxsize=512)
def _update(table: str, where: tuple[str, ...], columns: tuple[str, ...]) -> str:
    changes = ", ".join(f'"{column}" = :{column}' for column in columns)
    guards = " AND ".join(f'"{column}" = :was_{column}' for column in where)
    return f'UPDATE "{table}" SET {changes} WHERE {guards}'  # noqa: S608 names come from the schema


def compile_write(write: Write, dialect: Dialect) -> Statement:
    """The statement that it is in this dialect."""
    if write.many is None:
        text, values = compile_statement(write.text, write.args, dialect)
        return Statement(text, values, is_many=False, expect=write.expect)
    compiled = [compile_statement(write.text, row, dialect) for row in write.many]
    return Statement(compiled[0][0], [values for _, values in compiled], is_many=True, expect=write.expect)


def expect_rows(statement: Statement, count: int) -> None:
    """Raises Stale when the statement touched another number of rows than it must."""
    if statement.expect is not None and count != statement.expect:
        raise Stale(f"{count} rows instead of {statement.expect}: {statement.text}")


def compile_statement(statement: str, args: Mapping[str, Any], dialect: Dialect) -> tuple[str, list[Any]]:
    """Text and positional values for a driver; a tuple is the list of an IN: one array to PostgreSQL, so that its
    plan is found again whatever the length, and as many values to SQLite.
    """
    lists: dict[str, tuple[Any, ...]] = {name: value for name, value in args.items() if isinstance(value, tuple)}
    if dialect == "postgres":
        text, names = _compile_text(statement, (), dialect)
        return text, [
            [bindable(each) for each in lists[name]] if name in lists else bindable(args[name]) for name in names
        ]
    text, names = _compile_text(statement, tuple((name, len(value)) for name, value in lists.items()), dialect)
    values: list[Any] = []
    for name in names:
        values.extend(bindable(each) for each in lists.get(name, (args[name],)))
    return text, values


@lru_cache(maxsize=64)
def look_by_key(text: str, dialect: Dialect) -> str:
    """A SELECT with `IN :each` that looks for each value by the index which begins with that column.

    Before PostgreSQL has counted a table that grows, it takes any index that fits a part of the conditions, reads every
    row of that part, and remembers to; so conditions that have an index of their own hide it: `column || '' = …`.
    """
    if dialect == "sqlite":
        return text
    wanted = "unnest(CAST(:each AS text[])) AS wanted (one)"
    one = text.replace("IN :each", "= wanted.one", 1)
    return f"SELECT found.* FROM {wanted}, LATERAL ({one} OFFSET 0) AS found"  # noqa: S608 the caller's own text


@lru_cache(maxsize=2048)
def _compile_text(text: str, sizes: tuple[tuple[str, int], ...], dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    names: list[str] = []
    size_of = dict(sizes)

    def replace(match: re.Match[str]) -> str:
        is_in, name = match.groups()
        names.append(name)
        if dialect == "postgres":
            place = f"${len(names)}"
            return f"{_ANY_OF[is_in]}({place})" if is_in else place
        if is_in is None:
            return "?"
        return f"{is_in} ({', '.join('?' * size_of[name])})"

    return _NAME.sub(replace, text), tuple(names)


def bindable(value: Any) -> Any:
    """A value as drivers take it: instants as microseconds, structs and collections as JSON text.

    Raises Invalid for text with NUL, which PostgreSQL has no place for: no caller means it.
    """
    if isinstance(value, str) and "\0" in value:
        raise Invalid.one("", "nul", "text must not hold the character NUL")
    if value is None or (isinstance(value, (str, int, float, bytes)) and not isinstance(value, Enum)):
        return value
    if isinstance(value, datetime):
        return to_us(value)
    if isinstance(value, Enum):
        return value.value
    return msgspec.json.encode(value).decode()
