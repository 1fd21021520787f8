"""What comes in by integrations: asked of the room above that keeps it, as the composition root has bound it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from server.kernel.database import Database


class Incoming(Protocol):
    """Answers for integrations by their ids; those without an answer are left out."""

    async def last_events(self, db: Database, ids: Sequence[str]) -> dict[str, datetime]: ...
    async def unreadable(self, db: Database, ids: Sequence[str]) -> dict[str, int]: ...


_BOUND: list[Incoming] = []


def bind_incoming(incoming: Incoming) -> None:
    """Said once, where the application is put together."""
    _BOUND[:] = [incoming]


async def last_events(db: Database, ids: Sequence[str]) -> dict[str, datetime]:
    """When something last came in by each."""
    return await _BOUND[0].last_events(db, ids)


async def unreadable(db: Database, ids: Sequence[str]) -> dict[str, int]:
    """How often each has sent what nobody could read, while its alert about that is open."""
    return await _BOUND[0].unreadable(db, ids)
