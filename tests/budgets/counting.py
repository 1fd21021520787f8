"""Count what a piece of work costs, in numbers that no other load on the machine changes."""

import dis
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from server.kernel.database import Database, Priority, Writes

ROOT = Path(__file__).parent.parent.parent
OURS = (f"{ROOT}/server/", f"{ROOT}/shared/")


@cache
def _begins_at(code: CodeType) -> int:
    """Where a call of it begins, -1 for what is not ours; a coroutine that goes on is further than that."""
    if not code.co_filename.startswith(OURS):
        return -1
    return next(each.offset for each in dis.get_instructions(code) if each.opname == "RESUME")


@dataclass
class Count:
    """Statements sent to the database, rows written, bytes of values written, commits, functions of ours entered."""

    statements: int = 0
    rows: int = 0
    bytes: int = 0
    commits: int = 0
    functions: int = 0

    def write(self, writes: Writes) -> None:
        self.commits += 1
        for write in writes:
            self.statements += 1
            rows = [write.args] if write.many is None else write.many
            self.rows += len(rows)
            self.bytes += sum(len(value) for row in rows for value in row.values() if isinstance(value, (str, bytes)))

    def enter(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_lasti <= _begins_at(frame.f_code):
            self.functions += 1

    def each(self, number: int) -> dict[str, float]:
        """By name, for each of so many."""
        names = ("statements", "rows", "bytes", "commits", "functions")
        return {name: round(getattr(self, name) / number, 2) for name in names}


async def count(db: Database, work: Callable[[], Awaitable[Any]]) -> Count:
    """What `work` costs in this thread and in the database."""
    found = Count()
    store: Any = db._store
    apply, fetch = store.apply, store.fetch

    async def counted_apply(writes: Writes, priority: Priority) -> Any:
        found.write(writes)
        return await apply(writes, priority)

    async def counted_fetch(text: str, values: Any, priority: Priority) -> Any:
        found.statements += 1
        return await fetch(text, values, priority)

    store.apply, store.fetch = counted_apply, counted_fetch
    sys.setprofile(found.enter)
    try:
        await work()
    finally:
        sys.setprofile(None)
        store.apply, store.fetch = apply, fetch
    return found
