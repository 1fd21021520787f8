"""The one short message at the bottom: what a tap did, with a way back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Literal

import flet as ft

SHOWN_FOR_S: Final = 5.0
TO_THINK_S: Final = 10.0
"""For what changes other people's nights: long enough to see what was done."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A catalogue text; `undo` takes back what it tells of, while it is shown."""

    key: str
    args: dict[str, object] = field(default_factory=dict[str, object])
    kind: Literal["done", "waiting", "refused"] = "done"
    undo: Callable[[], None] | None = None
    error: Exception | None = None
    shown_for_s: float = SHOWN_FOR_S


class Toast(ft.Observable):
    """Shows one message for some seconds; the next replaces it."""

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self.message: Message | None = None

    def show(self, message: Message) -> None:
        """Show it, and forget it after a while."""
        self.close()
        self.message = message
        self._task = asyncio.create_task(self._expire(message.shown_for_s))

    def close(self) -> None:
        """Show nothing."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.message = None

    async def _expire(self, seconds: float) -> None:
        await self._sleep(seconds)
        self.message = None
