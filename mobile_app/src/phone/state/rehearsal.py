"""What saving a schedule would bring: asked while it is edited, once the reader pauses; and what saving it brought."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import flet as ft

from phone.api.client import Client
from phone.api.errors import ApiError, SignedOut, Unreachable
from shared.wire import routes
from shared.wire.problems import FieldProblem
from shared.wire.schedules import Preview, Schedule

PAUSE_S: Final = 0.4
WINDOW: Final = timedelta(days=14)


@dataclass(frozen=True)
class _Asked:
    """What was asked about, not to be asked twice. Not a plain dict, which an observable would watch."""

    body: dict[str, Any]


NOTHING: Final = _Asked({})


class Rehearsal(ft.Observable):
    """`answer` is about what was asked last; `is_behind` while the form says something newer."""

    def __init__(
        self,
        client: Client,
        *,
        now: Callable[[], datetime],
        doubt: Callable[[tuple[FieldProblem, ...]], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._now = now
        self._doubt = doubt
        self._sleep = sleep
        self._turn = 0
        self._asked = NOTHING
        self.answer: Preview | None = None
        self.error: Exception | None = None
        self.is_behind = False
        self.outcome: Schedule | None = None
        self.reached: Callable[[bool], None] = lambda _online: None
        self.signed_out: Callable[[], None] = lambda: None

    async def want(self, body: dict[str, Any] | None) -> None:
        """Ask about this schedule unless something newer comes within a moment."""
        asked = _Asked(body or {})
        if asked == self._asked:
            return
        self._turn += 1
        turn, self._asked = self._turn, asked
        if body is None:
            self.answer, self.error, self.is_behind = None, None, False
            self._doubt(())
            return
        self.is_behind = True
        await self._sleep(PAUSE_S)
        if turn == self._turn:
            await self._ask(body, turn)

    async def again(self) -> None:
        """Ask the same once more: the server could not be reached."""
        asked, self._asked = self._asked, NOTHING
        await self.want(asked.body or None)

    async def _ask(self, body: dict[str, Any], turn: int) -> None:
        now = self._now()
        window = {"from": now.isoformat(), "to": (now + WINDOW).isoformat()}
        try:
            answer = await self._client.write("POST", routes.SCHEDULE_PREVIEW, {**body, **window}, answer=Preview)
        except SignedOut:
            self.signed_out()
        except (Unreachable, ApiError) as error:
            if turn == self._turn:
                self._fail(error)
            self.reached(not isinstance(error, Unreachable))
        else:
            self.reached(True)
            if turn == self._turn:
                self.answer, self.error, self.is_behind = answer, None, False
                self._doubt(tuple(answer.errors))

    def _fail(self, error: Unreachable | ApiError) -> None:
        problems = error.problems if isinstance(error, ApiError) else ()
        self.error, self.is_behind = error, False
        self._doubt(tuple(problems))

    def keep(self, saved: Schedule | None) -> None:
        """What saving brought, until it was read."""
        self.outcome = saved if saved is not None and (saved.changes or saved.warnings) else None

    def put_away(self) -> None:
        """It was read."""
        self.outcome = None

    def forget(self) -> None:
        """Empty everything: something else is shown, or another person may sign in."""
        self._turn += 1
        self._asked = NOTHING
        self.answer, self.error, self.is_behind, self.outcome = None, None, False, None
