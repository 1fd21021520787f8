"""Every status page that the reader sees, what is open on it and what waits for approval; kept for a look offline."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from phone.base.api.client import Client
from phone.base.copies import Copies
from phone.base.device.store import Store
from phone.base.freshened import Freshened
from phone.status.rights import may_publish
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import Me
from shared.wire.status_pages import StatusEvent, StatusPage
from shared.wire.status_publishing import StatusProposal

KEPT_AS: Final = "status_pages"
FRESH_FOR: Final = timedelta(minutes=1)


class PageNow(Struct, frozen=True, kw_only=True):
    """A page, its events that are not over, and what rules ask the reader to approve on it."""

    page: StatusPage
    open: tuple[StatusEvent, ...]
    asked: tuple[StatusProposal, ...] = ()


class KeptBoard(Struct, frozen=True, kw_only=True):
    """The last copy, and when it was made."""

    items: list[PageNow]
    read_at: datetime


class StatusBoard(Freshened[list[PageNow]]):
    """`items` is None until they are known, by name."""

    def __init__(
        self, client: Client, kept: Store, *, now: Callable[[], datetime], me: Callable[[], Me | None]
    ) -> None:
        super().__init__(client, now=now, fresh_for=FRESH_FOR)
        self._copies = Copies[KeptBoard](kept, KEPT_AS, KeptBoard)
        self._me = me
        self.items: tuple[PageNow, ...] | None = None

    @property
    def publishable(self) -> tuple[StatusPage, ...]:
        """Those on which the reader may publish."""
        return tuple(each.page for each in self.items or () if may_publish(self._me(), each.page))

    @property
    def waiting(self) -> int:
        """How many proposals wait for somebody who may publish there."""
        return sum(len(each.asked) for each in self.items or ())

    def find(self, page_id: str) -> StatusPage | None:
        """One of them."""
        return next((each.page for each in self.items or () if each.page.id == page_id), None)

    def beside(self, opened: str | None) -> str | None:
        """The page beside the list: what is open stays so, else the first where something goes on, or the first."""
        pages = [each.page.id for each in sorted(self.items or (), key=lambda each: not each.open)]
        ident = opened if opened in pages else next(iter(pages), None)
        return f"/status-pages/{ident}" if ident is not None else None

    async def restore(self) -> None:
        """Take up the last copy until the server answers."""
        kept = await self._copies.read()
        if kept is not None and self.items is None:
            self.items, self.read_at = tuple(kept.items), kept.read_at

    async def _fetch(self) -> list[PageNow] | None:
        return await self.read(self._all())

    async def _all(self) -> list[PageNow]:
        pages = await self._client.read_all(routes.STATUS_PAGES, StatusPage)
        return list(await asyncio.gather(*(self._now_on(page) for page in pages)))

    async def _now_on(self, page: StatusPage) -> PageNow:
        events = self._client.read(
            routes.STATUS_EVENTS.format(status_page_id=page.id),
            Page[StatusEvent],
            [("is_open", "true"), ("limit", "200")],
        )
        if not may_publish(self._me(), page):
            return PageNow(page=page, open=tuple((await events).items))
        proposals = self._client.read(routes.STATUS_PROPOSALS.format(status_page_id=page.id), Page[StatusProposal])
        found, asked = await asyncio.gather(events, proposals)
        return PageNow(
            page=page,
            open=tuple(found.items),
            asked=tuple(each for each in asked.items if each.state == "asked"),
        )

    async def _take(self, found: list[PageNow], read_at: datetime) -> None:
        self.read_at, self.items = read_at, tuple(found)
        await self._copies.keep(KeptBoard(items=found, read_at=read_at))

    async def clear(self) -> None:
        """Drop what the device kept, too."""
        await self._copies.drop()

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        super().forget()
        self.items = None
