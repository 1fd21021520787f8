"""The hand-over sheet: which of its sides is shown, and for which of my shifts it was opened."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Literal

from phone.base.api.client import Client
from phone.base.device.clock import Clock
from phone.base.state import State
from phone.hand_over.asking import AskingCover
from phone.hand_over.pager import Pager, taking
from phone.hand_over.taking_off import TakingOff
from phone.names.store import Names
from phone.rotas.on_call import OnCall
from phone.rotas.store import Rotas
from phone.rotas.watches import my_shifts
from shared.domain.time import is_zone_name, zone
from shared.wire.lists import Ref
from shared.wire.on_call import MyWatch
from shared.wire.schedules import MyShift

Side = Literal["off", "ask", "give", "take"]
AHEAD: Final = timedelta(days=60)
LONGEST_DEFAULT: Final = timedelta(days=7)


class HandOver(State):
    """`side` is None while the sheet is shut; `take` is a sheet of its own."""

    def __init__(
        self,
        client: Client,
        *,
        rotas: Rotas,
        on_call: OnCall,
        clock: Clock,
        names: Names,
        me: Callable[[], tuple[str, str]],
    ) -> None:
        super().__init__(client)
        self._rotas = rotas
        self._on_call = on_call
        self._clock = clock
        self.names = names
        self.off = TakingOff(client, now=clock.now, name=self._name)
        self.cover = AskingCover(client, now=clock.now, name=self._name)
        self.pager = Pager(client, now=clock.now, name=self._name)
        self._me = me
        self._begun: set[Side] = set()
        self.side: Side | None = None
        self.shift: MyShift | None = None
        self.watch: MyWatch | None = None

    def _name(self, user_id: str) -> str:
        return self.names.name("people", user_id)

    @property
    def shifts(self) -> list[MyShift]:
        """Mine from now on, in order."""
        now = self._clock.now()
        return my_shifts(self._rotas.items or (), self._me()[0], now, now + AHEAD, now=now).items

    def find(self, schedule_id: str, start: datetime, end: datetime) -> MyShift | None:
        """Mine of this schedule that touches these hours, uncut by any calendar's edge."""
        return next(
            (
                each
                for each in self.shifts
                if each.schedule.id == schedule_id and each.shift.start < end and start < each.shift.end
            ),
            None,
        )

    @property
    def watches(self) -> list[MyWatch]:
        """Mine that run, on schedules that I see: what is handed over is seen by both."""
        found = self._on_call.mine.watches if self._on_call.mine is not None else []
        return [each for each in found if self._rotas.find(each.schedule.id) is not None]

    async def open(self, side: Side, *, shift: MyShift | None = None, schedule_id: str | None = None) -> None:
        """Show this side; about a shift, or about my running watch of a schedule."""
        self._begun = set()
        self.shift = shift
        self.watch = next((each for each in self.watches if schedule_id in (None, each.schedule.id)), None)
        if shift is None and schedule_id is not None:
            self.shift = next((each for each in self.shifts if each.schedule.id == schedule_id), None)
        await self.turn(side)

    async def turn(self, side: str) -> None:
        """Another side of the same sheet, as it was left."""
        if side == "off":
            await self._time_off()
        elif side == "ask":
            await self._ask()
        elif side == "give":
            await self._give()

    async def _time_off(self) -> None:
        self.side = "off"
        if "off" not in self._begun:
            self._begun.add("off")
            self.off.begin(*self._default())
            await self.off.look_ahead()

    async def _ask(self) -> None:
        self.side = "ask"
        if "ask" not in self._begun:
            self._begun.add("ask")
            self.cover.begin(self.shift or next(iter(self.shifts), None))
            await self.cover.look_up()

    async def _give(self) -> None:
        self.side = "give"
        if "give" not in self._begun:
            self._begun.add("give")
            self.pager.begin(self.watch)
            await self.pager.look_up()

    def take(self, schedule_id: str, holder: Ref | None) -> None:
        """Ask before I take somebody's watch, or one that nobody has."""
        item = self._rotas.find(schedule_id)
        if item is not None:
            self.pager.take(taking(item, self._me()[0], holder, self._clock.now()))
            self.side = "take"

    def _default(self) -> tuple[datetime, datetime]:
        """Over the shift that was meant, else over my next one; without any, the whole of tomorrow."""
        now = self._clock.now()
        # What runs begins at the moment of the question, which the clock may have passed or not.
        ahead = [each.shift for each in self.shifts if each.shift.start > now and not each.shift.starts_before]
        meant = next((each for each in ahead if self.shift is not None and each == self.shift.shift), None)
        found = meant or next(iter(ahead), None)
        if found is not None:
            return found.start, min(found.end, found.start + LONGEST_DEFAULT)
        zone_name = self._me()[1]
        clock = zone(zone_name if is_zone_name(zone_name) else "UTC")
        return clock.day(clock.today(now) + timedelta(days=1))

    def forget(self) -> None:
        """Shut it: another person may sign in."""
        self.close()

    def close(self) -> None:
        """Shut it, and forget what was typed."""
        self.side, self.shift, self.watch = None, None, None
        self._begun = set()
        self.off.forget()
        self.cover.forget()
        self.pager.forget()
