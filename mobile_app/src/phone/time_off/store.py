"""My time off as it stands: what is ahead, and the calendars that it comes from."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import uuid4

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.covers import TimeOff, TimeOffCalendar, TimeOffCalendarInput


class MyTimeOff(State):
    """`items` and `calendars` are None until they were read; `refused` is what a change met."""

    def __init__(self, client: Client, *, now: Callable[[], datetime]) -> None:
        super().__init__(client)
        self._now = now
        self._key = str(uuid4())
        self.items: tuple[TimeOff, ...] | None = None
        self.calendars: tuple[TimeOffCalendar, ...] | None = None
        self.busy = False
        self.refused: Exception | None = None
        self.told: Callable[[str], None] = lambda _key: None
        self.changed: Callable[[], None] = lambda: None

    @property
    def ahead(self) -> tuple[TimeOff, ...]:
        """What runs or comes, and was not cancelled."""
        now = self._now()
        return tuple(each for each in self.items or () if each.cancelled_at is None and each.end > now)

    async def load(self) -> None:
        """Read both lists anew."""
        turn = self._turn
        found = await self.read(
            asyncio.gather(
                self._client.read_all(routes.MY_TIME_OFF, TimeOff),
                self._client.read_all(routes.MY_TIME_OFF_CALENDARS, TimeOffCalendar),
            )
        )
        if found is not None and turn == self._turn:
            items, calendars = found
            self.items, self.calendars, self.error = tuple(items), tuple(calendars), None

    def calm(self) -> None:
        """Another thing is asked about: what the last one met is over."""
        self.refused = None

    async def cancel(self, ident: str) -> bool:
        """I am there after all."""
        path = routes.MY_TIME_OFF_ONE.format(time_off_id=ident)
        return await self._change("time_off.cancelled", self._gone(path))

    async def add_calendar(self, wanted: TimeOffCalendarInput) -> bool:
        """From a file's text, once, or from an address that is read every hour."""
        made = self._client.write("POST", routes.MY_TIME_OFF_CALENDARS, wanted, answer=TimeOffCalendar, key=self._key)
        return await self._change("calendars.added", made)

    async def remove_calendar(self, ident: str) -> bool:
        """With all that came from it."""
        path = routes.MY_TIME_OFF_CALENDAR.format(calendar_id=ident)
        return await self._change("calendars.removed", self._gone(path))

    async def take_back(self, off: TimeOff) -> None:
        """End time off that was just entered; raises ApiError and Unreachable."""
        await self._gone(routes.MY_TIME_OFF_ONE.format(time_off_id=off.id))
        self.changed()

    async def _gone(self, path: str) -> None:
        await self._client.write("DELETE", path, answer=dict[str, object])

    async def _change(self, told: str, act: Awaitable[object]) -> bool:
        turn, self.refused, self.busy = self._turn, None, True

        async def run() -> None:
            await act

        try:
            done = await self.attempt(run)
        finally:
            self.busy = False
        if turn != self._turn:
            return False
        if not done:
            self.refused, self.error = self.error, None
            return False
        self._key = str(uuid4())
        self.told(told)
        self.changed()
        await self.load()
        return True

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self.items, self.calendars, self.error, self.refused, self.busy = None, None, None, None, False
