"""Structs from plain data that was left half filled: of the right types, whatever their limits say."""

from datetime import date, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

Kind = TypeVar("Kind")


def loosely(value: Any, kind: type[Kind]) -> Kind:
    """As `msgspec.convert`, but an empty name is a name. Raises ValidationError where the types differ."""
    return _made(value, inspect.type_info(kind))


def _made(value: Any, kind: inspect.Type) -> Any:
    match kind:
        case inspect.Metadata():
            return _made(value, kind.type)
        case inspect.UnionType():
            return None if value is None else _made(value, _something(kind))
        case inspect.StructType():
            return _struct(value, kind)
        case inspect.VarTupleType():
            return tuple(_made(each, kind.item_type) for each in msgspec.convert(value, list[Any]))
        case inspect.DictType():
            return {name: _made(each, kind.value_type) for name, each in msgspec.convert(value, dict[str, Any]).items()}
        case inspect.LiteralType():
            if value not in kind.values:
                raise msgspec.ValidationError(f"not one of {kind.values}")
            return value
        case inspect.StrType():
            return msgspec.convert(value, str)
        case inspect.IntType():
            return msgspec.convert(value, int)
        case _:
            return msgspec.convert(value, _plain(kind))


def _something(union: inspect.UnionType) -> inspect.Type:
    """What a value that may be missing is when it is there."""
    return next(each for each in union.types if not isinstance(each, inspect.NoneType))


def _struct(value: Any, kind: inspect.StructType) -> Any:
    given = msgspec.convert(value, dict[str, Any])
    found = {each.name: _made(given[each.encode_name], each.type) for each in kind.fields if each.encode_name in given}
    try:
        return kind.cls(**found)
    except (TypeError, ValueError) as error:
        raise msgspec.ValidationError(str(error)) from error


def _plain(kind: inspect.Type) -> Any:
    plain: dict[type[inspect.Type], Any] = {
        inspect.BoolType: bool,
        inspect.FloatType: float,
        inspect.DateTimeType: datetime,
        inspect.DateType: date,
    }
    return plain.get(type(kind), Any)
