"""What the reader publishes, edits and removes on status pages, on its way to the server."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from phone.base.api.client import Client
from phone.base.api.errors import ApiError
from phone.base.keys import Keys
from phone.base.state import State
from phone.status.open_page import PageParts, read_parts
from shared.wire import routes
from shared.wire.status_pages import StatusEvent, StatusEventChange, StatusEventInput, StatusUpdate, UpdateInput
from shared.wire.status_publishing import ProposalAnswer, PublishInput, StatusProposal

Answer = TypeVar("Answer")


class Sending(State):
    """One thing at a time; `refused` is what the last attempt met."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._keys = Keys()
        self.busy = False
        self.refused: Exception | None = None
        self.told: Callable[[str], None] = lambda _key: None
        self.changed: Callable[[], None] = lambda: None

    def calm(self) -> None:
        """Another sheet is opened: what the last one met is over."""
        self.refused = None

    async def _make(self, path: str, wanted: object, answer: type[Answer], *, told: str) -> Answer | None:
        writing = self._client.write("POST", path, wanted, answer=answer, key=self._keys.of(path, wanted))
        return await self._send(writing, path, wanted, told=told)

    async def _put(self, path: str, wanted: object, answer: type[Answer], rev: int, *, told: str) -> Answer | None:
        writing = self._client.write("PUT", path, wanted, answer=answer, rev=rev)
        return await self._send(writing, path, wanted, told=told)

    async def _remove(self, path: str, rev: int | None, *, told: str) -> bool:
        writing = self._client.write("DELETE", path, answer=dict[str, object], rev=rev)
        return await self._send(writing, path, None, told=told) is not None

    async def _send(self, writing: Awaitable[Answer], path: str, wanted: object, *, told: str) -> Answer | None:
        """None leaves the reason in `refused`; what was not answered may be sent again as it is."""
        turn, self.refused, self.busy = self._turn, None, True
        try:
            found = await self.read(writing, fail=self._refuse)
        finally:
            self.busy = False
        if turn != self._turn:
            return None
        if found is None:
            if isinstance(self.refused, ApiError):
                self._keys.drop(path, wanted)
            return None
        self._keys.drop(path, wanted)
        if told:
            self.told(told)
        self.changed()
        return found

    def _refuse(self, error: Exception) -> None:
        self.refused = error

    def forget(self) -> None:
        """Keep nothing: another person may sign in."""
        self._turn += 1
        self._keys.forget()
        self.busy, self.refused = False, None


class Publishing(Sending):
    """`parts` are those of the page that is published on."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.parts: PageParts | None = None

    async def choose_page(self, page_id: str) -> PageParts | None:
        """Read what there is to choose from on a page."""
        if self.parts is not None and self.parts.page.id == page_id:
            return self.parts
        turn = self._turn
        found = await self.read(read_parts(self._client, page_id), fail=self._refuse)
        if found is not None and turn == self._turn:
            self.parts = found
        return found

    async def publish(self, page_id: str, wanted: StatusEventInput) -> StatusEvent | None:
        """A new event."""
        path = routes.STATUS_EVENTS.format(status_page_id=page_id)
        return await self._make(path, wanted, StatusEvent, told="publish.done")

    async def publish_incident(self, incident_id: str, wanted: PublishInput) -> StatusEvent | None:
        """A new event that is about an incident of on call."""
        path = routes.INCIDENT_PUBLISH.format(incident_id=incident_id)
        return await self._make(path, wanted, StatusEvent, told="publish.done")

    async def update(self, page_id: str, event_id: str, wanted: UpdateInput) -> StatusEvent | None:
        """Say where an event stands."""
        path = routes.STATUS_UPDATES.format(status_page_id=page_id, status_event_id=event_id)
        return await self._make(path, wanted, StatusEvent, told="publish.update_done")

    async def edit_update(
        self, page_id: str, event: StatusEvent, update: StatusUpdate, wanted: UpdateInput
    ) -> StatusEvent | None:
        """Say otherwise what was said; what it said before stays in the event's history."""
        path = _path(page_id, event.id, update.id)
        return await self._put(path, wanted, StatusEvent, event.rev, told="publish.edited")

    async def remove_update(self, page_id: str, event: StatusEvent, update: StatusUpdate) -> bool:
        """Take back what was said."""
        path = _path(page_id, event.id, update.id)
        return await self._remove(path, event.rev, told="publish.update_removed")

    async def change(self, page_id: str, event: StatusEvent, wanted: StatusEventChange) -> StatusEvent | None:
        """Another title, other hours."""
        path = routes.STATUS_EVENT.format(status_page_id=page_id, status_event_id=event.id)
        return await self._put(path, wanted, StatusEvent, event.rev, told="publish.edited")

    async def remove(self, page_id: str, event: StatusEvent) -> bool:
        """Take an event off the page, as if it never was."""
        path = routes.STATUS_EVENT.format(status_page_id=page_id, status_event_id=event.id)
        return await self._remove(path, event.rev, told="publish.removed")

    async def approve(self, page_id: str, proposal: StatusProposal, wanted: ProposalAnswer) -> StatusEvent | None:
        """Publish what a rule proposes."""
        path = routes.STATUS_PROPOSAL_APPROVE.format(status_page_id=page_id, proposal_id=proposal.id)
        return await self._make(path, wanted, StatusEvent, told="publish.done")

    async def decline(self, page_id: str, proposal: StatusProposal) -> bool:
        """Publish nothing of it."""
        path = routes.STATUS_PROPOSAL_DECLINE.format(status_page_id=page_id, proposal_id=proposal.id)
        writing = self._client.write("POST", path, dict[str, object](), answer=dict[str, object])
        return await self._send(writing, path, None, told="proposal.declined") is not None

    def forget(self) -> None:
        """Keep nothing: another person may sign in."""
        super().forget()
        self.parts = None


def _path(page_id: str, event_id: str, update_id: str) -> str:
    return routes.STATUS_UPDATE.format(status_page_id=page_id, status_event_id=event_id, status_update_id=update_id)
