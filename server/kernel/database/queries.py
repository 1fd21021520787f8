"""Piccolo's queries as bound statements, which name their values as every other statement does."""

from collections.abc import Iterable
from typing import Any, cast

from msgspec import Struct
from piccolo.columns import Column
from piccolo.columns.combination import WhereRaw
from piccolo.query.base import Query
from piccolo.query.methods.delete import Delete
from piccolo.query.methods.select import Select
from piccolo.querystring import Fragment
from piccolo.table import Table

from server.kernel.database.schema import name_of


def select(table: type[Table], *columns: Any) -> Select[Any]:
    """The columns, or those that the struct of `Database.rows` names; to be narrowed by `where` and sorted."""
    return cast("Select[Any]", table.select(*columns))  # pyright: ignore[reportUnknownMemberType] Piccolo doesn't say


def delete(table: type[Table]) -> Delete:
    """To be narrowed by `where`; Piccolo refuses one that is not."""
    return table.delete()


def living(table: Any, id: str) -> Select[Any]:
    """The row with this id, unless the table knows that it was archived."""
    query = select(table).where(table.id == id)
    return query.where(table.archived_at.is_null()) if hasattr(table, "archived_at") else query


def one_of(column: Any, values: Iterable[Any]) -> WhereRaw:
    """`column IN values`, whatever their number: Piccolo's own makes a text for each length, and none for no value."""
    return WhereRaw("{} IN {}", column, tuple(values))


def bound(query: Query[Any, Any]) -> tuple[str, dict[str, Any]]:
    """The query's text with places by name, and their values."""
    _, fragments, values = cast("tuple[int, list[Fragment], list[Any]]", query.querystrings[0].bundle())  # pyright: ignore[reportUnknownMemberType] Piccolo doesn't say
    text = "".join(each.prefix if each.no_arg else f"{each.prefix}:p_{each.index}" for each in fragments)
    return text, {f"p_{n}": value for n, value in enumerate(values, 1)}


def reading(into: type[Struct], query: Query[Any, Any]) -> Query[Any, Any]:
    """A SELECT that names no columns reads the struct's fields; raises LookupError where the table has none."""
    if not isinstance(query, Select) or query.columns_delegate.selected_columns:
        return query
    return query.columns(*columns_for(into, query.table))


def columns_for(into: type[Struct], table: Any) -> list[Column]:
    known = {column._meta.name: column for column in table._meta.columns}
    if missing := [name for name in into.__struct_fields__ if name not in known]:
        raise LookupError(f"{name_of(table)} has no {', '.join(missing)} for {into.__name__}")
    return [known[name] for name in into.__struct_fields__]
