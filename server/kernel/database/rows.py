"""Rows into structs: instants from microseconds, structs and collections from JSON text."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from server.kernel.clock import from_us

Row = Sequence[Any]
T = TypeVar("T", bound=Struct)
Convert = Callable[[Any], Any]


def make_structs(into: type[T], columns: Sequence[str], rows: Iterable[Row]) -> list[T]:
    """One struct per row; columns that the struct doesn't name are an error, so that nothing is read in vain."""
    converters = _converters(into)
    try:
        plan = [(column, converters[column]) for column in columns]
    except KeyError as missing:
        raise TypeError(f"{into.__name__} has no field for column {missing}") from None
    return [
        into(
            **{
                column: (convert(value) if convert is not None and value is not None else value)
                for (column, convert), value in zip(plan, row, strict=True)
            }
        )
        for row in rows
    ]


@lru_cache(maxsize=512)
def columns_of(into: type[Struct]) -> str:
    """The struct's fields as the column list of a SELECT."""
    return ", ".join(f'"{name}"' for name in into.__struct_fields__)


@lru_cache(maxsize=512)
def _converters(into: type[Struct]) -> dict[str, Convert | None]:
    return {name: _converter(hint) for name, hint in get_type_hints(into).items()}


def _converter(hint: Any) -> Convert | None:
    if isinstance(hint, NewType):
        return _converter(hint.__supertype__)
    if get_origin(hint) in (Union, UnionType):
        kinds = [each for each in get_args(hint) if each is not NoneType]
        return _converter(kinds[0]) if len(kinds) == 1 else _from_json(hint)
    if hint is datetime:
        return from_us
    if hint is bool:
        return bool
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if hint in (str, int, float, bytes, Any) or (get_origin(hint) is not None and _is_literal(hint)):
        return None
    return _from_json(hint)


def _is_literal(hint: Any) -> bool:
    return all(isinstance(each, (str, int)) for each in get_args(hint))


def _from_json(hint: Any) -> Convert:
    decoder = msgspec.json.Decoder(hint)
    return lambda value: decoder.decode(value)
