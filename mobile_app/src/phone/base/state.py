"""A part of the app that asks the server, and what it does when the answer stays away."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import flet as ft

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable

Answer = TypeVar("Answer")


class Part(ft.Observable):
    """`error` is what the last attempt met; who adds to `_turn` makes the failures of running attempts nobody's."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn: int = 0
        self.error: Exception | None = None
        self.reached: Callable[[bool], None] = lambda _online: None
        self.signed_out: Callable[[], None] = lambda: None

    async def attempt(self, act: Callable[[], Awaitable[None]]) -> bool:
        """Do what speaks to the server; False when it refused or did not answer."""
        turn = self._turn
        try:
            await act()
        except SignedOut:
            self.signed_out()
        except (Unreachable, ApiError) as error:
            if turn == self._turn:
                self.error = error
            self.reached(not isinstance(error, Unreachable))
        else:
            self.reached(True)
            return True
        return False

    async def read(self, answer: Awaitable[Answer]) -> Answer | None:
        """What the server answers, or None."""
        found: list[Answer] = []

        async def take() -> None:
            found.append(await answer)

        return found[0] if await self.attempt(take) else None

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        raise NotImplementedError
