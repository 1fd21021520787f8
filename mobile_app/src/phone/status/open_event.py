"""One status event that is open: what was said, what it said before, and who was told."""

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.status_pages import StatusEvent, UpdateVersion
from shared.wire.status_subscribers import NotifiedUpdate, StatusLetter


class OpenEvent(State):
    """Empty until `show`; `versions` and `letters` are None until somebody asks for them."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.page_id, self.id = "", ""
        self._empty()

    def _empty(self) -> None:
        self.event: StatusEvent | None = None
        self.counts: dict[str, NotifiedUpdate] = {}
        self.versions: tuple[UpdateVersion, ...] | None = None
        self.letters: tuple[StatusLetter, ...] | None = None
        self.next_letters: str | None = None
        self.error = None

    async def show(self, page_id: str, event_id: str, *, counts: bool) -> None:
        """Open it; how many were told is read for who may publish there."""
        if (self.page_id, self.id) != (page_id, event_id):
            self.forget()
            self.page_id, self.id = page_id, event_id
        turn = self._turn
        found = await self.read(self._client.read(self.path(routes.STATUS_EVENT), StatusEvent))
        if found is None or turn != self._turn:
            return
        self.event, self.error = found, None
        if counts:
            await self._count()
        if self.versions is not None:
            await self.read_versions()

    async def _count(self) -> None:
        turn = self._turn
        page = self._client.read(self.path(routes.STATUS_NOTIFIED), Page[NotifiedUpdate])
        found = await self.read(page, fail=lambda _error: None)
        if found is not None and turn == self._turn:
            self.counts = {each.update_id: each for each in found.items}

    async def read_versions(self) -> None:
        """What updates said before they were edited or removed."""
        turn = self._turn
        found = await self.read(self._client.read_all(self.path(routes.STATUS_EVENT_HISTORY), UpdateVersion))
        if found is not None and turn == self._turn:
            self.versions = tuple(found)

    async def read_letters(self) -> None:
        """What became of each message, by subscriber; asked again, the next of them."""
        turn, first = self._turn, self.letters is None
        if not first and self.next_letters is None:
            return
        query = [("cursor", self.next_letters)] if self.next_letters else []
        found = await self.read(self._client.read(self.path(routes.STATUS_LETTERS), Page[StatusLetter], query))
        if found is not None and turn == self._turn:
            self.letters, self.next_letters = (*(self.letters or ()), *found.items), found.next_cursor

    def put(self, event: StatusEvent) -> None:
        """Take an event that a change answered."""
        if event.id == self.id:
            self.event = event

    def path(self, route: str) -> str:
        """Where something of this event stands."""
        return route.format(status_page_id=self.page_id, status_event_id=self.id)

    def forget(self) -> None:
        """Close it."""
        self._turn += 1
        self.page_id, self.id = "", ""
        self._empty()
