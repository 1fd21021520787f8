"""The audit trail: who changed what, narrowed and read page by page."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.audit import AuditEntry
from shared.wire.lists import Page

PAGE: Final = "50"
PAUSE_S: Final = 0.25


@dataclass(frozen=True, kw_only=True)
class TrailFilter:
    """What the trail is narrowed to."""

    text: str = ""
    kind: str | None = None
    actor: str | None = None
    since_days: int | None = None
    sessions: bool = False


class Trail(State):
    """`entries` is None until the first answer; `opened` is the entry of which more is told."""

    def __init__(
        self, client: Client, *, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        super().__init__(client)
        self._sleep, self._now = sleep, now
        self.filter = TrailFilter()
        self.entries: tuple[AuditEntry, ...] | None = None
        self.cursor: str | None = None
        self.opened: str | None = None

    async def load(self) -> None:
        """Read its beginning anew."""
        self._turn += 1
        turn = self._turn
        page = await self._page(None)
        if page is not None and turn == self._turn:
            self.entries, self.cursor, self.error = tuple(page.items), page.next_cursor, None

    def open(self, ident: str) -> None:
        """Tell more of this one; of the same again, no more."""
        self.opened = None if self.opened == ident else ident

    async def more(self) -> None:
        """Read on."""
        if self.cursor is None:
            return
        turn, cursor = self._turn, self.cursor
        page = await self._page(cursor)
        if page is not None and turn == self._turn and cursor == self.cursor:
            self.entries, self.cursor = (*(self.entries or ()), *page.items), page.next_cursor

    async def narrow(self, chosen: TrailFilter) -> None:
        """Change what is looked for; typing is waited for."""
        typed = chosen.text != self.filter.text
        self.filter = chosen
        self._turn += 1
        turn = self._turn
        if typed:
            await self._sleep(PAUSE_S)
        if turn == self._turn:
            await self.load()

    async def _page(self, cursor: str | None) -> Page[AuditEntry] | None:
        narrowed = (("q", self.filter.text.strip()), ("object_kind", self.filter.kind), ("actor_id", self.filter.actor))
        query = [("limit", PAGE), *((name, value) for name, value in narrowed if value)]
        query += [] if self.filter.sessions else [("sessions", "false")]
        if self.filter.since_days is not None:
            query.append(("from", (self._now() - timedelta(days=self.filter.since_days)).isoformat()))
        query += [("cursor", cursor)] if cursor else []
        return await self.read(self._client.read(routes.AUDIT, Page[AuditEntry], query))

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self.filter, self.entries, self.cursor, self.error = TrailFilter(), None, None, None
        self.opened = None
