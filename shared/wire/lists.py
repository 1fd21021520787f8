"""What every list and every reference to another object looks like."""

from typing import Generic, TypeVar

from msgspec import Struct

Item = TypeVar("Item")


class Page(Struct, Generic[Item], frozen=True, kw_only=True):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None = None


class Ref(Struct, frozen=True):
    """Another object, enough of it to name it on a screen."""

    id: str
    name: str
