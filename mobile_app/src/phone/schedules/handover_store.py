"""What somebody who comes on call on a schedule should know, and the remark that is left for them."""

from uuid import uuid4

from phone.base.api.client import Client
from phone.base.state import State
from shared.wire import routes
from shared.wire.handovers import Handover, Remark, RemarkInput


class OpenHandover(State):
    """`handover` is None until it was read; `writes` while a remark is written."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._key = str(uuid4())
        self.schedule_id = ""
        self.handover: Handover | None = None
        self.writes = False
        self.busy = False
        self.refused: Exception | None = None

    async def show(self, schedule_id: str) -> None:
        """Read another one, or the same anew."""
        if schedule_id != self.schedule_id:
            self.forget()
            self.schedule_id = schedule_id
        turn = self._turn
        found = await self.read(self._client.read(routes.SCHEDULE_HANDOVER.format(schedule_id=schedule_id), Handover))
        if found is not None and turn == self._turn:
            self.handover, self.error = found, None

    def write(self, writes: bool) -> None:
        """Open or close the field."""
        self.writes, self.refused, self._key = writes, None, str(uuid4())

    async def leave(self, remark: RemarkInput) -> None:
        """Leave a remark; an empty one takes the last back."""
        turn, self.refused, self.busy = self._turn, None, True
        path = routes.SCHEDULE_REMARK.format(schedule_id=self.schedule_id)
        left = await self.read(self._client.write("POST", path, remark, answer=Remark, key=self._key))
        if turn != self._turn:
            return
        self.busy = False
        if left is None:
            self.refused, self.error = self.error, None
            return
        self.write(False)
        await self.show(self.schedule_id)

    def forget(self) -> None:
        """Empty everything: another schedule is shown, or another person may sign in."""
        self._turn += 1
        self.schedule_id, self.handover, self.error, self.refused = "", None, None, None
        self.writes, self.busy = False, False
