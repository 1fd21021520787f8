"""The schedules of one team, side by side: which team, which weeks, what is being dragged across them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, cast, get_args

from msgspec import Struct, structs

from phone.base.api.client import Client
from phone.base.copies import Copies
from phone.base.device.clock import Clock
from phone.base.device.store import Store
from phone.base.state import State
from phone.base.weeks import View, first_day
from phone.rotas.order import NO_TEAM, in_order, teams_of
from phone.rotas.picture import Naming, Picture, moved, picture
from phone.rotas.store import Rotas
from shared.domain.on_call.burden import Burden, burdens
from shared.domain.on_call.schedules import Gap, gaps
from shared.domain.time import is_zone_name, zone
from shared.wire.lists import Ref
from shared.wire.schedules import ScheduleRota

KEPT_AS: Final = "lanes"
AHEAD: Final = timedelta(days=30)
BACK: Final = timedelta(days=28)
"""Overrides of longer ago are in no rota: each schedule's own calendar asks for them."""


class LanesChosen(Struct, frozen=True, kw_only=True):
    """What the reader looked at last, on this device."""

    team_id: str | None = None
    view: View = "two_weeks"


class Dragged(NamedTuple):
    """Days of a lane that a finger or a pointer has gone over, from where it began to where it is."""

    schedule_id: str
    lane: str
    begun: date
    reached: date

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last."""
        return min(self.begun, self.reached), max(self.begun, self.reached)


class Coming(NamedTuple):
    """Where nobody is on call on one of the schedules."""

    item: ScheduleRota
    gap: Gap


class TeamLanes(State):
    """Worked out on the device from the rotas, in the reader's zone; `own` are the reader's teams."""

    def __init__(
        self,
        client: Client,
        rotas: Rotas,
        preferences: Store,
        clock: Clock,
        *,
        own: Callable[[], list[Ref]],
        me: Callable[[], str],
    ) -> None:
        super().__init__(client)
        self._rotas = rotas
        self._copies = Copies[LanesChosen](preferences, KEPT_AS, LanesChosen)
        self._clock = clock
        self._own, self._me = own, me
        self._drawn: tuple[object, list[tuple[ScheduleRota, Picture]]] | None = None
        self._coming: tuple[object, list[Coming]] | None = None
        self.my_zone_name = "UTC"
        self.chosen = LanesChosen()
        self.day: date | None = None
        self.dragged: Dragged | None = None

    @property
    def teams(self) -> list[Ref]:
        """Those that have schedules: first the reader's own on whose schedules they are, then the others of theirs."""
        return teams_of(self._rotas.items or (), self._own(), self._me())

    @property
    def team(self) -> Ref | None:
        """The one that is shown; None where there is no schedule at all."""
        teams = self.teams
        return next((team for team in teams if team.id == self.chosen.team_id), teams[0] if teams else None)

    @property
    def items(self) -> list[ScheduleRota]:
        """The team's schedules, those of the primary role first, then by name."""
        team = self.team
        found = [each for each in self._rotas.items or () if (each.team or NO_TEAM) == team]
        return in_order(found)

    @property
    def zone_name(self) -> str:
        """The reader's."""
        return self.my_zone_name if is_zone_name(self.my_zone_name) else "UTC"

    @property
    def shown(self) -> date:
        """The day around which the grid stands."""
        return self.day or zone(self.zone_name).today(self._clock.now())

    def draw(self, naming: Callable[[ScheduleRota], Naming]) -> list[tuple[ScheduleRota, Picture]]:
        """Each schedule with its picture; worked out once for each change of what they are made of."""
        items = self.items
        key = (items, self.shown, self.zone_name, self.chosen.view, [naming(each) for each in items])
        if self._drawn is None or self._drawn[0] != key:
            drawn = [
                picture(
                    each.rota,
                    view=self.chosen.view,
                    day=self.shown,
                    zone_name=self.zone_name,
                    by_layer=False,
                    naming=naming(each),
                )
                for each in items
            ]
            self._drawn = key, list(zip(items, drawn, strict=True))
        return self._drawn[1]

    @property
    def carried(self) -> list[Burden]:
        """What each person has on call in what is shown, over all of the team's schedules."""
        if self._drawn is None or not self._drawn[1]:
            return []
        drawn = [picture for _, picture in self._drawn[1]]
        zones = {user_id: name for each in self.items for user_id, name in each.zones.items() if is_zone_name(name)}
        found = [shift for each in drawn for lane in each.lanes for row in lane.rows for shift in row]
        start, end = drawn[0].start, drawn[0].end
        theirs = {shift.user_id: zones.get(shift.user_id, self.zone_name) for shift in found}
        return burdens(found, theirs, start, end)

    @property
    def coming(self) -> list[Coming]:
        """Where nobody will be on call in the next 30 days, the first one first; worked out once an hour."""
        now, items = self._clock.now(), self.items
        key = (items, now.replace(minute=0, second=0, microsecond=0))
        if self._coming is None or self._coming[0] != key:
            found = [Coming(each, gap) for each in items for gap in gaps(each.rota, now, now + AHEAD)]
            self._coming = key, sorted(found, key=lambda each: (each.gap.start, each.item.schedule.name))
        return [each for each in self._coming[1] if each.gap.end > now]

    async def restore(self) -> None:
        """Take up what was looked at last."""
        self.chosen = await self._copies.read() or self.chosen

    async def choose_team(self, team_id: str | None) -> None:
        """Look at this team here, and next time."""
        await self._choose(structs.replace(self.chosen, team_id=team_id))

    async def choose_view(self, view: str) -> None:
        """Week, two weeks or month."""
        if view in get_args(View):
            await self._choose(structs.replace(self.chosen, view=cast(View, view)))

    async def _choose(self, chosen: LanesChosen) -> None:
        self.chosen = chosen
        await self._copies.keep(chosen)

    @property
    def may_go_back(self) -> bool:
        """Whether the device knows all of the weeks before."""
        first = first_day(self.chosen.view, moved(self.chosen.view, self.shown, -1))
        return first >= zone(self.zone_name).today(self._clock.now()) - BACK

    def move(self, by: int) -> None:
        """To the weeks before or after."""
        if by > 0 or self.may_go_back:
            self.day = moved(self.chosen.view, self.shown, by)

    def go_to_today(self) -> None:
        """Back to where time is."""
        self.day = None

    def drag(self, schedule_id: str, lane: str, day: date) -> None:
        """Begin at a day."""
        self.dragged = Dragged(schedule_id, lane, day, day)

    def drag_to(self, day: date) -> None:
        """Go on to another day; nothing is drawn anew within the same."""
        if self.dragged is not None and self.dragged.reached != day:
            self.dragged = self.dragged._replace(reached=day)

    def let_go(self) -> tuple[Dragged, datetime, datetime] | None:
        """What was gone over, and its hours from now on; None where all of it is over."""
        dragged, self.dragged = self.dragged, None
        if dragged is None:
            return None
        first, last = (zone(self.zone_name).day(day) for day in dragged.days)
        start, end = max(first[0], self._minute()), last[1]
        return (dragged, start, end) if start < end else None

    def _minute(self) -> datetime:
        return self._clock.now().replace(second=0, microsecond=0)

    def forget(self) -> None:
        """Nothing is open any more."""
        self.day, self.dragged = None, None
        self._drawn, self._coming = None, None
