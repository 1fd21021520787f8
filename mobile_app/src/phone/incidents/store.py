"""The list of incidents: segment, filter, pages, and what waits for the reader."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from phone.base.api.client import Client
from phone.base.copies import Copies
from phone.base.device.store import Store
from phone.base.paging import read_as_many
from phone.base.state import State
from shared.wire.incidents import Incident, IncidentCounts, IncidentFilter, IncidentItem, Scope, Severity
from shared.wire.incidents import State as IncidentState
from shared.wire.lists import Page
from shared.wire.on_call import MyOnCall

OPEN: Final[tuple[IncidentState, ...]] = ("triggered", "acknowledged")
PAGE: Final = 50
KEPT_AS: Final = "incidents"

Status = Literal["loading", "ready", "failed"]


class Filter(Struct, frozen=True, kw_only=True):
    """What the list leaves out; without a severity, all of them."""

    states: tuple[IncidentState, ...] = OPEN
    severities: tuple[Severity, ...] = ()
    service_ids: tuple[str, ...] = ()
    team_ids: tuple[str, ...] = ()
    since: datetime | None = None
    text: str = ""

    @property
    def count(self) -> int:
        """How many parts differ from the plain list."""
        parts = (self.severities, self.service_ids, self.team_ids, self.since, self.text)
        return (self.states != OPEN) + sum(bool(part) for part in parts)

    def query(self, scope: Scope) -> IncidentFilter:
        """As it is saved."""
        return IncidentFilter(
            scope=scope,
            state=self.states,
            severity=self.severities,
            service_id=self.service_ids,
            team_id=self.team_ids,
            since=self.since,
            q=self.text,
        )

    @classmethod
    def of(cls, query: IncidentFilter) -> "Filter":
        """What a saved one shows here; what this list has no field for is left out."""
        return cls(
            states=query.state or OPEN,
            severities=query.severity,
            service_ids=query.service_id,
            team_ids=query.team_id,
            since=query.since,
            text=query.q,
        )


class Kept(Struct, frozen=True, kw_only=True):
    """The last list, for a start without a network."""

    items: list[IncidentItem]
    waiting: list[IncidentItem]
    counts: IncidentCounts | None
    mine: MyOnCall | None
    read_at: datetime


async def _nobody(_: Scope) -> None:
    """Nobody remembers what was chosen."""


class Incidents(State):
    """`waiting` is the card's, whatever the list shows."""

    def __init__(self, client: Client, preferences: Store, *, now: Callable[[], datetime]) -> None:
        super().__init__(client)
        self._copies = Copies[Kept](preferences, KEPT_AS, Kept)
        self._now = now
        self.read_at: datetime | None = None
        self.scope: Scope = "teams"
        self.filter = Filter()
        self.status: Status = "loading"
        self.items: tuple[IncidentItem, ...] = ()
        self.cursor: str | None = None
        self._asked_for = 0
        self.waiting: tuple[IncidentItem, ...] = ()
        self.counts: IncidentCounts | None = None
        self.shares: IncidentCounts | None = None
        self.mine: MyOnCall | None = None
        self.busy = False
        self.swiped = False
        self.counted: Callable[[int], None] = lambda _waiting: None
        self.chose: Callable[[Scope], Awaitable[None]] = _nobody

    @property
    def groups(self) -> tuple[tuple[IncidentItem, ...], tuple[IncidentItem, ...]]:
        """What waits for the reader, and the rest."""
        mine = tuple(item for item in self.items if item.waits_for_me)
        return mine, tuple(item for item in self.items if not item.waits_for_me)

    def beside(self, opened: str | None) -> str | None:
        """The address of what is open beside the list: what is open stays so, else it is the first; None if empty."""
        waiting, rest = self.groups
        shown = [each.id for each in (*waiting, *rest)]
        ident = opened if opened in shown else next(iter(shown), None)
        return f"/incidents/{ident}" if ident is not None else None

    async def restore(self) -> None:
        """Show the list of the last run until the server answers."""
        kept = await self._copies.read()
        if kept is None or self.status == "ready":
            return
        self.items, self.waiting = tuple(kept.items), tuple(kept.waiting)
        self.counts, self.mine, self.read_at = kept.counts, kept.mine, kept.read_at

    async def load(self) -> None:
        """Read list, counts, card and my watches anew; an answer that is late yields to a newer one."""
        self._turn += 1
        turn = self._turn
        self.busy = True
        try:
            found = await self.read(
                asyncio.gather(
                    read_as_many(self._page, as_many_as=max(len(self.items), self._asked_for)),
                    self._client.incidents(scope="mine", states=("triggered",)),
                    self._client.incident_counts(),
                    self._client.my_on_call(),
                )
            )
            if turn != self._turn:
                return
            if found is None:
                self.status = "ready" if self.items else "failed"
            else:
                self._take(*found)
                await self._keep()
        finally:
            if turn == self._turn:
                self.busy = False

    def _take(
        self, page: Page[IncidentItem], waiting: Page[IncidentItem], counts: IncidentCounts, mine: MyOnCall
    ) -> None:
        self.items, self.cursor, self._asked_for = tuple(page.items), page.next_cursor, 0
        self.waiting = tuple(item for item in waiting.items if item.waits_for_me)
        self.counts, self.mine, self.error, self.status = counts, mine, None, "ready"
        self.read_at = self._now()
        self.counted(counts.waiting_for_me)

    async def more(self) -> None:
        """Read the next page; whoever reads the list anew meanwhile brings it too."""
        if self.cursor is None:
            return
        self._asked_for = len(self.items) + 1
        if self.busy:
            await self.load()
            return
        turn, self.busy = self._turn, True
        try:
            page = await self.read(self._page(self.cursor))
            if page is not None and turn == self._turn:
                known = {item.id for item in self.items}
                self.items = (*self.items, *(item for item in page.items if item.id not in known))
                self.cursor = page.next_cursor
        finally:
            if turn == self._turn:
                self.busy = False

    async def show(self, scope: Scope) -> None:
        """Change the segment."""
        if scope != self.scope:
            self.scope = scope
            await asyncio.gather(self.chose(scope), self._anew())

    async def narrow(self, chosen: Filter, *, scope: Scope | None = None) -> None:
        """Change the filter, and the segment with it."""
        if (chosen, scope or self.scope) != (self.filter, self.scope):
            self.filter, self.scope = chosen, scope or self.scope
            await self._anew()

    async def share(self) -> None:
        """Count the segment's incidents by state and severity; an old count stays when it can't be read."""
        found = await self.read(self._client.incident_counts(scope=self.scope))
        if found is not None:
            self.shares = found

    def put(self, incident: Incident) -> None:
        """Take an incident that a verb answered: rows change at once, the list is read again soon."""
        item = IncidentItem(**{name: getattr(incident, name) for name in IncidentItem.__struct_fields__})
        self.items = tuple(item if old.id == item.id else old for old in self.items)
        others = tuple(old for old in self.waiting if old.id != item.id)
        self.waiting = (item, *others) if item.waits_for_me else others

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self.items, self.waiting, self.cursor, self.counts, self.mine = (), (), None, None, None
        self.scope, self.filter, self.status, self.error = "teams", Filter(), "loading", None
        self.read_at, self._asked_for = None, 0
        self.counted(0)

    async def clear(self) -> None:
        """Drop what the device kept, too."""
        await self._copies.drop()

    async def _anew(self) -> None:
        self.status, self.items, self.cursor, self._asked_for = "loading", (), None, 0
        await self.load()

    async def _page(self, cursor: str | None = None) -> Page[IncidentItem]:
        return await self._client.incidents(
            scope=self.scope,
            states=self.filter.states,
            severities=self.filter.severities,
            service_ids=self.filter.service_ids,
            team_ids=self.filter.team_ids,
            since=self.filter.since,
            text=self.filter.text,
            limit=PAGE,
            cursor=cursor,
        )

    async def _keep(self) -> None:
        if self.filter == Filter() and self.read_at is not None:
            kept = Kept(
                items=list(self.items[:PAGE]),
                waiting=list(self.waiting),
                counts=self.counts,
                mine=self.mine,
                read_at=self.read_at,
            )
            await self._copies.keep(kept)
