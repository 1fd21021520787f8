"""A list that the server answers with, kept on the device for a look without a network."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import Struct

from phone.api.client import Client
from phone.device.store import Store
from phone.state.part import Part

Item = TypeVar("Item")


class Copy(Struct, Generic[Item], frozen=True, kw_only=True):
    """The last answer, and when it came."""

    items: list[Item]
    read_at: datetime


class KeptList(Part, Generic[Item]):
    """`items` is None until they are known; an answer that is younger than `fresh_for` does, unless it was touched."""

    def __init__(
        self,
        client: Client,
        kept: Store,
        *,
        now: Callable[[], datetime],
        kind: type[Item],
        kept_as: str,
        fresh_for: timedelta,
    ) -> None:
        super().__init__(client)
        self._kept, self._kept_as, self._kind = kept, kept_as, kind
        self._now, self._fresh_for = now, fresh_for
        self._loading: asyncio.Task[None] | None = None
        self._is_stale = True
        self.items: tuple[Item, ...] | None = None
        self.read_at: datetime | None = None

    @abstractmethod
    async def _fetch(self) -> Sequence[Item]:
        """Ask the server for all of them."""

    def _take(self, found: Sequence[Item], read_at: datetime) -> None:
        """These are known now."""
        self.items, self.read_at = tuple(found), read_at

    async def restore(self) -> None:
        """Take up the last copy until the server answers."""
        text = await self._kept.get(self._kept_as)
        if not text or self.items is not None:
            return
        kind = cast("type[Copy[Item]]", cast(Any, Copy)[self._kind])
        try:
            copy = msgspec.json.decode(text, type=kind)
        except msgspec.MsgspecError:
            return
        self._take(copy.items, copy.read_at)

    def touch(self) -> None:
        """Something has changed: the next look reads them anew."""
        self._is_stale = True

    async def freshen(self) -> None:
        """Read them anew unless that was done just now."""
        is_old = self.read_at is None or self._now() - self.read_at >= self._fresh_for
        if self._is_stale or is_old:
            await self.load()

    async def load(self) -> None:
        """Read them anew; whoever asks while that goes on waits for the same answer."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load())
        await self._loading

    async def _load(self) -> None:
        turn, self._is_stale = self._turn, False
        found = await self.read(self._fetch())
        if turn != self._turn:
            return
        if found is None:
            self._is_stale = True
            return
        self.error = None
        copy = Copy(items=list(found), read_at=self._now())
        self._take(copy.items, copy.read_at)
        await self._kept.set(self._kept_as, msgspec.json.encode(copy).decode())

    async def clear(self) -> None:
        """Drop what the device kept, too."""
        await self._kept.remove(self._kept_as)

    def forget(self) -> None:
        self._turn += 1
        self.items, self.read_at, self.error, self._is_stale = None, None, None, True
