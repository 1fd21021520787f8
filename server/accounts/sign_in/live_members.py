"""Who is connected to the live socket: so many windows a person, and whose session ended is known within a second."""

import asyncio
import contextlib
import time
from collections import Counter, OrderedDict
from collections.abc import Generator

from server.kernel.database import Database

EACH = 20
LOOK_S = 0.4


class Members:
    """Of one process. However many sockets there are, one question is asked for all of them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._sockets: dict[str, OrderedDict[object, None]] = {}
        self._sessions: Counter[str] = Counter()
        self._alive: frozenset[str] = frozenset()
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    @contextlib.contextmanager
    def joined(self, socket: object, *, user_id: str, session_id: str) -> Generator["object | None"]:
        """A socket of this person inside; gives the oldest of theirs when there are too many."""
        mine = self._sockets.setdefault(user_id, OrderedDict())
        oldest = mine.popitem(last=False)[0] if len(mine) >= EACH else None
        mine[socket] = None
        self._sessions[session_id] += 1
        self._looked_at = float("-inf")
        try:
            yield oldest
        finally:
            mine.pop(socket, None)
            if not mine:
                self._sockets.pop(user_id, None)
            self._sessions[session_id] -= 1
            if self._sessions[session_id] <= 0:
                del self._sessions[session_id]

    async def is_over(self, session_id: str) -> bool:
        """Whether the session was ended or its person deactivated, as of less than LOOK_S ago."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= LOOK_S:
                asked_at = time.monotonic()
                rows = await self._db.values(
                    "SELECT session.id FROM session JOIN user_account ON user_account.id = user_id"
                    " WHERE revoked_at IS NULL AND deactivated_at IS NULL AND session.id IN :ids",
                    ids=tuple(self._sessions),
                )
                self._alive, self._looked_at = frozenset(id for (id,) in rows), asked_at
        return session_id not in self._alive
