"""One status page that is open: its components and their uptime, its events, templates, rules and proposals."""

import asyncio
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from phone.base.api.client import Client
from phone.base.state import State
from phone.status.rights import may_publish
from shared.domain.status.events import Impact
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import Me
from shared.wire.status_pages import (
    Component,
    Components,
    Group,
    StatusEvent,
    StatusPage,
    StatusTemplate,
    StatusUptime,
)
from shared.wire.status_publishing import StatusProposal, StatusRule

MOST: Final = "30"
"""Events at a time."""


class PageParts(Struct, frozen=True, kw_only=True):
    """What a page is made of, as it is now."""

    page: StatusPage
    groups: tuple[Group, ...]
    templates: tuple[StatusTemplate, ...]

    @property
    def components(self) -> tuple[Component, ...]:
        """All of them, in their order."""
        return tuple(each for group in self.groups for each in group.components)

    def component(self, ident: str) -> Component | None:
        """One of them; one that was taken off the page is none."""
        return next((each for each in self.components if each.id == ident), None)


async def read_parts(client: Client, page_id: str) -> PageParts:
    """What is chosen from when something is published there; raises ApiError and Unreachable."""
    page, components, templates = await asyncio.gather(
        client.read(routes.STATUS_PAGE.format(status_page_id=page_id), StatusPage),
        client.read(routes.STATUS_COMPONENTS.format(status_page_id=page_id), Components),
        client.read_all(routes.STATUS_TEMPLATES.format(status_page_id=page_id), StatusTemplate),
    )
    return PageParts(page=page, groups=components.groups, templates=tuple(templates))


class OpenPage(State):
    """Empty until `show`; `parts` is None until they are known."""

    def __init__(self, client: Client, *, me: Callable[[], Me | None]) -> None:
        super().__init__(client)
        self._me = me
        self.id: str | None = None
        self._empty()

    def _empty(self) -> None:
        self.parts: PageParts | None = None
        self.events: tuple[StatusEvent, ...] = ()
        self.next_events: str | None = None
        self.uptime: dict[str, str | None] = {}
        self.rules: tuple[StatusRule, ...] = ()
        self.proposals: tuple[StatusProposal, ...] = ()
        self.error = None

    @property
    def is_publisher(self) -> bool:
        """Whether the reader may publish on it."""
        return self.parts is not None and may_publish(self._me(), self.parts.page)

    async def show(self, page_id: str) -> None:
        """Open this page; what only publishers may read is read for them."""
        if self.id != page_id:
            self.forget()
            self.id = page_id
        turn = self._turn
        found = await self.read(
            asyncio.gather(
                read_parts(self._client, page_id),
                self._events(page_id),
                self._client.read(routes.STATUS_UPTIME.format(status_page_id=page_id), StatusUptime),
                self._client.read_all(routes.STATUS_RULES.format(status_page_id=page_id), StatusRule),
            )
        )
        if found is None or turn != self._turn:
            return
        self.parts, events, uptime, rules = found
        self.events, self.next_events = tuple(events.items), events.next_cursor
        self.uptime = {each.uptime.id: each.uptime.percent for each in uptime.components}
        self.rules, self.error = tuple(rules), None
        if self.is_publisher:
            await self._load_proposals(page_id)

    def _events(self, page_id: str, cursor: str | None = None) -> asyncio.Future[Page[StatusEvent]]:
        path = routes.STATUS_EVENTS.format(status_page_id=page_id)
        query = [("limit", MOST), *([("cursor", cursor)] if cursor else [])]
        return asyncio.ensure_future(self._client.read(path, Page[StatusEvent], query))

    async def _load_proposals(self, page_id: str) -> None:
        turn = self._turn
        path = routes.STATUS_PROPOSALS.format(status_page_id=page_id)
        found = await self.read(self._client.read(path, Page[StatusProposal]))
        if found is not None and turn == self._turn:
            self.proposals = tuple(found.items)

    async def more(self) -> None:
        """Earlier events."""
        if self.id is None or self.next_events is None:
            return
        turn = self._turn
        found = await self.read(self._events(self.id, self.next_events))
        if found is not None and turn == self._turn:
            known = {each.id for each in self.events}
            self.events = (*self.events, *(each for each in found.items if each.id not in known))
            self.next_events = found.next_cursor

    def impact_of(self, component_id: str) -> Impact:
        """What a component is now."""
        found = self.parts.component(component_id) if self.parts is not None else None
        return found.impact if found is not None else "operational"

    def forget(self) -> None:
        """Close it."""
        self._turn += 1
        self.id = None
        self._empty()
