"""The reader's own filters, kept at the server: by name, one of them what the app opens with."""

from uuid import uuid4

import msgspec

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.incidents import SavedFilter, SavedFilterInput
from shared.wire.lists import Page


class SavedFilters(State):
    """`chosen` is the id of the one whose incidents are shown."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.items: tuple[SavedFilter, ...] = ()
        self.chosen: str | None = None

    @property
    def default(self) -> SavedFilter | None:
        """What the app opens with."""
        return next((each for each in self.items if each.is_default), None)

    def get(self, ident: str | None) -> SavedFilter | None:
        """One of them."""
        return next((each for each in self.items if each.id == ident), None)

    async def load(self) -> None:
        """Read them; without them the list works as well."""
        page = await self.read(self._client.read(routes.MY_SAVED_FILTERS, Page[SavedFilter]))
        if page is not None:
            self.items = tuple(page.items)

    async def add(self, wanted: SavedFilterInput) -> None:
        """Save one more; raises ApiError and Unreachable."""
        made = await self._client.write("POST", routes.MY_SAVED_FILTERS, wanted, answer=SavedFilter, key=str(uuid4()))
        self.items, self.chosen = (*self.items, made), made.id

    async def change(self, old: SavedFilter, wanted: SavedFilterInput) -> None:
        """Rename it, or open with it from now on; raises ApiError and Unreachable."""
        path = routes.MY_SAVED_FILTER.format(saved_filter_id=old.id)
        made = await self._client.write("PUT", path, wanted, answer=SavedFilter, rev=old.rev)
        others = self.items
        if made.is_default:
            others = tuple(msgspec.structs.replace(each, is_default=False) for each in self.items)
        self.items = tuple(made if each.id == made.id else each for each in others)
        if made.is_default != old.is_default:
            await self.load()

    async def remove(self, old: SavedFilter) -> None:
        """Drop it; raises ApiError and Unreachable."""
        path = routes.MY_SAVED_FILTER.format(saved_filter_id=old.id)
        await self._client.write("DELETE", path, answer=dict, rev=old.rev)
        self.items = tuple(each for each in self.items if each.id != old.id)
        self.chosen = None if self.chosen == old.id else self.chosen

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.items, self.chosen = (), None
