"""Countries whose holidays are known, and the days of a service calendar, year by year."""

from collections.abc import Awaitable, Callable
from datetime import date
from types import MappingProxyType

import flet as ft

from phone.api.client import Client
from phone.api.errors import ApiError, SignedOut, Unreachable
from phone.console.service_calendars import by_date
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.service_calendars import CalendarDay, HolidayCountry

NO_DAYS: MappingProxyType[date, CalendarDay] = MappingProxyType({})


class Holidays(ft.Observable):
    """`countries` is None until they were read; `days` are those of `ident` at revision `rev`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn = 0
        self._years: frozenset[int] = frozenset()
        self.ident, self.rev = "", 0
        self.days = NO_DAYS
        self.countries: tuple[HolidayCountry, ...] | None = None
        self.error: Exception | None = None
        self.reached: Callable[[bool], None] = lambda _online: None
        self.signed_out: Callable[[], None] = lambda: None

    async def need_countries(self) -> None:
        """Read them once."""
        if self.countries is not None:
            return

        async def read() -> None:
            page = await self._client.read(routes.HOLIDAY_COUNTRIES, Page[HolidayCountry])
            self.countries = tuple(sorted(page.items, key=lambda each: each.name))

        await self._try(read)

    async def need(self, ident: str, rev: int, year: int) -> None:
        """The days of a year of a calendar, as it is saved now."""
        if (ident, rev) != (self.ident, self.rev):
            self._turn += 1
            self.ident, self.rev, self.days, self._years = ident, rev, NO_DAYS, frozenset()
        if year in self._years:
            return
        turn, self._years = self._turn, self._years | {year}

        async def read() -> None:
            path = routes.SERVICE_CALENDAR_DAYS.format(calendar_id=ident)
            window = [("from", date(year, 1, 1).isoformat()), ("to", date(year, 12, 31).isoformat())]
            page = await self._client.read(path, Page[CalendarDay], window)
            if turn == self._turn:
                self.days = MappingProxyType({**self.days, **by_date(page.items)})

        if not await self._try(read) and turn == self._turn:
            self._years -= {year}

    async def _try(self, act: Callable[[], Awaitable[None]]) -> bool:
        self.error = None
        try:
            await act()
        except SignedOut:
            self.signed_out()
        except (Unreachable, ApiError) as error:
            self.error = error
            self.reached(not isinstance(error, Unreachable))
        else:
            self.reached(True)
            return True
        return False

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self.ident, self.rev, self.days, self._years = "", 0, NO_DAYS, frozenset()
        self.countries, self.error = None, None
