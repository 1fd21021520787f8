"""The one short message at the bottom: what a tap did, with a way back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Literal

import flet as ft

SHOWN_FOR_S: Final = 5.0


@dataclass(frozen=True, kw_only=True)
class Message:
    """A catalogue text; `undo` takes back what it tells of."""

    key: str
    args: dict[str, object] = field(default_factory=dict[str, object])
    kind: Literal["done", "waiting", "refused"] = "done"
    undo: Callable[[], None] | None = None
    error: Exception | None = None


class Toast(ft.Observable):
    """Shows one message for five seconds; the next replaces it."""

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self.message: Message | None = None

    def show(self, message: Message) -> None:
        """Show it, and forget it after a while."""
        self.close()
        self.message = message
        self._task = asyncio.create_task(self._expire())

    def close(self) -> None:
        """Show nothing."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.message = None

    async def _expire(self) -> None:
        await self._sleep(SHOWN_FOR_S)
        self.message = None
