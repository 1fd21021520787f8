"""What saving a schedule would bring: asked while it is edited, once the reader pauses; and what saving it brought."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from phone.base.api.client import Client
from phone.base.api.errors import ApiError
from phone.base.state import State
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


def _of_schedule(problem: FieldProblem) -> FieldProblem:
    """A refusal as the form's fields are called: the schedule is one field of what is asked."""
    return msgspec.structs.replace(problem, field=problem.field.removeprefix("$.").removeprefix("schedule."))


class Rehearsal(State):
    """`answer` is about what was asked last; `is_behind` while the form says something newer.

    What the server would refuse is told to the form by `doubt`; `doubts` counts it.
    """

    def __init__(
        self,
        client: Client,
        *,
        now: Callable[[], datetime],
        doubt: Callable[[tuple[FieldProblem, ...]], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(client)
        self._now = now
        self._doubt = doubt
        self._sleep = sleep
        self._asked = NOTHING
        self.answer: Preview | None = None
        self.is_behind = False
        self.doubts = 0
        self.outcome: Schedule | None = None

    async def want(self, body: dict[str, Any] | None) -> None:
        """Ask about this schedule unless something newer comes within a moment."""
        asked = _Asked(body or {})
        if asked == self._asked:
            return
        self._turn += 1
        turn, self._asked = self._turn, asked
        if body is None:
            self._take(None, ())
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
        path, sent = routes.SCHEDULE_PREVIEW, {**body, **window}
        answer = await self.read(self._client.write("POST", path, sent, answer=Preview))
        if turn != self._turn:
            return
        problems = self.error.problems if answer is None and isinstance(self.error, ApiError) else ()
        error = None if answer is not None or problems else self.error
        self._take(answer, tuple(_of_schedule(each) for each in problems))
        self.error = error

    def _take(self, answer: Preview | None, problems: tuple[FieldProblem, ...]) -> None:
        self.answer, self.error, self.is_behind, self.doubts = answer, None, False, len(problems)
        self._doubt(problems)

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
        self.answer, self.error, self.is_behind, self.doubts, self.outcome = None, None, False, 0, None
