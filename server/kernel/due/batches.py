"""Rows of one kind that were claimed together: what one of them looks up serves all."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Batch:
    """Lives as long as the handlers of one claim, so that what it knows is never older than they are."""

    def __init__(self) -> None:
        self._found: dict[Hashable, asyncio.Future[Any]] = {}

    async def once(self, key: Hashable, look: Callable[[], Awaitable[T]]) -> T:
        """What `look` finds for the first who asks for the key."""
        if key not in self._found:
            self._found[key] = asyncio.ensure_future(look())
        return cast(T, await asyncio.shield(self._found[key]))
