"""The pager: given to a colleague for a while, or taken from one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Literal, get_args
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from phone.base.api.client import Client
from phone.base.api.errors import ApiError
from phone.base.draft import Draft
from phone.base.places import place
from phone.base.state import State
from shared.domain.covers.pager import may_last_until
from shared.domain.covers.pager import taking as decide_taking
from shared.wire import routes
from shared.wire.covers import CoverCandidate, GivePager, PagerHanded, TakePager
from shared.wire.lists import Page, Ref
from shared.wire.on_call import MyWatch
from shared.wire.schedules import ScheduleRota

Length = Literal["30", "60", "own"]
LENGTHS: Final[dict[Length, timedelta]] = {"30": timedelta(minutes=30), "60": timedelta(hours=1)}
NO_END: Final = timedelta(hours=8)


class PagerDraft(GivePager, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`until` counts where the `length` is one's own; nobody's id is empty."""

    length: Length = "30"


TO: Final = place(PagerDraft, lambda pager: pager.to_user_id)


class Taking(Struct, frozen=True, kw_only=True):
    """Whose watch is taken on which schedule, and until when; nobody's in a gap."""

    schedule: Ref
    holder: Ref | None
    until: datetime


def taking(item: ScheduleRota, me: str, holder: Ref | None, now: datetime) -> Taking:
    """With the end as the server will set it."""
    handing = decide_taking(item.rota, me, holder.id if holder is not None else None, now)
    return Taking(schedule=item.schedule, holder=holder, until=handing.until)


class Pager(State):
    """`watch` is mine that is given, `taking` somebody's that is taken; `candidates` is None until they are known."""

    def __init__(self, client: Client, *, now: Callable[[], datetime], name: Callable[[str], str]) -> None:
        super().__init__(client)
        self._now = now
        self._name = name
        self._key = str(uuid4())
        self._sent: GivePager | None = None
        self.watch: MyWatch | None = None
        self.form = Draft(PagerDraft(to_user_id="", until=now()))
        self.candidates: tuple[CoverCandidate, ...] | None = None
        self.taking: Taking | None = None
        self.busy = False
        self.refused: Exception | None = None
        self.handed: Callable[[PagerHanded], None] = lambda _handed: None

    @property
    def until(self) -> datetime:
        """When the watch comes back to me."""
        now = self.form.whole
        return now.until if now.length == "own" else self._now().replace(microsecond=0) + LENGTHS[now.length]

    @property
    def to(self) -> Ref | None:
        """To whom, as far as that is chosen."""
        ident = self.form.whole.to_user_id
        free = (each.user for each in self.candidates or () if each.user.id == ident)
        return next(free, Ref(ident, self._name(ident))) if ident else None

    @property
    def is_ahead(self) -> bool:
        """Whether that lies ahead, by thirty days at most."""
        return may_last_until(self.until, self._now())

    def begin(self, watch: MyWatch | None) -> None:
        """Anew, with this watch."""
        self.forget()
        self.watch = watch
        now = self._now().replace(second=0, microsecond=0)
        ends = watch.until if watch is not None else None
        until = ends if ends is not None and may_last_until(ends, now) else now + NO_END
        self.form.fill(PagerDraft(to_user_id="", until=until))

    def take(self, wanted: Taking) -> None:
        """Ask before somebody's watch is mine."""
        self.forget()
        self.taking = wanted

    async def choose_watch(self, watch: MyWatch) -> None:
        """Another one of mine."""
        self.begin(watch)
        await self.look_up()

    async def fill(self, whole: PagerDraft) -> None:
        """Take up what was left half filled, or go on with another end."""
        self.form.fill(whole)
        self._mean_another()
        await self.look_up()

    async def choose_length(self, length: str) -> None:
        """For how long."""
        known = next((each for each in get_args(Length) if each == length), "30")
        await self.fill(replace(self.form.whole, length=known))

    async def end_at(self, until: datetime) -> None:
        """Until an instant of my own."""
        await self.fill(replace(self.form.whole, until=until))

    async def look_up(self) -> None:
        """Who could have it that long; who was chosen stays chosen."""
        self._turn += 1
        turn, self.candidates, self.error, self.refused = self._turn, None, None, None
        if self.watch is None or not self.is_ahead:
            return
        now = self._now().replace(microsecond=0)
        query = [
            ("schedule_id", self.watch.schedule.id),
            ("start", now.isoformat()),
            ("end", self.until.isoformat()),
        ]
        found = await self.read(self._client.read(routes.COVER_CANDIDATES, Page[CoverCandidate], query))
        if found is not None and turn == self._turn:
            self.candidates = tuple(found.items)
            if not self.form.whole.to_user_id and found.items:
                self.form.choose(TO, found.items[0].user.id)

    def choose(self, ident: str) -> None:
        """To whom."""
        self.form.choose(TO, ident)
        self._mean_another()

    def _mean_another(self) -> None:
        self._sent, self._key = None, str(uuid4())

    async def give(self) -> None:
        """They have it from now on."""
        to = self.form.whole.to_user_id
        if self.watch is None or not to or not self.is_ahead:
            return
        path = routes.SCHEDULE_GIVE.format(schedule_id=self.watch.schedule.id)
        # Sent again without an answer, it must be the same: time has gone on since.
        self._sent = self._sent or GivePager(to_user_id=to, until=self.until)
        await self._hand(path, self._sent)

    async def take_it(self) -> None:
        """I have it from now on."""
        if self.taking is None:
            return
        path = routes.SCHEDULE_TAKE.format(schedule_id=self.taking.schedule.id)
        holder = self.taking.holder
        await self._hand(path, TakePager(from_user_id=holder.id if holder is not None else None))

    async def _hand(self, path: str, body: object) -> None:
        if self.busy:
            return
        turn, self.busy, self.refused = self._turn, True, None
        handed = await self.read(self._client.write("POST", path, body, answer=PagerHanded, key=self._key))
        if turn != self._turn:
            return
        self.busy = False
        if handed is None:
            self.refused, self.error = self.error, None
            if isinstance(self.refused, ApiError):
                self._mean_another()
        else:
            self.handed(handed)

    def forget(self) -> None:
        """Empty everything: it is over, or another person may sign in."""
        self._turn += 1
        self._mean_another()
        self.form.fill(PagerDraft(to_user_id="", until=self._now()))
        self.watch, self.candidates, self.taking = None, None, None
        self.busy, self.error, self.refused = False, None, None
