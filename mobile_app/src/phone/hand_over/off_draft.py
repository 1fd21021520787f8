"""Time off that is being entered: its hours, the shifts inside, and who is asked to take each of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.covers import (
    AffectedShift,
    CoverRequest,
    CoverRequestInput,
    TimeOff,
    TimeOffInput,
    TimeOffMade,
)
from shared.wire.lists import Ref

AHEAD: Final = timedelta(minutes=1)
"""What begins sooner is as good as begun: two clocks are never quite the same."""


def key_of(shift: AffectedShift) -> str:
    """What tells two affected shifts apart."""
    return f"{shift.schedule.id}-{shift.start:%Y%m%d%H%M}-{shift.role_id or ''}"


class OffDraft(State):
    """`affected` is None until the server told it for these hours; `entered` once the time off itself is kept."""

    def __init__(self, client: Client, *, now: Callable[[], datetime]) -> None:
        super().__init__(client)
        self._now = now
        self._keys: dict[object, str] = {}
        self._chosen: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, Ref] = {}
        self.start = self.end = now()
        self.reason = ""
        self.affected: tuple[AffectedShift, ...] | None = None
        self.changing = ""
        self.entered: TimeOff | None = None
        self.sent: dict[str, CoverRequest] = {}
        self.busy = False
        self.refused: Exception | None = None
        self.sent_all: Callable[[TimeOff | None, tuple[CoverRequest, ...]], None] = lambda _off, _asked: None

    @property
    def is_whole(self) -> bool:
        """Whether the end comes after the start."""
        return self.start < self.end

    def begin(self, start: datetime, end: datetime) -> None:
        """Anew, for these hours."""
        self.forget()
        self.start, self.end = start, end

    async def move(self, start: datetime, end: datetime) -> None:
        """Other hours."""
        self.start, self.end = start, end
        await self.look_ahead()

    async def begin_at(self, start: datetime) -> None:
        """Another beginning; an end that would lie before it moves along."""
        await self.move(start, self.end if start < self.end else start + (self.end - self.start))

    async def end_at(self, end: datetime) -> None:
        """Another end."""
        await self.move(self.start, end)

    async def look_ahead(self) -> None:
        """Which shifts these hours touch; an answer that is late yields to a newer one."""
        self._turn += 1
        turn, self.error, self.refused = self._turn, None, None
        if not self.is_whole:
            self.affected = ()
            return
        self.affected = None
        body = TimeOffInput(start=self.start, end=self.end)
        path = routes.MY_TIME_OFF_PREVIEW
        found = await self.read(self._client.write("POST", path, body, answer=TimeOffMade))
        if found is not None and turn == self._turn:
            self._take(found.affected)

    def _take(self, affected: list[AffectedShift]) -> None:
        self._names |= {one.user.id: one.user for each in affected for one in each.candidates}
        self.affected = tuple(affected)

    # Who is asked

    def can_ask(self, shift: AffectedShift) -> bool:
        """Nobody can stand in for what has begun, or is asked about already."""
        return shift.start > self._now() + AHEAD and shift.request_id is None and key_of(shift) not in self.sent

    def asked(self, shift: AffectedShift) -> tuple[Ref, ...]:
        """Whom the button asks for this shift: the best until others are chosen."""
        if not self.can_ask(shift):
            return ()
        best = tuple(each.user.id for each in shift.candidates[:1])
        chosen = self._chosen.get(key_of(shift), best)
        return tuple(self._names[each] for each in chosen if each in self._names)

    @property
    def everybody(self) -> tuple[Ref, ...]:
        """All whom the button asks, each once."""
        people = {one.id: one for each in self.affected or () for one in self.asked(each)}
        return tuple(people.values())

    def change(self, key: str) -> None:
        """Unfold the choice for one shift, or fold it."""
        self.changing = "" if key == self.changing else key

    def toggle(self, shift: AffectedShift, person: Ref) -> None:
        """Ask this person too, or not."""
        chosen = tuple(each.id for each in self.asked(shift))
        self._names[person.id] = person
        after = tuple(each for each in chosen if each != person.id) if person.id in chosen else (*chosen, person.id)
        self._chosen = {**self._chosen, key_of(shift): after}
        self.notify()

    def ask_nobody(self, shift: AffectedShift) -> None:
        """Keep it myself for now."""
        self._chosen = {**self._chosen, key_of(shift): ()}
        self.changing = ""

    def write(self, reason: str) -> None:
        """The note that everybody asked will read."""
        self.reason = reason

    def chosen(self) -> dict[str, list[Ref]]:
        """Who is asked by shift, as far as the reader chose them."""
        return {key: [self._names[each] for each in people] for key, people in self._chosen.items()}

    def fill(self, reason: str, chosen: dict[str, list[Ref]]) -> None:
        """Take up what was left half filled."""
        self.reason = reason
        self._names |= {each.id: each for people in chosen.values() for each in people}
        self._chosen = {key: tuple(each.id for each in people) for key, people in chosen.items()}
        self.notify()

    # Sending

    async def send(self) -> None:
        """Enter it, then ask; tried again, what was sent is not sent twice."""
        if self.busy or not self.is_whole or self.affected is None:
            return
        turn, self.busy, self.refused = self._turn, True, None
        wanted = [(each, people) for each in self.affected if (people := self.asked(each))]
        try:
            done = await self.attempt(lambda: self._send(wanted))
        finally:
            self.busy = False
        if turn != self._turn:
            return
        if done:
            self.sent_all(self.entered, tuple(self.sent.values()))
        else:
            self.refused, self.error = self.error, None

    async def _send(self, wanted: list[tuple[AffectedShift, tuple[Ref, ...]]]) -> None:
        reason = self.reason.strip()
        if self.entered is None:
            body = TimeOffInput(start=self.start, end=self.end, reason=reason)
            made = await self._client.write(
                "POST", routes.MY_TIME_OFF, body, answer=TimeOffMade, key=self._key_of(body)
            )
            self.entered = made.time_off
        for shift, people in wanted:
            asks = CoverRequestInput(
                schedule_id=shift.schedule.id,
                start=shift.start,
                end=shift.end,
                asked=tuple(each.id for each in people),
                reason=reason,
            )
            made_request = await self._client.write(
                "POST", routes.COVER_REQUESTS, asks, answer=CoverRequest, key=self._key_of(asks)
            )
            self.sent = {**self.sent, key_of(shift): made_request}

    def _key_of(self, body: object) -> str:
        return self._keys.setdefault(body, str(uuid4()))

    def forget(self) -> None:
        """Empty everything: it is over, or another person may sign in."""
        self._turn += 1
        self._keys, self._chosen, self._names = {}, {}, {}
        self.reason, self.affected, self.changing, self.entered, self.sent = "", None, "", None, {}
        self.busy, self.error, self.refused = False, None, None
