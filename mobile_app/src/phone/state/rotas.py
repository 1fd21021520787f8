"""Every schedule that the reader sees, kept on the device, so that it can answer without a network."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from phone.api.client import Client
from phone.device.store import Store
from phone.state.kept_list import KeptList
from phone.watches import is_answerable
from shared.wire import routes
from shared.wire.schedules import ScheduleRota

KEPT_AS: Final = "rotas"
FRESH_FOR: Final = timedelta(minutes=5)


class Rotas(KeptList[ScheduleRota]):
    """`unanswered` are in a zone that this device doesn't know."""

    def __init__(self, client: Client, kept: Store, *, now: Callable[[], datetime]) -> None:
        super().__init__(client, kept, now=now, kind=ScheduleRota, kept_as=KEPT_AS, fresh_for=FRESH_FOR)
        self.unanswered: tuple[ScheduleRota, ...] = ()
        self.changed: Callable[[], None] = lambda: None

    def find(self, ident: str) -> ScheduleRota | None:
        """One of them."""
        return next((each for each in self.items or () if each.schedule.id == ident), None)

    async def _fetch(self) -> Sequence[ScheduleRota]:
        return await self._client.read_all(routes.SCHEDULE_ROTAS, ScheduleRota)

    def _take(self, found: Sequence[ScheduleRota], read_at: datetime) -> None:
        self.unanswered = tuple(each for each in found if not is_answerable(each))
        super()._take([each for each in found if is_answerable(each)], read_at)
        self.changed()

    def forget(self) -> None:
        super().forget()
        self.unanswered = ()
        self.changed()
