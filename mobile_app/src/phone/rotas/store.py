"""Every schedule that the reader sees, kept on the device, so that it can answer without a network."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct

from phone.base.api.client import Client
from phone.base.device.store import Store
from phone.base.state import State
from phone.rotas.watches import is_answerable
from shared.wire import routes
from shared.wire.schedules import MyShift, ScheduleRota
from shared.wire.schedules import Rotas as Answer

KEPT_AS: Final = "rotas"
FRESH_FOR: Final = timedelta(minutes=5)


class Kept(Struct, frozen=True, kw_only=True):
    """The last copy, and when it was made."""

    items: list[ScheduleRota]
    held: list[MyShift] = msgspec.field(default_factory=list[MyShift])
    read_at: datetime


class Rotas(State):
    """`items` is None until they are known; `unanswered` are in a zone that this device doesn't know.

    `held` are the reader's shifts on schedules that they don't see.
    """

    def __init__(self, client: Client, kept: Store, *, now: Callable[[], datetime]) -> None:
        super().__init__(client)
        self._kept = kept
        self._now = now
        self._loading: asyncio.Task[None] | None = None
        self._is_stale = True
        self.items: tuple[ScheduleRota, ...] | None = None
        self.unanswered: tuple[ScheduleRota, ...] = ()
        self.held: tuple[MyShift, ...] = ()
        self.read_at: datetime | None = None
        self.changed: Callable[[], None] = lambda: None

    def find(self, ident: str) -> ScheduleRota | None:
        """One of them."""
        return next((each for each in self.items or () if each.schedule.id == ident), None)

    async def restore(self) -> None:
        """Take up the last copy until the server answers."""
        text = await self._kept.get(KEPT_AS)
        if not text or self.items is not None:
            return
        try:
            kept = msgspec.json.decode(text, type=Kept)
        except msgspec.MsgspecError:
            return
        self._take(kept)

    def touch(self) -> None:
        """Something that they tell has changed: the next look reads them anew."""
        self._is_stale = True

    async def freshen(self) -> None:
        """Read them anew unless that was done just now."""
        is_old = self.read_at is None or self._now() - self.read_at >= FRESH_FOR
        if self._is_stale or is_old:
            await self.load()

    async def load(self) -> None:
        """Read them anew; whoever asks while that goes on waits for the same answer."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load())
        await self._loading

    async def _load(self) -> None:
        turn, self._is_stale = self._turn, False
        found = await self.read(self._client.read(routes.SCHEDULE_ROTAS, Answer))
        if turn != self._turn:
            return
        if found is None:
            self._is_stale = True
            return
        self.error = None
        kept = Kept(items=found.items, held=found.held, read_at=self._now())
        self._take(kept)
        await self._kept.set(KEPT_AS, msgspec.json.encode(kept).decode())

    def _take(self, kept: Kept) -> None:
        self.read_at, self.held = kept.read_at, tuple(kept.held)
        self.unanswered = tuple(each for each in kept.items if not is_answerable(each))
        self.items = tuple(each for each in kept.items if is_answerable(each))
        self.changed()

    async def clear(self) -> None:
        """Drop what the device kept, too."""
        await self._kept.remove(KEPT_AS)

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self.items, self.unanswered, self.held, self.read_at, self.error = None, (), (), None, None
        self._is_stale = True
        self.changed()
