"""The one base of what the app knows: it asks the server, keeps things on the device, forgets when somebody leaves."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import flet as ft

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable

Answer = TypeVar("Answer")
Fail = Callable[[Exception], None]


class State(ft.Observable):
    """`error` is what the last attempt met; who adds to `_turn` makes the failures of running attempts nobody's.

    The client knows every one of them: signing out empties all, and what the device kept comes back to all.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn: int = 0
        self.error: Exception | None = None
        client.states.append(self)

    async def attempt(self, act: Callable[[], Awaitable[object]], *, fail: Fail | None = None) -> bool:
        """Do what speaks to the server; False when it refused or did not answer: `fail` is told, else `error` is it."""
        turn = self._turn
        try:
            await act()
        except SignedOut:
            self._client.signed_out()
        except (Unreachable, ApiError) as error:
            if turn == self._turn:
                (fail or self._fail)(error)
            self._client.reached(not isinstance(error, Unreachable))
        else:
            self._client.reached(True)
            return True
        return False

    def _fail(self, error: Exception) -> None:
        self.error = error

    async def read(self, answer: Awaitable[Answer], *, fail: Fail | None = None) -> Answer | None:
        """What the server answers; None when it refused or did not answer."""
        found: list[Answer] = []

        async def take() -> None:
            found.append(await answer)

        return found[0] if await self.attempt(take, fail=fail) else None

    async def restore(self) -> None:
        """Take up what the device kept; most keep nothing."""

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        raise NotImplementedError

    async def clear(self) -> None:
        """Drop what the device kept of this person, too; most keep nothing."""
