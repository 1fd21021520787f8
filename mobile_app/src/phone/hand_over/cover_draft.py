"""Asking for cover: of which hours of which shift, whom, and why."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.covers import CoverCandidate, CoverRequest, CoverRequestInput
from shared.wire.lists import Page, Ref
from shared.wire.schedules import MyShift

QUARTER: Final = timedelta(minutes=15)
SOON: Final = timedelta(minutes=5)


def first_asked(start: datetime, now: datetime) -> datetime:
    """From when a shift can be asked about: its start, or the next quarter of an hour once it runs."""
    if start > now:
        return start
    soon = now + SOON
    past = timedelta(minutes=soon.minute % 15, seconds=soon.second, microseconds=soon.microsecond)
    return soon - past + QUARTER


class CoverDraft(State):
    """`candidates` is None until they are known for these hours; `shift` is None when I have none ahead."""

    def __init__(self, client: Client, *, now: Callable[[], datetime]) -> None:
        super().__init__(client)
        self._now = now
        self._keys: dict[CoverRequestInput, str] = {}
        self._chosen: tuple[Ref, ...] | None = None
        self.shift: MyShift | None = None
        self.start = self.end = now()
        self.reason = ""
        self.candidates: tuple[CoverCandidate, ...] | None = None
        self.busy = False
        self.refused: Exception | None = None
        self.sent: Callable[[CoverRequest], None] = lambda _made: None

    @property
    def is_whole(self) -> bool:
        """Whether the end comes after the start, inside the shift, and ahead."""
        if self.shift is None:
            return False
        held = self.shift.shift
        return held.start <= self.start < self.end <= held.end and self.start > self._now()

    def begin(self, shift: MyShift | None) -> None:
        """Anew, for what is left of this shift."""
        self.forget()
        self.shift = shift
        if shift is not None:
            self.start, self.end = first_asked(shift.shift.start, self._now()), shift.shift.end

    async def choose_shift(self, shift: MyShift) -> None:
        """Another one."""
        self.begin(shift)
        await self.look_up()

    async def begin_at(self, start: datetime) -> None:
        """Only from then on."""
        self.start = start
        await self.look_up()

    async def end_at(self, end: datetime) -> None:
        """Only until then."""
        self.end = end
        await self.look_up()

    async def look_up(self) -> None:
        """Who could take these hours; an answer that is late yields to a newer one."""
        self._turn += 1
        turn, self.candidates, self.error, self.refused = self._turn, None, None, None
        if self.shift is None or not self.is_whole:
            return
        query = [
            ("schedule_id", self.shift.schedule.id),
            ("start", self.start.isoformat()),
            ("end", self.end.isoformat()),
        ]
        found = await self.read(self._client.read(routes.COVER_CANDIDATES, Page[CoverCandidate], query))
        if found is not None and turn == self._turn:
            self.candidates = tuple(found.items)

    @property
    def asked(self) -> tuple[Ref, ...]:
        """Whom the button asks: the best until others are chosen."""
        if self._chosen is not None:
            return self._chosen
        return tuple(each.user for each in (self.candidates or ())[:1])

    def toggle(self, person: Ref) -> None:
        """Ask this person too, or not."""
        asked = self.asked
        others = tuple(each for each in asked if each.id != person.id)
        self._chosen = others if len(others) < len(asked) else (*asked, person)
        self.notify()

    def write(self, reason: str) -> None:
        """What everybody asked will read."""
        self.reason = reason

    def chosen(self) -> dict[str, list[Ref]]:
        """Who is asked, if the reader chose them, under one name."""
        return {} if self._chosen is None else {"": list(self._chosen)}

    def fill(self, reason: str, chosen: dict[str, list[Ref]]) -> None:
        """Take up what was left half filled."""
        self.reason = reason
        self._chosen = tuple(chosen[""]) if "" in chosen else None
        self.notify()

    async def send(self) -> None:
        """Ask them; the same request twice is one."""
        if self.shift is None or not self.asked or self.busy or not self.is_whole:
            return
        turn, self.busy, self.refused = self._turn, True, None
        body = CoverRequestInput(
            schedule_id=self.shift.schedule.id,
            start=self.start,
            end=self.end,
            asked=tuple(each.id for each in self.asked),
            reason=self.reason.strip(),
        )
        key = self._keys.setdefault(body, str(uuid4()))
        made = await self.read(self._client.write("POST", routes.COVER_REQUESTS, body, answer=CoverRequest, key=key))
        if turn != self._turn:
            return
        self.busy = False
        if made is None:
            self.refused, self.error = self.error, None
        else:
            self.sent(made)

    def forget(self) -> None:
        """Empty everything: it is over, or another person may sign in."""
        self._turn += 1
        self._keys, self._chosen = {}, None
        self.shift, self.reason, self.candidates = None, "", None
        self.busy, self.error, self.refused = False, None, None
