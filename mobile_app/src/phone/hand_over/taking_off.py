"""Time off that is being entered: its hours, the shifts inside, and who is asked to take each of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from phone.base import moments
from phone.base.api.client import Client
from phone.base.draft import Draft
from phone.base.keys import Keys
from phone.base.places import place
from phone.base.state import State
from phone.names.name_picker import toggled
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


class OffDraft(TimeOffInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`asked` is whom the reader chose, by `key_of` a shift; where nothing was chosen, the best is asked."""

    asked: dict[str, tuple[str, ...]] = {}


REASON: Final = place(OffDraft, lambda off: off.reason)
ASKED: Final = place(OffDraft, lambda off: off.asked)


def key_of(shift: AffectedShift) -> str:
    """What tells two affected shifts apart."""
    return f"{shift.schedule.id}-{shift.start:%Y%m%d%H%M}-{shift.role_id or ''}"


class TakingOff(State):
    """`affected` is None until the server told it for these hours; `entered` once the time off itself is kept."""

    def __init__(self, client: Client, *, now: Callable[[], datetime], name: Callable[[str], str]) -> None:
        super().__init__(client)
        self._now = now
        self._name = name
        self._keys = Keys()
        self.form = Draft(OffDraft(start=now(), end=now()))
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
        return self.form.whole.start < self.form.whole.end

    def begin(self, start: datetime, end: datetime) -> None:
        """Anew, for these hours."""
        self.forget()
        self.form.fill(OffDraft(start=start, end=end))

    async def fill(self, whole: OffDraft) -> None:
        """Take up what was left half filled, or go on with other hours."""
        self.form.fill(whole)
        await self.look_ahead()

    async def begin_at(self, start: datetime) -> None:
        """Another beginning; an end that would lie before it moves along."""
        now = self.form.whole
        await self.fill(replace(now, start=start, end=moments.end_along(now.start, now.end, start)))

    async def end_at(self, end: datetime) -> None:
        """Another end."""
        await self.fill(replace(self.form.whole, end=end))

    async def look_ahead(self) -> None:
        """Which shifts these hours touch; an answer that is late yields to a newer one."""
        self._turn += 1
        turn, self.error, self.refused = self._turn, None, None
        if not self.is_whole:
            self.affected = ()
            return
        self.affected = None
        body = TimeOffInput(start=self.form.whole.start, end=self.form.whole.end)
        path = routes.MY_TIME_OFF_PREVIEW
        found = await self.read(self._client.write("POST", path, body, answer=TimeOffMade))
        if found is not None and turn == self._turn:
            self.affected = tuple(found.affected)

    # Who is asked

    def can_ask(self, shift: AffectedShift) -> bool:
        """Nobody can stand in for what has begun, or is asked about already."""
        return shift.start > self._now() + AHEAD and shift.request_id is None and key_of(shift) not in self.sent

    def asked(self, shift: AffectedShift) -> tuple[Ref, ...]:
        """Whom the button asks for this shift: the best until others are chosen."""
        if not self.can_ask(shift):
            return ()
        names = {each.user.id: each.user for each in shift.candidates}
        best = tuple(names)[:1]
        chosen = self.form.whole.asked.get(key_of(shift), best)
        return tuple(names.get(each) or Ref(each, self._name(each)) for each in chosen)

    @property
    def everybody(self) -> tuple[Ref, ...]:
        """All whom the button asks, each once."""
        people = {one.id: one for each in self.affected or () for one in self.asked(each)}
        return tuple(people.values())

    def change(self, key: str) -> None:
        """Unfold the choice for one shift, or fold it."""
        self.changing = "" if key == self.changing else key

    def toggle(self, shift: AffectedShift, ident: str) -> None:
        """Ask this person too, or not."""
        self._choose(shift, toggled(tuple(each.id for each in self.asked(shift)), ident))

    def ask_nobody(self, shift: AffectedShift) -> None:
        """Keep it myself for now."""
        self._choose(shift, ())
        self.changing = ""

    def _choose(self, shift: AffectedShift, people: tuple[str, ...]) -> None:
        self.form.choose(ASKED.then(lambda asked: asked[key_of(shift)]), people)

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
        whole = self.form.whole
        reason = whole.reason.strip()
        if self.entered is None:
            body = TimeOffInput(start=whole.start, end=whole.end, reason=reason)
            made = await self._client.write(
                "POST", routes.MY_TIME_OFF, body, answer=TimeOffMade, key=self._keys.of(body)
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
                "POST", routes.COVER_REQUESTS, asks, answer=CoverRequest, key=self._keys.of(asks)
            )
            self.sent = {**self.sent, key_of(shift): made_request}

    def forget(self) -> None:
        """Empty everything: it is over, or another person may sign in."""
        self._turn += 1
        self._keys.forget()
        self.form.fill(OffDraft(start=self._now(), end=self._now()))
        self.affected, self.changing, self.entered, self.sent = None, "", None, {}
        self.busy, self.error, self.refused = False, None, None
