"""Messages that were given up: the reader's own, or everybody's for administrators."""

from uuid import uuid4

from phone.base.api.client import Client
from phone.base.paging import read_as_many
from phone.base.state import State
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.notifications import DeadLetter


class DeadLetters(State):
    """`items` is None until the first answer; `cursor` where there are more."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.items: tuple[DeadLetter, ...] | None = None
        self.cursor: str | None = None

    async def load(self) -> None:
        """Read anew as many as are shown."""
        page = await self.read(read_as_many(self._page, as_many_as=len(self.items or ())))
        if page is not None:
            self.items, self.cursor, self.error = tuple(page.items), page.next_cursor, None

    async def more(self) -> None:
        """Read the next page."""
        cursor = self.cursor
        page = await self.read(self._page(cursor)) if cursor is not None else None
        if page is not None and cursor == self.cursor:
            self.items, self.cursor = (*(self.items or ()), *page.items), page.next_cursor

    async def _page(self, cursor: str | None) -> Page[DeadLetter]:
        query = [("cursor", cursor)] if cursor is not None else []
        return await self._client.read(routes.DEAD_LETTERS, Page[DeadLetter], query)

    async def retry(self, ident: str) -> None:
        """Send it once more, for five minutes; raises ApiError and Unreachable."""
        await self._settle(routes.DEAD_LETTER_RETRY, ident)

    async def discard(self, ident: str) -> None:
        """Take it off the list; raises ApiError and Unreachable."""
        await self._settle(routes.DEAD_LETTER_DISCARD, ident)

    async def _settle(self, path: str, ident: str) -> None:
        await self._client.write("POST", path.format(notification_id=ident), answer=dict, key=str(uuid4()))
        self.items = tuple(each for each in self.items or () if each.id != ident)

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self._turn += 1
        self.items, self.cursor, self.error = None, None, None
