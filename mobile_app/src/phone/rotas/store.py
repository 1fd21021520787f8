"""Every schedule that the reader sees, kept on the device, so that it can answer without a network."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct

from phone.base.api.client import Client
from phone.base.copies import Copies
from phone.base.device.store import Store
from phone.base.freshened import Freshened
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


class Rotas(Freshened[Answer]):
    """`items` is None until they are known; `unanswered` are in a zone that this device doesn't know.

    `held` are the reader's shifts on schedules that they don't see.
    """

    def __init__(self, client: Client, kept: Store, *, now: Callable[[], datetime]) -> None:
        super().__init__(client, now=now, fresh_for=FRESH_FOR)
        self._copies = Copies[Kept](kept, KEPT_AS, Kept)
        self.items: tuple[ScheduleRota, ...] | None = None
        self.unanswered: tuple[ScheduleRota, ...] = ()
        self.held: tuple[MyShift, ...] = ()
        self.changed: Callable[[], None] = lambda: None

    def find(self, ident: str) -> ScheduleRota | None:
        """One of them."""
        return next((each for each in self.items or () if each.schedule.id == ident), None)

    async def restore(self) -> None:
        """Take up the last copy until the server answers."""
        kept = await self._copies.read()
        if kept is not None and self.items is None:
            self._show(kept)

    async def _fetch(self) -> Answer | None:
        return await self.read(self._client.read(routes.SCHEDULE_ROTAS, Answer))

    async def _take(self, found: Answer, read_at: datetime) -> None:
        kept = Kept(items=found.items, held=found.held, read_at=read_at)
        self._show(kept)
        await self._copies.keep(kept)

    def _show(self, kept: Kept) -> None:
        self.read_at, self.held = kept.read_at, tuple(kept.held)
        self.unanswered = tuple(each for each in kept.items if not is_answerable(each))
        self.items = tuple(each for each in kept.items if is_answerable(each))
        self.changed()

    async def clear(self) -> None:
        """Drop what the device kept, too."""
        await self._copies.drop()

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        super().forget()
        self.items, self.unanswered, self.held = None, (), ()
        self.changed()
