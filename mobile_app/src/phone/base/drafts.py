"""What was typed and not sent, and in which sheet: kept on the device until it is sent or thrown away."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from phone.base.device.store import Store
from phone.base.loosely import loosely

Value = TypeVar("Value")
Read = Callable[[], Any]

KEPT_AS: Final = "drafts"
GATHER_S: Final = 0.3
GOOD_FOR: Final = timedelta(days=1)
ASKING: Final = "asking"
"""How names of what opens a sheet end."""
MOST_BYTES: Final = 100_000
"""A browser's storage is small; what is longer (a calendar's file) is entered anew."""


class Left(Struct, frozen=True, kw_only=True):
    """What one window had: of whom, at which address, and the parts by their names."""

    person: str
    route: str
    at: datetime
    parts: dict[str, Any]


class Drafts:
    """`window` tells the tabs of one browser apart, which share what is kept.

    Whoever has something unsent is `watch`ed: its `read` gives plain data, or None for nothing. It finds what an
    earlier run had under its name by `take`, once.
    """

    def __init__(
        self,
        kept: Store,
        *,
        window: str = "",
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._kept = kept
        self._window = window
        self._now = now
        self._sleep = sleep
        self._watched: dict[str, Read] = {}
        self._left: dict[str, Any] = {}
        self._whose: Callable[[], tuple[str, str]] | None = None
        self._mine: Left | None = None
        self._written = "null"
        self._turn = asyncio.Lock()
        self._writing: asyncio.Task[None] | None = None

    def watch(self, name: str, read: Read) -> None:
        """From now on this is unsent, until `leave`."""
        self._watched[name] = read

    def leave(self, name: str, read: Read) -> None:
        """It was sent or thrown away; another that took its name meanwhile stays."""
        if self._watched.get(name) is read:
            del self._watched[name]
            self.touch()

    def take(self, name: str) -> Any:
        """What an earlier run left, once; None for nothing."""
        return self._left.pop(name, None)

    def taken(self, name: str, initial: Value) -> Value:
        """The same in the shape of `initial`, which it is when nothing was left, or something else.

        What is still watched under that name is drawn anew, in another place, and goes on there.
        """
        there = self._watched.get(name)
        left = self.take(name) if there is None else msgspec.to_builtins(there())
        if left is None:
            return initial
        try:
            if isinstance(initial, Struct):
                return loosely(left, type(initial))
            return msgspec.convert(left, type(initial), strict=False)
        except msgspec.ValidationError:
            return initial

    def touch(self) -> None:
        """Something may have changed: keep it in a moment."""
        if self._whose is not None and (self._writing is None or self._writing.done()):
            self._writing = asyncio.create_task(self._gathered())

    async def _gathered(self) -> None:
        await self._sleep(GATHER_S)
        # Whatever changes while the device writes is another moment's.
        self._writing = None
        await self._write()

    async def _write(self) -> None:
        async with self._turn:
            if self._whose is None:
                return
            mine = self._now_unsent(*self._whose())
            text = msgspec.json.encode((mine.route, mine.parts) if mine.parts else None).decode()
            if text != self._written:
                self._written = text
                await self._replace(mine if mine.parts else None)

    def _now_unsent(self, person: str, route: str) -> Left:
        values = ((name, read()) for name, read in self._watched.items())
        found = {name: msgspec.to_builtins(value) for name, value in values if value is not None}
        parts = {name: value for name, value in found.items() if len(msgspec.json.encode(value)) <= MOST_BYTES}
        return Left(person=person, route=route, at=self._now(), parts=parts)

    async def _replace(self, mine: Left | None) -> None:
        all_of_them = {name: left for name, left in (await self._read()).items() if name != self._window}
        if mine is not None:
            all_of_them[self._window] = mine
        if all_of_them:
            await self._kept.set(KEPT_AS, msgspec.json.encode(all_of_them).decode())
        else:
            await self._kept.remove(KEPT_AS)

    async def _read(self) -> dict[str, Left]:
        text = await self._kept.get(KEPT_AS)
        found: dict[str, Left] = {}
        with contextlib.suppress(msgspec.MsgspecError):
            found = msgspec.json.decode(text, type=dict[str, Left]) if text else {}
        return {name: left for name, left in found.items() if self._now() - left.at < GOOD_FOR}

    async def load(self) -> None:
        """Read what an earlier run of this window left."""
        self._mine = (await self._read()).get(self._window)
        if self._mine is not None:
            # What is taken and thrown away before the first writing has to go there too.
            self._written = ""

    def belong_to(self, person: str, route: str) -> None:
        """Let this person, and nobody else, take it; which sheet was open only at the address where it was."""
        left = self._mine if self._mine is not None and self._mine.person == person else None
        is_here = left is not None and route in ("/", left.route)
        parts = left.parts if left is not None else {}
        self._left = {name: part for name, part in parts.items() if is_here or not name.endswith(ASKING)}

    @property
    def route(self) -> str | None:
        """Where it was left; None once nothing is left to take."""
        return self._mine.route if self._mine is not None and self._left else None

    def begin(self, whose: Callable[[], tuple[str, str]]) -> None:
        """Keep from now on what is unsent; `whose` tells the person and the address."""
        self._whose = whose
        self.touch()

    def pause(self) -> None:
        """Keep what was kept: the window is gone, or somebody has to sign in again."""
        if self._whose is not None:
            self._mine = self._now_unsent(*self._whose())
        self._whose, self._written = None, ""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    async def forget(self) -> None:
        """Somebody signs out, or is another person: nothing stays."""
        self.pause()
        self._left, self._mine = {}, None
        await self._kept.remove(KEPT_AS)
