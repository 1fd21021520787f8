"""My own shifts on every schedule, as a list of a range that begins today or as a month."""

from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

from msgspec import structs

from phone.base.api.client import Client
from phone.base.device.clock import Clock
from phone.base.device.store import Store
from phone.base.state import State
from phone.base.weeks import next_month
from phone.kit.month_grid import Month
from phone.rotas.store import Rotas
from phone.rotas.watches import my_shifts
from shared.domain.time import is_zone_name, localized, zone
from shared.wire.schedules import MyShift, MyShifts

Range = Literal["day", "four_days", "week", "two_weeks", "month"]
RANGES: Final[tuple[Range, ...]] = get_args(Range)
DAYS: Final[dict[Range, int]] = {"day": 1, "four_days": 4, "week": 7, "two_weeks": 14}
KEPT_AS: Final = "my_range"
VIEW_KEPT_AS: Final = "my_view"
View = Literal["list", "calendar"]
VIEWS: Final[tuple[View, ...]] = get_args(View)
BEYOND: Final = timedelta(days=45)
"""So far behind a range the end of its last shift is looked for."""


class MyShiftsOfRange(State):
    """Worked out once for each change of schedules, range and hour."""

    def __init__(self, client: Client, rotas: Rotas, preferences: Store, clock: Clock) -> None:
        super().__init__(client)
        self._rotas = rotas
        self._preferences = preferences
        self._clock = clock
        self._answer: tuple[object, MyShifts] | None = None
        self.range: Range = "two_weeks"
        self.view: View = "list"
        self.month: Month | None = None
        self.day: date | None = None

    async def restore(self) -> None:
        """Take up the last range."""
        kept = await self._preferences.get(KEPT_AS)
        if kept in RANGES:
            self.range = kept
        view = await self._preferences.get(VIEW_KEPT_AS)
        if view in VIEWS:
            self.view = view

    async def choose(self, chosen: str) -> None:
        """Look further ahead, or less far."""
        if chosen in RANGES:
            self.range = chosen
            await self._preferences.set(KEPT_AS, chosen)

    async def show_as(self, chosen: str) -> None:
        """As a list, or as a calendar."""
        if chosen in VIEWS:
            self.view = chosen
            await self._preferences.set(VIEW_KEPT_AS, chosen)

    def turn_to(self, month: Month) -> None:
        """Show another month."""
        self.month, self.day = month, None

    def pick(self, day: date) -> None:
        """Tell more of a day."""
        self.day = day

    def forget(self) -> None:
        """Look two weeks ahead again: another person may sign in."""
        self._answer, self.range, self.view = None, "two_weeks", "list"
        self.month, self.day = None, None

    async def clear(self) -> None:
        """Drop what the device kept, too."""
        await self._preferences.remove(KEPT_AS)
        await self._preferences.remove(VIEW_KEPT_AS)

    def window(self, zone_name: str) -> tuple[datetime, datetime]:
        """From the beginning of today, or the month that is shown."""
        clock = zone(zone_name if is_zone_name(zone_name) else "UTC")
        today = clock.today(self._clock.now())
        if self.view == "calendar":
            month = self.month or Month.of(today)
            return clock.day(month.first)[0], clock.day(month.last)[1]
        end = next_month(today) if self.range == "month" else today + timedelta(days=DAYS[self.range])
        return clock.day(today)[0], clock.day(end)[0]

    def answer(self, me: str, zone_name: str) -> MyShifts | None:
        """My shifts, with the real end of those that last longer than the range; None while no schedule is known."""
        rotas, held, now = self._rotas.items, self._rotas.held, self._clock.now()
        if rotas is None:
            return None
        start, end = self.window(zone_name)
        key = (rotas, held, me, start, end, now.replace(second=0, microsecond=0))
        if self._answer is None or self._answer[0] != key:
            found = my_shifts(rotas, me, start, end + BEYOND, held=held, now=now)
            begun = [each for each in found.items if each.shift.start < end]
            self._answer = key, structs.replace(found, items=begun)
        return self._answer[1]


def by_day(items: list[MyShift], start: datetime, zone_name: str) -> list[tuple[date, list[MyShift]]]:
    """Under the day on which each begins, those that run already under the first."""
    days: dict[date, list[MyShift]] = {}
    for item in items:
        began = localized(zone_name, max(item.shift.start, start)).date()
        days.setdefault(began, []).append(item)
    return sorted(days.items())
