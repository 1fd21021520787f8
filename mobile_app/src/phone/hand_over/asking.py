"""Asking for cover: of which hours of which shift, whom, and why."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from phone.base.api.client import Client
from phone.base.draft import Draft
from phone.base.keys import Keys
from phone.base.places import place
from phone.base.state import State
from phone.names.name_picker import toggled
from shared.wire import routes
from shared.wire.covers import CoverCandidate, CoverRequest, CoverRequestInput
from shared.wire.lists import Page, Ref
from shared.wire.schedules import MyShift

QUARTER: Final = timedelta(minutes=15)
SOON: Final = timedelta(minutes=5)


class CoverDraft(CoverRequestInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`asked` counts once the reader chose (`is_chosen`); until then the best of the candidates is asked."""

    asked: tuple[str, ...] = ()
    is_chosen: bool = False


REASON: Final = place(CoverDraft, lambda cover: cover.reason)


def first_asked(start: datetime, now: datetime) -> datetime:
    """From when a shift can be asked about: its start, or the next quarter of an hour once it runs."""
    if start > now:
        return start
    soon = now + SOON
    past = timedelta(minutes=soon.minute % 15, seconds=soon.second, microseconds=soon.microsecond)
    return soon - past + QUARTER


class AskingCover(State):
    """`candidates` is None until they are known for these hours; `shift` is None when I have none ahead."""

    def __init__(self, client: Client, *, now: Callable[[], datetime], name: Callable[[str], str]) -> None:
        super().__init__(client)
        self._now = now
        self._name = name
        self._keys = Keys()
        self.form = Draft(CoverDraft(schedule_id="", start=now(), end=now()))
        self.shift: MyShift | None = None
        self.candidates: tuple[CoverCandidate, ...] | None = None
        self.busy = False
        self.refused: Exception | None = None
        self.sent: Callable[[CoverRequest], None] = lambda _made: None

    @property
    def is_whole(self) -> bool:
        """Whether the end comes after the start, inside the shift, and ahead."""
        if self.shift is None:
            return False
        held, now = self.shift.shift, self.form.whole
        return held.start <= now.start < now.end <= held.end and now.start > self._now()

    def begin(self, shift: MyShift | None) -> None:
        """Anew, for what is left of this shift."""
        self.forget()
        self.shift = shift
        if shift is not None:
            start = first_asked(shift.shift.start, self._now())
            self.form.fill(CoverDraft(schedule_id=shift.schedule.id, start=start, end=shift.shift.end))

    async def choose_shift(self, shift: MyShift) -> None:
        """Another one."""
        self.begin(shift)
        await self.look_up()

    async def fill(self, whole: CoverDraft) -> None:
        """Take up what was left half filled, or go on with other hours."""
        self.form.fill(whole)
        await self.look_up()

    async def begin_at(self, start: datetime) -> None:
        """Only from then on."""
        await self.fill(replace(self.form.whole, start=start))

    async def end_at(self, end: datetime) -> None:
        """Only until then."""
        await self.fill(replace(self.form.whole, end=end))

    async def look_up(self) -> None:
        """Who could take these hours; an answer that is late yields to a newer one."""
        self._turn += 1
        turn, self.candidates, self.error, self.refused = self._turn, None, None, None
        if self.shift is None or not self.is_whole:
            return
        query = [
            ("schedule_id", self.shift.schedule.id),
            ("start", self.form.whole.start.isoformat()),
            ("end", self.form.whole.end.isoformat()),
        ]
        found = await self.read(self._client.read(routes.COVER_CANDIDATES, Page[CoverCandidate], query))
        if found is not None and turn == self._turn:
            self.candidates = tuple(found.items)

    @property
    def asked(self) -> tuple[Ref, ...]:
        """Whom the button asks: the best until others are chosen."""
        names, now = {each.user.id: each.user for each in self.candidates or ()}, self.form.whole
        chosen = now.asked if now.is_chosen else tuple(names)[:1]
        return tuple(names.get(each) or Ref(each, self._name(each)) for each in chosen)

    def toggle(self, ident: str) -> None:
        """Ask this person too, or not."""
        asked = toggled(tuple(each.id for each in self.asked), ident)
        self.form.fill(replace(self.form.whole, asked=asked, is_chosen=True))

    async def send(self) -> None:
        """Ask them; the same request twice is one."""
        if self.shift is None or not self.asked or self.busy or not self.is_whole:
            return
        turn, now, self.busy, self.refused = self._turn, self.form.whole, True, None
        body = CoverRequestInput(
            schedule_id=self.shift.schedule.id,
            start=now.start,
            end=now.end,
            asked=tuple(each.id for each in self.asked),
            reason=now.reason.strip(),
        )
        key = self._keys.of(body)
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
        self._keys.forget()
        self.form.fill(CoverDraft(schedule_id="", start=self._now(), end=self._now()))
        self.shift, self.candidates = None, None
        self.busy, self.error, self.refused = False, None, None
