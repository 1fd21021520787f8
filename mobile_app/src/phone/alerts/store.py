"""Everything that was ever received: alerts that are searched, events byte for byte."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct

from phone.base.api.client import Client
from phone.base.paging import read_as_many
from phone.base.state import State
from shared.wire import routes
from shared.wire.alerts import AlertDetail, FoundAlert, Outcome
from shared.wire.events import EventDetail, EventState, ReceivedEvent
from shared.wire.incidents import Alert, Severity
from shared.wire.lists import Page

Row = TypeVar("Row")
Detail = TypeVar("Detail")
TYPED_FOR_S: Final = 0.3
Query = list[tuple[str, str]]


class Wanted(Struct, frozen=True, kw_only=True):
    """What a search narrows by; a label is `name=value`."""

    text: str = ""
    outcomes: tuple[Outcome, ...] = ()
    severities: tuple[Severity, ...] = ()
    service_ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    since: datetime | None = None
    only_open: bool = False

    @property
    def count(self) -> int:
        """How many parts of the filter sheet are set."""
        return sum(bool(part) for part in (self.service_ids, self.sources, self.labels, self.since, self.only_open))

    def query(self) -> Query:
        """As the server takes it."""
        query: Query = [("q", self.text)] if self.text else []
        query += [("outcome", each) for each in self.outcomes]
        query += [("severity", each) for each in self.severities]
        query += [("service_id", each) for each in self.service_ids]
        query += [("source", each) for each in self.sources]
        query += [("label", each) for each in self.labels]
        query += [("from", self.since.isoformat())] if self.since else []
        return query + ([("open", "true")] if self.only_open else [])


class WantedEvents(Struct, frozen=True, kw_only=True):
    """Of events only state and time are searched."""

    states: tuple[EventState, ...] = ()
    since: datetime | None = None

    def query(self) -> Query:
        """As the server takes it."""
        query: Query = [("state", each) for each in self.states]
        return query + ([("from", self.since.isoformat())] if self.since else [])


class Archive(State, Generic[Row, Detail]):
    """A list that is narrowed and paged, and one of its items that is open; `items` is None until the first answer."""

    def __init__(
        self, client: Client, path: str, one: str, *, row: type[Row], detail: type[Detail], wanted: Any
    ) -> None:
        super().__init__(client)
        self.path, self._one = path, one
        self._row, self._detail = row, detail
        self._plain = wanted
        self._typing: asyncio.Task[None] | None = None
        self._sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        self.wanted = wanted
        self._answered = wanted
        self._asked_for = 0
        self.items: tuple[Row, ...] | None = None
        self.cursor: str | None = None
        self.busy = False
        self.open_id: str | None = None
        self.opened: Detail | None = None
        self.detail_error: Exception | None = None

    async def load(self) -> None:
        """Read anew what is shown; a late answer yields to a newer question."""
        self._turn += 1
        turn, wanted = self._turn, self.wanted
        rows = max(len(self.items or ()), self._asked_for) if wanted == self._answered else 0
        page = await self._read(read_as_many(self._page, as_many_as=rows))
        if page is not None and turn == self._turn:
            self.items, self.cursor, self._asked_for = tuple(page.items), page.next_cursor, 0
            self._answered = wanted

    async def more(self) -> None:
        """Read the next page; whoever reads the list anew meanwhile brings it too."""
        if self.cursor is None or self.wanted != self._answered:
            return
        self._asked_for = len(self.items or ()) + 1
        if self.busy:
            await self.load()
            return
        turn = self._turn
        page = await self._read(self._page(self.cursor))
        if page is not None and turn == self._turn:
            self.items, self.cursor = (*(self.items or ()), *page.items), page.next_cursor

    async def _page(self, cursor: str | None) -> Page[Row]:
        query = [("limit", "50"), *self.wanted.query(), *([("cursor", cursor)] if cursor else [])]
        form: Any = Page[self._row]
        page: Page[Row] = await self._client.read(self.path, form, query)
        return page

    async def _read(self, reading: Awaitable[Page[Row]]) -> Page[Row] | None:
        turn, self.busy, self.error = self._turn, True, None
        page = await self.read(reading)
        if turn == self._turn:
            self.busy = False
        return page

    async def narrow(self, wanted: Any) -> None:
        """Ask another question."""
        if wanted != self.wanted:
            self.wanted = wanted
            await self.load()

    def type(self, wanted: Any) -> None:
        """Ask once the typing rests."""
        self.wanted = wanted
        if self._typing is not None:
            self._typing.cancel()
        self._typing = asyncio.create_task(self._rested())

    async def _rested(self) -> None:
        await self._sleep(TYPED_FOR_S)
        await self.load()

    async def show(self, ident: str) -> None:
        """Open one."""
        if ident != self.open_id:
            self.open_id, self.opened = ident, None
        self.detail_error = None
        path = self._one.format(alert_id=ident, event_id=ident)
        found = await self.read(self._client.read(path, self._detail), fail=self._fail_one)
        if found is not None and ident == self.open_id:
            self.opened = found

    def _fail_one(self, error: Exception) -> None:
        self.detail_error = error

    def stop(self) -> None:
        """Ask nothing any more."""
        if self._typing is not None:
            self._typing.cancel()
            self._typing = None

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.stop()
        self._turn += 1
        self.wanted, self.items, self.cursor, self.error = self._plain, None, None, None
        self.open_id, self.opened, self.detail_error = None, None, None


def alert_archive(client: Client) -> Archive[FoundAlert, AlertDetail]:
    """Every alert."""
    return Archive(client, routes.ALERTS, routes.ALERT, row=FoundAlert, detail=AlertDetail, wanted=Wanted())


def incident_archive(client: Client) -> Archive[Alert, Alert]:
    """The alerts of one incident, by whose path they are read."""
    return Archive(client, "", "", row=Alert, detail=Alert, wanted=Wanted())


def event_archive(client: Client) -> Archive[ReceivedEvent, EventDetail]:
    """Every request of a monitoring system."""
    return Archive(client, routes.EVENTS, routes.EVENT, row=ReceivedEvent, detail=EventDetail, wanted=WantedEvents())
