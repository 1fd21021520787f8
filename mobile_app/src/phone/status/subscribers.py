"""Who subscribes to a page: found by the beginning of an address, removed, brought in and out as a table."""

from typing import Final

from phone.base.api.client import Client
from phone.status.publishing import Sending
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.status_subscribers import StatusSubscriber, SubscribersImported, SubscribersTable

COLUMNS: Final = ("email", "language", "components")


class Subscribers(Sending):
    """`items` is None until they are known; `counted` is what a table would bring."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.page_id = ""
        self._empty()

    def _empty(self) -> None:
        self.items: tuple[StatusSubscriber, ...] | None = None
        self.wanted = ""
        self.next_items: str | None = None
        self.counted: SubscribersImported | None = None
        self.error = None

    async def show(self, page_id: str) -> None:
        """Of this page."""
        if self.page_id != page_id:
            self.forget()
            self.page_id = page_id
        await self.search(self.wanted)

    async def search(self, wanted: str) -> None:
        """Those whose address begins so."""
        self.wanted = wanted
        turn = self._turn
        found = await self.read(self._page(wanted, None))
        if found is not None and turn == self._turn and wanted == self.wanted:
            self.items, self.next_items, self.error = tuple(found.items), found.next_cursor, None

    async def more(self) -> None:
        """The next of them."""
        if self.next_items is None:
            return
        turn = self._turn
        found = await self.read(self._page(self.wanted, self.next_items))
        if found is not None and turn == self._turn:
            self.items, self.next_items = (*(self.items or ()), *found.items), found.next_cursor

    async def _page(self, wanted: str, cursor: str | None) -> Page[StatusSubscriber]:
        query = [*([("q", wanted)] if wanted else []), *([("cursor", cursor)] if cursor else [])]
        return await self._client.read(self._path(routes.STATUS_SUBSCRIBERS), Page[StatusSubscriber], query)

    async def table(self) -> str | None:
        """All who confirmed, as it can be taken in again."""
        return await self.read(self._client.read_text(self._path(routes.STATUS_SUBSCRIBERS_CSV)))

    async def count(self, table: str) -> None:
        """What a table would bring, and what is wrong with it."""
        wanted = SubscribersTable(csv=table, dry_run=True)
        self.counted = await self._make(self._path(routes.STATUS_SUBSCRIBERS_CSV), wanted, SubscribersImported, told="")

    async def take_in(self, table: str) -> bool:
        """Subscribe them: they are asked for no confirmation."""
        path = self._path(routes.STATUS_SUBSCRIBERS_CSV)
        made = await self._make(path, SubscribersTable(csv=table), SubscribersImported, told="subscribers.taken_in")
        if made is None:
            return False
        self.counted = None
        await self.search(self.wanted)
        return True

    async def drop(self, subscriber: StatusSubscriber) -> None:
        """They get nothing more."""
        path = routes.STATUS_SUBSCRIBER.format(status_page_id=self.page_id, subscriber_id=subscriber.id)
        if await self._remove(path, None, told="subscribers.removed"):
            await self.search(self.wanted)

    def _path(self, route: str) -> str:
        return route.format(status_page_id=self.page_id)

    def calm(self) -> None:
        """Another table: what the last one would have brought is over."""
        super().calm()
        self.counted = None

    def forget(self) -> None:
        """Close it."""
        super().forget()
        self.page_id = ""
        self._empty()
