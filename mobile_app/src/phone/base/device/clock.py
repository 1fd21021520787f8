"""The only reader of the device's clock: `now`, ticking for countdowns, corrected by the server's time."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import flet as ft

TOLERATED_SKEW = timedelta(seconds=2)


class Tick(ft.Observable):
    """A moment that screens watch: it notifies whoever draws it when it moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at


class Clock:
    """`seconds` moves every second, `minutes` every minute; both stand still while the app is hidden."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._task: asyncio.Task[None] | None = None
        self.seconds = Tick(self.now())
        self.minutes = Tick(self.seconds.at)

    def now(self) -> datetime:
        """The server's time as well as it is known here."""
        return datetime.now(UTC) + self._offset

    def learn(self, date_header: str | None) -> None:
        """Take the skew from a response: a countdown on a wrong clock would mislead."""
        if date_header is None:
            return
        try:
            skew = parsedate_to_datetime(date_header) - datetime.now(UTC)
        except (TypeError, ValueError):
            return
        self._offset = skew if abs(skew) > TOLERATED_SKEW else timedelta()

    def tick(self) -> None:
        """Move both ticks to now."""
        now = self.now().replace(microsecond=0)
        self.seconds.at = now
        if now.replace(second=0) != self.minutes.at.replace(second=0, microsecond=0):
            self.minutes.at = now

    def start(self) -> None:
        """Tick until `stop`."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Stand still."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            self.tick()
            await asyncio.sleep(1 - self.now().microsecond / 1_000_000)
