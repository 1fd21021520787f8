"""What differs between an object before and after a change, field by field."""

from typing import Any, TypeAlias, TypeGuard, cast

from msgspec import Struct

Value: TypeAlias = Any
"""Anything JSON can say."""


class Difference(Struct, frozen=True):
    """`field` is a path such as `levels[0].delay_s`; null means that there was, or is, nothing."""

    field: str
    before: Value
    after: Value


def differences(before: Value, after: Value, field: str = "") -> list[Difference]:
    """Every difference, in the order of the fields; objects are compared by key, lists of objects by place.

    Lists of plain values are one value: nobody reads "targets[3] was removed" of ten names.
    """
    if _is_object(before) and _is_object(after):
        return _of_objects(before, after, field)
    if _is_object_list(before) and _is_object_list(after):
        return _of_lists(before, after, field)
    return [] if before == after else [Difference(field, before, after)]


def _of_objects(before: dict[str, Value], after: dict[str, Value], field: str) -> list[Difference]:
    names = list(before) + [name for name in after if name not in before]
    found: list[Difference] = []
    for name in names:
        found += differences(before.get(name), after.get(name), f"{field}.{name}" if field else name)
    return found


def _of_lists(before: list[Value], after: list[Value], field: str) -> list[Difference]:
    found: list[Difference] = []
    for n in range(max(len(before), len(after))):
        old = before[n] if n < len(before) else None
        new = after[n] if n < len(after) else None
        found += differences(old, new, f"{field}[{n}]")
    return found


def _is_object(value: Value) -> TypeGuard[dict[str, Value]]:
    return isinstance(value, dict)


def _is_object_list(value: Value) -> TypeGuard[list[Value]]:
    return isinstance(value, list) and all(isinstance(each, dict) for each in cast("list[Value]", value))
