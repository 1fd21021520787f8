"""Several incidents at once: which are chosen, and what came of a verb on all of them."""

from typing import Any, Final
from uuid import uuid4

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.incidents import Bulk, BulkArguments, BulkResult, BulkVerb, IncidentItem

BULK: Final[tuple[BulkVerb, ...]] = ("acknowledge", "resolve", "snooze", "merge")


class Selection(State):
    """`ids` are chosen; `result` is of the last verb, `told` are the incidents as they were chosen for it."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.ids: tuple[str, ...] = ()
        self.busy = False
        self.result: BulkResult | None = None
        self.told: tuple[IncidentItem, ...] = ()

    def toggle(self, ident: str) -> None:
        """Choose it, or not."""
        self.ids = tuple(each for each in self.ids if each != ident) if ident in self.ids else (*self.ids, ident)

    def take(self, idents: tuple[str, ...]) -> None:
        """Choose exactly these."""
        self.ids = idents

    async def do(self, verb: BulkVerb, items: tuple[IncidentItem, ...], **args: Any) -> BulkResult | None:
        """The verb on all of these; None leaves the reason in `error`, and the choice as it was."""
        if self.busy:
            return None
        self.busy, self.error, self.told = True, None, items
        wanted = Bulk(verb=verb, ids=tuple(item.id for item in items), args=BulkArguments(**args))
        result = await self.read(
            self._client.write("POST", routes.INCIDENTS_BULK, wanted, answer=BulkResult, key=str(uuid4()))
        )
        self.busy = False
        if result is not None:
            self.result, self.ids = result, ()
        return result

    def close(self) -> None:
        """Choose nothing, forget the result."""
        self.ids, self.result, self.error = (), None, None

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.close()
        self.told = ()
