"""Countries whose holidays are known, and the days of a service calendar, year by year."""

from datetime import date
from types import MappingProxyType

from phone.base.api.client import Client
from phone.base.state import State
from phone.console.service_calendars.kind import by_date
from shared.domain.on_call.workdays import Day
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.service_calendars import CalendarDays, HolidayCountry

NO_DAYS: MappingProxyType[date, Day] = MappingProxyType({})


class Holidays(State):
    """`countries` is None until they were read; `days` are those of `ident` at revision `rev`."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._years: frozenset[int] = frozenset()
        self.ident, self.rev = "", 0
        self.days = NO_DAYS
        self.countries: tuple[HolidayCountry, ...] | None = None

    async def need_countries(self) -> None:
        """Read them once."""
        if self.countries is not None:
            return
        page = await self.read(self._client.read(routes.HOLIDAY_COUNTRIES, Page[HolidayCountry]))
        if page is not None:
            self.countries, self.error = tuple(sorted(page.items, key=lambda each: each.name)), None

    async def need(self, ident: str, rev: int, year: int) -> None:
        """The days of a year of a calendar, as it is saved now."""
        if (ident, rev) != (self.ident, self.rev):
            self._turn += 1
            self.ident, self.rev, self.days, self._years = ident, rev, NO_DAYS, frozenset()
        if year in self._years:
            return
        turn, self._years = self._turn, self._years | {year}

        path = routes.SERVICE_CALENDAR_DAYS.format(calendar_id=ident)
        window = [("from", date(year, 1, 1).isoformat()), ("to", date(year + 1, 1, 1).isoformat())]
        page = await self.read(self._client.read(path, CalendarDays, window))
        if turn != self._turn:
            return
        if page is None:
            self._years -= {year}
        else:
            self.days, self.error = MappingProxyType({**self.days, **by_date(page.items)}), None

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self.ident, self.rev, self.days, self._years = "", 0, NO_DAYS, frozenset()
        self.countries, self.error = None, None
