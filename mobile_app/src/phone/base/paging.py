"""Lists that come in pages."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from shared.wire.lists import Page

LARGEST: Final = 200

Row = TypeVar("Row")


async def read_as_many(read: Callable[[str | None], Awaitable[Page[Row]]], *, as_many_as: int) -> Page[Row]:
    """Read at least so many rows from the beginning, so that reading anew shortens no list below `LARGEST`."""
    page = await read(None)
    items = list(page.items)
    while page.next_cursor is not None and len(items) < min(LARGEST, as_many_as):
        page = await read(page.next_cursor)
        items += page.items
    return Page(items=items, next_cursor=page.next_cursor)
