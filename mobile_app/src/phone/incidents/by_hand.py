"""An incident that a person opens, because no monitoring system saw it."""

from uuid import uuid4

from msgspec.structs import replace

from phone.base.api.client import Client
from phone.base.api.errors import ApiError
from phone.base.state import State
from shared.wire import routes
from shared.wire.incidents import Incident, NewIncident


def says_whom(wanted: NewIncident) -> bool:
    """Whether it says whom to page."""
    return wanted.service_id is not None or bool(wanted.user_ids)


class ByHand(State):
    """`key` makes a repeat after a lost answer open the same incident."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.busy = False
        self.key = str(uuid4())

    async def open(self, wanted: NewIncident) -> Incident | None:
        """Page; None leaves the reason in `error`."""
        if self.busy:
            return None
        self.busy, self.error = True, None
        wanted = replace(wanted, title=wanted.title.strip(), description=wanted.description.strip())
        incident = await self.read(self._client.write("POST", routes.INCIDENTS, wanted, answer=Incident, key=self.key))
        self.busy = False
        is_refused = isinstance(self.error, ApiError) and not self.error.may_pass_later
        if incident is not None or is_refused:
            self.key = str(uuid4())
        return incident

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        self.busy, self.error, self.key = False, None, str(uuid4())
