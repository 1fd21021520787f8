"""Chain what was written to timelines, and tell once a second what happened many times.

Entries are written without a hash, so that nobody waits for the chain. Within about a second they are sealed in their
order; from then on an entry that is changed, added or taken away breaks the chain. Until then only their places can be
checked: they have no gap up to the incident's `timeline_n`.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

import structlog
from msgspec import Struct

from server.accounts.audit.chains import Head, begin_chain, load_head
from server.kernel.clock import Clock, to_us
from server.kernel.database import Database, Priority, Stale, Writes
from server.kernel.secrets import Secrets
from server.timeline.append import append
from server.timeline.links import SUM, Sealed, Sum, add_up, keyed_link, load_sum, write_sum
from shared.domain.incidents.timeline import Entry, Who

log = structlog.get_logger()
EVERY_S = 1.0
Tallied = Literal["alerts_joined", "alerts_recovered"]
AT_ONCE = 500
CHAIN = "timelines"
GONE = "what sealed timelines add up to is missing"
IN_ONE = 25
"""So many incidents are written in one commit; whoever wants one of them for a page waits for milliseconds."""
OpenAlerts = Callable[[Database, Collection[str]], Awaitable[Mapping[str, int]]]
"""How many alerts of each of these incidents are open; asked of whoever writes incidents."""
NAMED_CHARS = 200
"""Of those that recovered within a second so many characters are named, and no more once there are."""


def tally(writes: Writes, incident_id: str, kind: Tallied, number: int, title: str, by: Who) -> None:
    """Add to what is told about the incident the next time that timelines are sealed."""
    writes.sql(
        "INSERT INTO tally (id, incident_id, kind, actor_kind, actor_id, number, title)"
        " VALUES (:id, :incident, :kind, :actor_kind, :actor_id, :number, :title)"
        " ON CONFLICT (id) DO UPDATE SET number = tally.number + excluded.number, title = CASE"
        " WHEN excluded.kind = 'alerts_recovered' AND LENGTH(tally.title) < :named"
        " THEN tally.title || ', ' || excluded.title ELSE tally.title END",
        id=f"{incident_id} {kind} {by.id or by.kind}",
        incident=incident_id,
        kind=kind,
        actor_kind=by.kind,
        actor_id=by.id,
        number=number,
        title=title,
        named=NAMED_CHARS,
    )


class _Tally(Struct, frozen=True, kw_only=True):
    id: str
    incident_id: str
    kind: Tallied
    actor_kind: Literal["user", "api_key", "integration", "system"]
    actor_id: str | None
    number: int
    title: str


class _Open(Struct, frozen=True, kw_only=True):
    """An entry without a hash, and where its incident's chain ends."""

    incident_id: str
    number: int
    n: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    kind: str
    args: dict[str, Any]
    sealed_n: int
    timeline_hash: str

    @property
    def content(self) -> tuple[Any, ...]:
        return (self.n, to_us(self.at), self.actor_kind, self.actor_id, self.kind, self.args)


class _Last(_Open, frozen=True, kw_only=True):
    """The last entry of the sealed part."""

    prev_hash: str


class End(Struct, frozen=True):
    """Where the part of an incident's chain ends that was sealed before there was a key."""

    incident_id: str
    n: int
    link: str


class Ends:
    """What those parts add up to, told one after the other by the incidents' numbers."""

    def __init__(self) -> None:
        self.entries = 0
        self._digest = hashlib.sha256()

    def add(self, end: End) -> None:
        self.entries += end.n
        self._digest.update(f"{end.incident_id} {end.n} {end.link}\n".encode())

    def link(self, secrets: Secrets) -> str:
        return secrets.record_link(f"timelines before the key {self.entries} {self._digest.hexdigest()}")


async def key_begins(db: Database) -> str | None:
    """The link over all that was sealed before there was a key; None before the first sealing with one."""
    head = await load_head(db, CHAIN)
    return None if head is None else head.link


async def _ends(db: Database) -> AsyncIterator[End]:
    last = 0
    while True:
        rows = await db.values(
            "SELECT number, id, sealed_n, timeline_hash FROM incident WHERE number > :last"
            " ORDER BY number LIMIT :limit",
            last=last,
            limit=AT_ONCE,
        )
        for _, id, sealed_n, link in rows:
            if sealed_n:
                yield End(id, sealed_n, link)
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


@dataclass
class Sealer:
    """Any number of processes may have one: each incident is sealed by whoever is first.

    Before the first link under the key, what was sealed without is tied under it. `key_begins` is what this process
    knows of that, `sealed` how many entries were sealed at least; where the database says otherwise, or was changed
    otherwise when this process looks first, nothing is sealed and `flaw` says why.
    """

    db: Database
    clock: Clock
    secrets: Secrets
    open_alerts: OpenAlerts
    key_begins: str | None = None
    sealed: int = 0
    flaw: str | None = None
    _sum: Sum | None = None
    _is_checked: bool = False
    _one_check: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Until cancelled; an error is waited out."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.round()
            except Exception:
                log.exception("timeline.seal_failed")

    async def round(self) -> int:
        """Tell what was counted, once, and seal all that was written; returns how much there was."""
        done = await self._record_tallies()
        while sealed := await self._seal():
            done += sealed
        return done

    async def drain(self) -> None:
        """Until there is nothing left to tell and to seal; for the demo's made history and for tests."""
        while await self.round():
            pass

    async def _record_tallies(self) -> int:
        rows = await self.db.rows(
            _Tally,
            "SELECT <fields> FROM tally ORDER BY id LIMIT :limit",
            limit=AT_ONCE,
        )
        ended = {row.incident_id for row in rows if row.kind == "alerts_recovered"}
        left: Mapping[str, int] = await self.open_alerts(self.db, ended) if ended else {}
        now = self.clock.now()
        writes = [_recorded(row, left.get(row.incident_id, 0), now) for row in rows]
        return await self._apply(writes)

    async def _seal(self) -> int:
        rows = await self.db.rows(
            _Open,
            "SELECT incident_id, number, n, timeline.at, actor_kind, actor_id, kind, args, sealed_n, timeline_hash"
            " FROM timeline"
            " JOIN incident ON incident.id = timeline.incident_id WHERE hash = '' ORDER BY timeline.seq LIMIT :limit",
            limit=AT_ONCE,
        )
        is_remembered = self._sum is not None
        if not rows or not await self._has_begun() or (reached := await self._reached()) is None:
            return 0
        rows.sort(key=lambda row: (row.incident_id, row.n))
        groups = groupby(rows, lambda row: row.incident_id)
        parts = [part for _, found in groups if (part := _chained(list(found), self.secrets)) is not None]
        done = 0
        for begin in range(0, len(parts), IN_ONE):
            some, before = parts[begin : begin + IN_ONE], reached
            for part in some:
                reached = reached.moved(self.secrets, part.was, part.now)
            writes = Writes()
            write_sum(writes, self.secrets, before, reached)
            try:
                await self.db.apply(writes.extend_side_by_side([part.writes for part in some]), Priority.NOTICE)
            except Stale:
                self._sum = None
                return done or (await self._seal() if is_remembered else 0)
            self._sum, self.sealed = reached, reached.entries
            done += len(some)
        return done

    async def check(self) -> None:
        """Look through what is sealed, once for this process; `flaw` says what was changed."""
        async with self._one_check:
            if not self._is_checked:
                self.flaw = await sum_flaw(self.db, self.secrets, at_least=self.sealed)
                self._is_checked = True
                if self.flaw is not None:
                    log.error("timeline.record_was_changed", flaw=self.flaw)

    async def _reached(self) -> Sum | None:
        """What is sealed now, as far as this process knows; None where nothing may be added to it."""
        await self.check()
        if self.flaw is not None or self._sum is not None:
            return self._sum if self.flaw is None else None
        try:
            found = await load_sum(self.db, self.secrets)
            if found is None and not self.sealed:
                found = await self._begin_sum()
        except ValueError as error:
            self.flaw = str(error)
            return None
        if found is None or found.entries < self.sealed:
            self.flaw = GONE
            return None
        self.sealed = found.entries
        return found

    async def _begin_sum(self) -> Sum | None:
        """Add up what was sealed before there was a sum."""
        _, now = await add_up(self.db, self.secrets)
        writes = Writes()
        begin_chain(writes, SUM, now.head(self.secrets))
        await self._apply([writes])
        return await load_sum(self.db, self.secrets)

    async def _has_begun(self) -> bool:
        """Whether all before the key is tied; does it if nobody did, unless this process knows that somebody had."""
        begun = await key_begins(self.db)
        if begun is None and self.key_begins is None:
            ends = Ends()
            async for end in _ends(self.db):
                ends.add(end)
            writes = Writes()
            begin_chain(writes, CHAIN, Head(ends.entries, ends.link(self.secrets)))
            await self._apply([writes])
            begun = await key_begins(self.db)
        if self.key_begins not in (None, begun):
            log.error("timeline.key_began_elsewhere", known=self.key_begins, found=begun)
            return False
        self.key_begins = begun
        return begun is not None

    async def _apply(self, each: Sequence[Writes]) -> int:
        """Commit some in one, each by itself where somebody else did one of them; returns how many they were."""
        parts = [writes for writes in each if writes]
        done = 0
        for begin in range(0, len(parts), IN_ONE):
            some = parts[begin : begin + IN_ONE]
            try:
                await self.db.apply(Writes().extend_side_by_side(some), Priority.NOTICE)
                done += len(some)
            except Stale:
                done += await self._apply_each(some)
        return done

    async def _apply_each(self, parts: Sequence[Writes]) -> int:
        done = 0
        for writes in parts:
            with contextlib.suppress(Stale):
                await self.db.apply(writes, Priority.NOTICE)
                done += 1
        return done


def _recorded(row: _Tally, left: int, now: datetime) -> Writes:
    writes = Writes().sql(
        "UPDATE tally SET number = number - :number WHERE id = :id AND number >= :number",
        expect=1,
        id=row.id,
        number=row.number,
    )
    writes.sql("DELETE FROM tally WHERE id = :id AND number = 0", id=row.id)
    if row.kind == "alerts_joined":
        said = {"count": row.number, "title": row.title}
    else:
        said = {"count": row.number, "open": left, "title": row.title}
    append(writes, row.incident_id, [Entry(row.kind, said, Who(row.actor_kind, row.actor_id))], now=now)
    return writes


@dataclass(frozen=True)
class _Chained:
    """Where an incident's sealed part ends, where it will, and what does it."""

    was: Sealed
    now: Sealed
    writes: Writes


def _chained(entries: Sequence[_Open], secrets: Secrets) -> _Chained | None:
    """As far as there is no gap; what is missing commits in a moment, and its turn comes again."""
    first = entries[0]
    n, link = first.sealed_n, first.timeline_hash
    rows: list[dict[str, Any]] = []
    for entry in entries:
        if entry.n != n + 1:
            break
        before, n = link, entry.n
        link = keyed_link(secrets, entry.incident_id, before, *entry.content)
        rows.append({"incident": entry.incident_id, "n": n, "before": before, "link": link})
    if not rows:
        return None
    writes = Writes().sql(
        "UPDATE incident SET sealed_n = :n, timeline_hash = :link WHERE id = :id AND sealed_n = :was",
        expect=1,
        id=first.incident_id,
        n=n,
        link=link,
        was=first.sealed_n,
    )
    writes.sql_many(
        "UPDATE timeline SET prev_hash = :before, hash = :link WHERE incident_id = :incident AND n = :n", rows
    )
    was = Sealed(first.incident_id, first.number, first.sealed_n, first.timeline_hash)
    return _Chained(was, Sealed(first.incident_id, first.number, n, link), writes)


async def sum_flaw(db: Database, secrets: Secrets, *, at_least: int = 0) -> str | None:
    """What is wrong with what sealed timelines add up to, of which `at_least` so many entries were sealed once."""
    try:
        found, now = await add_up(db, secrets)
    except ValueError as error:
        return str(error)
    if found is None:
        return GONE if at_least or await _was_summed(db, secrets) else None
    if found.entries < at_least:
        return f"{at_least - found.entries} entries that were sealed have gone, or are so no longer"
    if now.entries < found.entries:
        return f"{found.entries - now.entries} entries that were sealed have gone, or are so no longer"
    return None if now == found else "an incident's number, or the end of a timeline, is not what was sealed"


async def _was_summed(db: Database, secrets: Secrets) -> bool:
    """Whether some timeline ends with a link that is made only since there is a sum."""
    last = 0
    while True:
        rows = await db.rows(
            _Last,
            "SELECT incident_id, number, n, timeline.at, actor_kind, actor_id, kind, args, sealed_n, timeline_hash,"
            " prev_hash FROM incident JOIN timeline ON incident_id = incident.id AND n = sealed_n"
            " WHERE number > :last ORDER BY number LIMIT :limit",
            last=last,
            limit=AT_ONCE,
        )
        for row in rows:
            if row.timeline_hash == keyed_link(secrets, row.incident_id, row.prev_hash, *row.content):
                return True
        if len(rows) < AT_ONCE:
            return False
        last = rows[-1].number
