"""One schedule that is open: which part of its calendar is shown, its overrides, and what is asked about them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Final, cast, get_args

import msgspec
from msgspec import Struct, structs

from phone.base.api.client import Client
from phone.base.copies import Copies
from phone.base.device.clock import Clock
from phone.base.device.store import Store
from phone.base.draft import Draft
from phone.base.keys import Keys
from phone.base.state import State
from phone.base.weeks import View
from phone.rotas.picture import Naming, Picture, joined, moved, picture
from phone.rotas.store import Rotas
from shared.domain.on_call.rota import Override, Rota
from shared.domain.on_call.schedules import Gap, gaps, shifts
from shared.domain.on_call.shifts import Shift
from shared.domain.time import is_zone_name, zone
from shared.wire import routes
from shared.wire.covers import CoverCandidate
from shared.wire.lists import Page, Ref
from shared.wire.schedules import Override as OverrideMade
from shared.wire.schedules import OverrideInput, ScheduleRota, ScopeInput

KEPT_AS: Final = "calendar"
AHEAD: Final = timedelta(days=30)


class Chosen(Struct, frozen=True, kw_only=True):
    """How the reader likes calendars, on this device."""

    view: View = "two_weeks"
    highlights_mine: bool = False
    in_my_zone: bool = False
    by_layer: bool = False


class Slot(Struct, frozen=True, kw_only=True):
    """A day that was tapped, in one lane or in all of them."""

    day: date
    lane: str | None = None


Asking = Slot | Draft[OverrideInput] | Override | None


class OpenSchedule(State):
    """`overrides` is None until the whole list was read; those of the next weeks are in the rota itself.

    `free` are who could stand in for the hours of the draft, best first; None where that isn't known.
    """

    def __init__(self, client: Client, rotas: Rotas, preferences: Store, clock: Clock) -> None:
        super().__init__(client)
        self._rotas = rotas
        self._copies = Copies[Chosen](preferences, KEPT_AS, Chosen)
        self._clock = clock
        self._drawn: tuple[object, Picture] | None = None
        self._ahead: tuple[object, tuple[Gap, ...]] | None = None
        self._named: tuple[ScheduleRota, ScheduleRota] | None = None
        self._keys = Keys()
        self.my_zone_name = "UTC"
        self.id: str | None = None
        self.chosen = Chosen()
        self.day: date | None = None
        self.people: dict[str, str] = {}
        self.overrides: tuple[Override, ...] | None = None
        self.asking: Asking = None
        self.free: tuple[CoverCandidate, ...] | None = None
        self.is_looking = False
        self.shows_past = False
        self.busy = False
        self.refused: Exception | None = None
        self.told: Callable[[str], None] = lambda _key: None
        self.made: Callable[[str, OverrideMade], None] = lambda _schedule, _override: None

    # What is shown

    @property
    def item(self) -> ScheduleRota | None:
        """The schedule as the device knows it, with the names that its older overrides need."""
        found = self._rotas.find(self.id) if self.id is not None else None
        if found is None or not self.people:
            return found
        if self._named is None or self._named[0] is not found:
            self._named = found, structs.replace(found, people={**self.people, **found.people})
        return self._named[1]

    @property
    def rota(self) -> Rota | None:
        """With every override that was read, for the past too."""
        item = self.item
        return joined(item.rota, self.overrides or ()) if item is not None else None

    @property
    def zone_name(self) -> str:
        """The zone of the calendar."""
        item = self.item
        if item is None or (self.chosen.in_my_zone and is_zone_name(self.my_zone_name)):
            return self.my_zone_name if is_zone_name(self.my_zone_name) else "UTC"
        return item.rota.schedule.time_zone

    @property
    def is_by_layer(self) -> bool:
        """Whether each layer has its lane: where there are several."""
        item = self.item
        return self.chosen.by_layer and item is not None and len(item.rota.schedule.layers) > 1

    @property
    def today(self) -> date:
        """The calendar's."""
        return zone(self.zone_name).today(self._clock.now())

    @property
    def shown(self) -> date:
        """The day around which the calendar stands."""
        return self.day or self.today

    def draw(self, naming: Naming) -> Picture | None:
        """The calendar's picture; worked out once for each change of what it is made of."""
        item = self.item
        if item is None:
            return None
        chosen = self.chosen
        key = (item, self.overrides, self.shown, self.zone_name, chosen.view, self.is_by_layer, naming)
        if self._drawn is None or self._drawn[0] != key:
            rota = joined(item.rota, self.overrides or ())
            drawn = picture(
                rota,
                view=chosen.view,
                day=self.shown,
                zone_name=self.zone_name,
                by_layer=self.is_by_layer,
                naming=naming,
            )
            self._drawn = key, drawn
        return self._drawn[1]

    @property
    def gaps_ahead(self) -> tuple[Gap, ...]:
        """Where nobody is on call in the next 30 days; worked out once an hour."""
        item, now = self.item, self._clock.now()
        if item is None:
            return ()
        key = (item, self.overrides, now.replace(minute=0, second=0, microsecond=0))
        if self._ahead is None or self._ahead[0] != key:
            rota = joined(item.rota, self.overrides or ())
            self._ahead = key, tuple(gaps(rota, now, now + AHEAD))
        return tuple(gap for gap in self._ahead[1] if gap.end > now)

    # Coming

    async def restore(self) -> None:
        """Take up how calendars were last looked at."""
        self.chosen = await self._copies.read() or self.chosen

    async def show(self, schedule_id: str, asking: Asking = None) -> None:
        """Open this schedule, and at once the sheet of what is asked about it."""
        if self.id != schedule_id:
            self.forget()
            self.id = schedule_id
        if asking is not None:
            self.ask(asking)
        await self.load()

    async def load(self) -> None:
        """Read anew what is not in its rota: the overrides of long ago."""
        wanted = self.id
        if wanted is None:
            return
        path = routes.SCHEDULE_OVERRIDES.format(schedule_id=wanted)
        found = await self.read(self._client.read(path, Page[Override]))
        if found is not None and wanted == self.id:
            self.overrides, self.error = tuple(found.items), None
            await self._name_people(wanted)

    async def _name_people(self, wanted: str) -> None:
        """Who left long ago is in no rota: look everybody up once."""
        item = self.item
        named = {
            id for each in self.overrides or () for id in (each.user_id, each.created_by, each.scope.user_id) if id
        }
        if item is None or named <= item.people.keys():
            return
        found = await self.read(self._client.read_all(routes.USERS, Ref))
        if found is not None and wanted == self.id:
            self.people = {ref.id: ref.name for ref in found}

    # Looking round

    async def choose(self, **fields: object) -> None:
        """Look at calendars in another way, here and next time."""
        self.chosen = structs.replace(self.chosen, **fields)
        await self._copies.keep(self.chosen)

    async def choose_view(self, view: str) -> None:
        """Week, two weeks or month."""
        if view in get_args(View):
            await self.choose(view=cast(View, view))

    def move(self, by: int) -> None:
        """To the view before or after."""
        self.day = moved(self.chosen.view, self.shown, by)

    def go_to_today(self) -> None:
        """Back to where time is."""
        self.day = None

    def show_past(self) -> None:
        """Unfold overrides that are over, or fold them."""
        self.shows_past = not self.shows_past

    # Overrides

    def ask(self, what: Asking) -> None:
        """Open the sheet of a slot, of a new override, of cancelling one, or close it."""
        if isinstance(what, Draft) and not isinstance(self.asking, Draft):
            self._keys.forget()
        self.refused, self.asking = None, what

    def draft(self, day: date | None = None) -> None:
        """A new override for a whole day of the schedule's zone, today's from now."""
        item = self.item
        if item is not None:
            there = zone(item.rota.schedule.time_zone)
            self.fill(*there.day(day or there.today(self._clock.now())))

    def fill(self, start: datetime, end: datetime) -> None:
        """A new override for what is left of these hours, of nobody yet."""
        self.ask(Draft(OverrideInput(start=self._from_now(start, end), end=end, user_id="")))

    def _from_now(self, start: datetime, end: datetime) -> datetime:
        now = self._clock.now().astimezone(start.tzinfo).replace(second=0, microsecond=0)
        return now if start < now < end else start

    def draft_instead(self, shift: Shift, day: date) -> None:
        """A new override of what is left of one person's shift; of the day where the shift goes on and on."""
        rota = self.rota
        found = shifts(rota, shift.start - AHEAD, shift.end + AHEAD) if rota is not None else []
        meant = (shift.user_id, shift.role_id, shift.layer_id, shift.override_id)
        whole = next(
            (
                each
                for each in found
                if (each.user_id, each.role_id, each.layer_id, each.override_id) == meant
                and each.start <= shift.start < each.end
                and not (each.starts_before or each.continues_after)
            ),
            None,
        )
        self.draft(day)
        if isinstance(self.asking, Draft):
            hours = self.asking.whole if whole is None else whole
            instead = ScopeInput(kind="person", user_id=shift.user_id)
            start = self._from_now(hours.start, hours.end)
            self.asking.fill(structs.replace(self.asking.whole, start=start, end=hours.end, scope=instead))

    async def look_up(self) -> None:
        """Who could stand in for the draft's hours; an answer that is late yields to a newer one."""
        asking, wanted = self.asking, self.id
        self.free, self.is_looking = None, False
        if not isinstance(asking, Draft) or wanted is None or asking.whole.start >= asking.whole.end:
            return
        self.is_looking, draft = True, asking.whole
        query = [("start", draft.start.isoformat()), ("end", draft.end.isoformat())]
        query += [("user_id", draft.scope.user_id)] if draft.scope.user_id is not None else []
        path = routes.SCHEDULE_OVERRIDE_CANDIDATES.format(schedule_id=wanted)
        found = await self.read(self._client.read(path, Page[CoverCandidate], query), fail=lambda _error: None)
        now = self.asking.whole if isinstance(self.asking, Draft) else None
        if now is not None and (now.start, now.end, now.scope) == (draft.start, draft.end, draft.scope):
            self.free, self.is_looking = tuple(found.items) if found is not None else None, False
            self._propose(now)

    def _propose(self, draft: OverrideInput) -> None:
        """In somebody's place the best of those who are free; who is put beside others is chosen by hand."""
        if draft.scope.user_id is not None and not draft.user_id and self.free and isinstance(self.asking, Draft):
            self.asking.fill(structs.replace(draft, user_id=self.free[0].user.id))

    async def make(self) -> None:
        """Send it; the same one twice makes one."""
        asking, wanted = self.asking, self.id
        if not isinstance(asking, Draft) or not asking.whole.user_id or wanted is None:
            return
        body = structs.replace(asking.whole, reason=asking.whole.reason.strip())
        path = routes.SCHEDULE_OVERRIDES.format(schedule_id=wanted)
        made: list[OverrideMade] = []

        async def send() -> None:
            key = self._keys.of(body)
            made.append(await self._client.write("POST", path, body, answer=OverrideMade, key=key))

        if await self._carry_out(send) and wanted == self.id:
            shown = msgspec.convert(msgspec.to_builtins(made), tuple[Override, ...])
            self.overrides = (*shown, *(self.overrides or ()))
            self.made(wanted, made[0])
            await self._settled(None)

    async def cancel(self) -> None:
        """End the override that is asked about."""
        override, wanted = self.asking, self.id
        if not isinstance(override, Override) or wanted is None:
            return
        path = routes.SCHEDULE_OVERRIDE.format(schedule_id=wanted, override_id=override.id)

        async def send() -> None:
            await self._client.write("DELETE", path, answer=dict[str, object])

        if await self._carry_out(send) and wanted == self.id:
            await self._settled("override.cancelled")

    async def _carry_out(self, act: Callable[[], Awaitable[None]]) -> bool:
        self.refused, self.busy = None, True
        try:
            done = await self.attempt(act)
        finally:
            self.busy = False
        if not done:
            self.refused, self.error = self.error, None
        return done

    async def take_back(self, schedule_id: str, override_id: str) -> None:
        """End an override that was just made; raises ApiError and Unreachable."""
        path = routes.SCHEDULE_OVERRIDE.format(schedule_id=schedule_id, override_id=override_id)
        await self._client.write("DELETE", path, answer=dict[str, object])

    async def _settled(self, key: str | None) -> None:
        self.ask(None)
        if key is not None:
            self.told(key)
        self._rotas.touch()
        await asyncio.gather(self._rotas.load(), self.load())

    async def clear(self) -> None:
        """Look at calendars as everybody does at first: another person may sign in."""
        self.chosen = Chosen()
        await self._copies.drop()

    def forget(self) -> None:
        """Close it."""
        self._turn += 1
        self.id, self.overrides, self.day, self.people = None, None, None, {}
        self.error, self.refused, self.asking, self.shows_past = None, None, None, False
        self.free, self.is_looking = None, False
        self._drawn, self._ahead, self._named = None, None, None
