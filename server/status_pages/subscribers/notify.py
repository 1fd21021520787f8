"""Say that subscribers are to hear of an update; whoever publishes waits for none of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from server.kernel.database import Priority, Writes
from server.kernel.due import Kind, Payload, arm


class UpdateRef(Payload, frozen=True):
    """An update, and behind which subscriber it goes on."""

    update_id: str
    after: str = ""


NOTIFY = Kind("status.notify", Priority.BULK, UpdateRef)


class Notified(Protocol):
    """An update as far as it is to be sent."""

    @property
    def id(self) -> str: ...
    @property
    def is_notified(self) -> bool: ...


def notify_of(writes: Writes, updates: Sequence[Notified], *, now: datetime) -> None:
    """Those of them that subscribers are to hear of."""
    for each in updates:
        if each.is_notified:
            arm(writes, NOTIFY, UpdateRef(each.id), at=now, now=now)
