"""A database that refuses some commits, as one that has a hiccup or that others write to does."""

from dataclasses import dataclass
from typing import Any

from server.kernel.database import Database, Priority, Writes
from server.kernel.errors import Stale, Unavailable


@dataclass
class _Refusal:
    text: str
    left: int
    error: Exception


class Refusing(Database):
    """Over the store of another."""

    def __init__(self, db: Database) -> None:
        super().__init__(db._store)
        self._refusals: list[_Refusal] = []

    def refuse(self, text: str, *, times: int = 1, error: type[Stale] | type[Unavailable] = Unavailable) -> None:
        """The next commits with a statement that holds `text`."""
        self._refusals.append(_Refusal(text, times, error("refused for the test")))

    async def apply(self, writes: Writes, priority: Priority | None = None) -> Any:
        for refusal in self._refusals:
            if refusal.left and any(refusal.text in str(write.text) for write in writes):
                refusal.left -= 1
                raise refusal.error
        return await super().apply(writes, priority)
