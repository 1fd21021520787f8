"""The change log as a stream: polled each second, hurried by commits of this process."""

import asyncio
import contextlib
import secrets
from collections import Counter, deque
from collections.abc import Callable, Collection
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from msgspec import Struct
from piccolo.table import Table

from server.kernel.database import Database, Writes
from server.kernel.database.schema import name_of
from server.kernel.tables import Change

log = structlog.get_logger()

POLL_S = 1.0
HURRIED_S = 0.05
KEPT = 2_000
OVERLAP = 500


class LiveChange(Struct, frozen=True, kw_only=True):
    """One row of the change log; `n` counts what this process has told."""

    seq: int
    kind: str
    object_id: str
    rev: int
    team_id: str | None
    n: int = 0

    def is_for(self, teams: Collection[str]) -> bool:
        """Whether it may be told to whoever sees these teams."""
        return self.team_id is None or self.team_id in teams


def publish_change(writes: Writes, *, kind: str, id: str, rev: int, team_id: str | None, now: datetime) -> None:
    """Tell live sockets, once this commits, that an object has a new revision."""
    writes.hurries = True
    writes.insert(Change, kind=kind, object_id=id, rev=rev, team_id=team_id, changed_at=now)


def publish_change_of(writes: Writes, table: type[Table], *, kind: str, id: str, now: datetime) -> None:
    """The same for a row of this table, with the revision and the team that it has when this commits."""
    writes.hurries = True
    writes.sql(
        "INSERT INTO change (kind, object_id, rev, team_id, changed_at)"  # noqa: S608 a table of ours
        f" SELECT :kind, id, rev, team_id, :now FROM {name_of(table)} WHERE id = :id",
        kind=kind,
        id=id,
        now=now,
    )


def publish_to_each(writes: Writes, table: type[Table], chosen: str, *, kind: str, now: datetime, **args: Any) -> None:
    """The same for each row of this table whose id a query of ours finds at that place of `writes`, to itself alone."""
    writes.hurries = True
    writes.sql(
        "INSERT INTO change (kind, object_id, rev, team_id, changed_at)"  # noqa: S608 a table and a query of ours
        f" SELECT :kind, id, 0, id, :now FROM {name_of(table)} WHERE id IN ({chosen})",
        kind=kind,
        now=now,
        **args,
    )


class LiveFeed:
    """What changed since this process started, numbered; `epoch` tells one start from another.

    Sequence numbers may become visible out of order, so each poll looks back over the last rows and skips
    those it has told already.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self.epoch = secrets.token_hex(8)
        self.n = 0
        self._recent: deque[LiveChange] = deque(maxlen=KEPT)
        self._counts: Counter[str | None] = Counter()
        self._told: deque[int] = deque(maxlen=4 * OVERLAP)
        self._top = 0
        self._wake = asyncio.Event()
        self._listeners: set[Callable[[LiveChange], None]] = set()

    def hurry(self) -> None:
        self._wake.set()

    def listen(self, listener: Callable[[LiveChange], None]) -> Callable[[], None]:
        """Call `listener` with every change from now on; returns what ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def epoch_of(self, teams: Collection[str]) -> str:
        """The epoch of whoever sees these teams: once they see others, their numbers mean something else."""
        return f"{self.epoch}{sha256(','.join(sorted(teams)).encode()).hexdigest()[:16]}"

    def seen_by(self, teams: Collection[str]) -> int:
        """How many changes were told by now that whoever sees these teams may see."""
        return self._counts[None] + sum(self._counts[team] for team in teams)

    def since(self, epoch: str, n: int, teams: Collection[str]) -> list[LiveChange] | None:
        """What came after the `n` that whoever sees these teams had seen, or None when that is no longer known."""
        missed = self.seen_by(teams) - n
        seen = [change for change in self._recent if change.is_for(teams)]
        if epoch != self.epoch_of(teams) or not 0 <= missed <= len(seen):
            return None
        return seen[len(seen) - missed :]

    async def run(self) -> None:
        """Until cancelled."""
        self._top = await self._db.value("SELECT COALESCE(MAX(seq), 0) FROM change")
        recent = await self._db.values("SELECT seq FROM change WHERE seq > :from", **{"from": self._top - OVERLAP})
        self._told.extend(seq for (seq,) in recent)
        while True:
            self._wake.clear()
            try:
                await self.poll()
            except Exception:
                log.exception("live.poll_failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._wake.wait()
                await asyncio.sleep(HURRIED_S)

    async def poll(self) -> None:
        rows = await self._db.rows(
            LiveChange,
            "SELECT seq, kind, object_id, rev, team_id FROM change WHERE seq > :seq ORDER BY seq LIMIT 5000",
            seq=self._top - OVERLAP,
        )
        told = set(self._told)
        for row in rows:
            if row.seq in told:
                continue
            self._told.append(row.seq)
            self._top = max(self._top, row.seq)
            self.n += 1
            change = LiveChange(
                seq=row.seq,
                kind=row.kind,
                object_id=row.object_id,
                rev=row.rev,
                team_id=row.team_id,
                n=self.n,
            )
            self._recent.append(change)
            self._counts[change.team_id] += 1
            for listener in tuple(self._listeners):
                listener(change)
