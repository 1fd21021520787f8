"""What status pages say of the incident that is open, and what rules ask to say of it."""

import asyncio
from collections.abc import Callable

from phone.base.api.client import Client
from phone.base.state import State
from phone.status.board import StatusBoard
from phone.status.rights import PUBLISH
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.sessions import Me
from shared.wire.status_pages import StatusPage
from shared.wire.status_publishing import Publication, StatusProposal

Asked = tuple[StatusPage, StatusProposal]


class IncidentOnPages(State):
    """`publications` is None until they are known; pages and proposals are the board's, which draws them anew."""

    def __init__(self, client: Client, board: StatusBoard, *, me: Callable[[], Me | None]) -> None:
        super().__init__(client)
        self._board = board
        self._me = me
        self.id = ""
        self.publications: tuple[Publication, ...] | None = None

    async def show(self, incident_id: str) -> None:
        """Read it for this incident; the pages only for who publishes."""
        if self.id != incident_id:
            self.forget()
            self.id = incident_id
        turn, me = self._turn, self._me()
        path = routes.INCIDENT_PUBLICATIONS.format(incident_id=incident_id)
        reads = [self._board.freshen()] if me is not None and PUBLISH in me.permissions else []
        found, *_ = await asyncio.gather(self.read(self._client.read(path, Page[Publication])), *reads)
        if found is not None and turn == self._turn:
            self.publications, self.error = tuple(found.items), None

    @property
    def pages(self) -> tuple[StatusPage, ...]:
        """Those that the reader may publish on."""
        return self._board.publishable

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What rules propose to say of it, and where."""
        return tuple(
            (now.page, each)
            for now in self._board.items or ()
            for each in now.asked
            if each.incident is not None and each.incident.id == self.id
        )

    @property
    def free(self) -> tuple[StatusPage, ...]:
        """Pages that say nothing of it yet, or said that it is over."""
        taken = {each.status_page.id for each in self.publications or () if each.event.is_open}
        return tuple(each for each in self.pages if each.id not in taken)

    def forget(self) -> None:
        """Close it."""
        self._turn += 1
        self.id, self.publications, self.error = "", None, None
