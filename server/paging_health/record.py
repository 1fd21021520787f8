"""Check the record: every incident's timeline and the audit trail, and say where the first break is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct

from server.accounts.audit_chain import Head, entries_after, head_of
from server.accounts.incident_numbers import PRIVATE, PUBLIC, SPACING
from server.kernel.clock import from_us, to_us
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm_again, arm_unless_armed
from server.kernel.secrets import Secrets
from server.timeline.seal import chain_hash

log = structlog.get_logger()
HEADS = Kind("record.heads", Priority.BULK)
EVERYTHING = "all"
EVERY = timedelta(days=1)
FIRST = timedelta(minutes=1)
SEALED_WITHIN = timedelta(minutes=5)
AT_ONCE = 500


class Checked(Struct, frozen=True, kw_only=True):
    """How much was looked at; what is not sealed yet has a place and no link, so it can't be checked."""

    incidents: int = 0
    entries: int = 0
    unsealed: int = 0
    audit_entries: int = 0
    unsealed_audit_entries: int = 0


class Break(Struct, frozen=True):
    """The first place at which the record isn't what was written."""

    where: str
    what: str


class _Incident(Struct, frozen=True, kw_only=True):
    id: str
    number: int
    timeline_n: int
    sealed_n: int
    timeline_hash: str


class _Line(Struct, frozen=True, kw_only=True):
    n: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    kind: str
    said: str
    prev_hash: str
    hash: str


async def verify(db: Database, secrets: Secrets, *, known: Head | None = None) -> Checked | Break:
    """Walk everything, incidents by number first; a head `known` from the log must still be in the audit trail.

    What is written meanwhile breaks nothing.
    """
    incidents = await _verify_incidents(db)
    if isinstance(incidents, Break):
        return incidents
    audit = await _verify_audit(db, secrets, known)
    if isinstance(audit, Break):
        return audit
    return Checked(
        incidents=incidents.incidents,
        entries=incidents.entries,
        unsealed=incidents.unsealed,
        audit_entries=audit.audit_entries,
        unsealed_audit_entries=audit.unsealed_audit_entries,
    )


async def _verify_incidents(db: Database) -> Checked | Break:
    """Numbers are drawn one after the other, in the range of everybody and in those of private teams."""
    ranges = await _ranges(db)
    incidents = entries = unsealed = number = 0
    async for incident in _incidents(db):
        while incident.number >= ranges[0].end and number >= ranges[0].last:
            ranges.pop(0)
            number = ranges[0].start
        if incident.number != number + 1:
            return Break(f"incident #{number + 1}", "is missing")
        number = incident.number
        if (flaw := await _timeline_flaw(db, incident)) is not None:
            return Break(f"incident #{number}, timeline", flaw)
        incidents += 1
        entries += incident.sealed_n
        unsealed += incident.timeline_n - incident.sealed_n
    for range in ranges:
        if range.last > max(number, range.start):
            return Break(f"incident #{max(number, range.start) + 1}", "is missing")
    return Checked(incidents=incidents, entries=entries, unsealed=unsealed)


@dataclass(frozen=True)
class _Range:
    """Numbers above `start` and below `end`, of which `last` was drawn last."""

    start: int
    last: int

    @property
    def end(self) -> int:
        return self.start + SPACING


async def _ranges(db: Database) -> list[_Range]:
    rows = await db.values("SELECT value FROM counter WHERE name = :public OR name LIKE :private ORDER BY value",
                           public=PUBLIC, private=PRIVATE)  # fmt: skip
    return [_Range(value // SPACING * SPACING, value) for (value,) in rows]


async def _incidents(db: Database) -> AsyncIterator[_Incident]:
    last = 0
    while True:
        text = "SELECT * FROM incident WHERE number > :last ORDER BY number LIMIT :limit"
        rows = await db.rows(_Incident, text, last=last, limit=AT_ONCE)
        for row in rows:
            yield row
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].number


async def _timeline_flaw(db: Database, incident: _Incident) -> str | None:
    """What is wrong first; places must have no gap, and what is sealed must be chained."""
    n, link = 0, ""
    while n < incident.timeline_n:
        lines = await db.rows(
            _Line,
            "SELECT n, at, actor_kind, actor_id, kind, args AS said, prev_hash, hash FROM timeline"
            " WHERE incident_id = :id AND n > :n AND n <= :last ORDER BY n LIMIT :limit",
            id=incident.id,
            n=n,
            last=incident.timeline_n,
            limit=AT_ONCE,
        )
        for line in lines:
            n += 1
            if line.n != n:
                break
            if n > incident.sealed_n:
                continue
            if line.prev_hash != link or line.hash != _link_of(line):
                return f"entry {n} was changed"
            link = line.hash
        else:
            if lines:
                continue
            n += 1
        return f"entry {n} is missing"
    beyond = (
        "SELECT MIN(n) FROM timeline JOIN incident ON incident.id = incident_id"
        " WHERE incident_id = :id AND n > timeline_n"
    )
    if (added := await db.value(beyond, id=incident.id)) is not None:
        return f"entry {added} was added"
    return None if link == incident.timeline_hash else f"the end at entry {incident.sealed_n} was changed"


def _link_of(line: _Line) -> str | None:
    """None for what can't be read."""
    try:
        args = msgspec.json.decode(line.said)
    except msgspec.DecodeError:
        return None
    return chain_hash(line.prev_hash, line.n, to_us(line.at), line.actor_kind, line.actor_id, line.kind, args)


async def _verify_audit(db: Database, secrets: Secrets, known: Head | None) -> Checked | Break:
    walked = Head(0, "")
    while walked.length < (head := await head_of(db)).length:
        found = await _walk_audit(db, secrets, walked, known)
        if isinstance(found, Break):
            return found
        walked = found
    place = walked.length
    if known is not None and place < known.length:
        return Break(f"audit trail, entry {place + 1}", "is missing, which the log has")
    if head != walked:
        return Break(f"audit trail, entry {place}", "is not what the chain ends with")
    waiting = await db.value("SELECT COUNT(*) FROM audit WHERE place IS NULL")
    if waiting and place and await _are_old(db):
        return Break(f"audit trail, {waiting} entries", "were never sealed")
    return Checked(audit_entries=place, unsealed_audit_entries=waiting)


async def _walk_audit(db: Database, secrets: Secrets, walked: Head, known: Head | None) -> Head | Break:
    """Some entries further, or the first that is not what was written."""
    place, link = walked.length, walked.link
    rows = await entries_after(db, place, limit=AT_ONCE)
    for row in rows:
        place += 1
        if row.place != place:
            return Break(f"audit trail, entry {place}", "is missing")
        link = row.linked(secrets, place, link)
        if row.link != link:
            return Break(f"audit trail, entry {place} of {row.at:%Y-%m-%d %H:%M:%S}Z", "was changed")
        if known is not None and place == known.length and link != known.link:
            return Break(f"audit trail, entry {place}", "has another link than the log has")
    return Head(place, link) if rows else Break(f"audit trail, entry {place + 1}", "is missing")


async def _are_old(db: Database) -> bool:
    """Whether entries wait for links that are much older than what has one: they weren't written as others are."""
    oldest = await db.value("SELECT MIN(at) FROM audit WHERE place IS NULL")
    newest = await db.value("SELECT MAX(at) FROM audit WHERE place IS NOT NULL")
    return newest is not None and from_us(newest) - from_us(oldest) > SEALED_WITHIN


async def begin_logging_heads(db: Database, now: datetime) -> None:
    """At the start of a process: the heads go on being logged, or begin to be once what stood there is sealed."""
    writes = Writes()
    arm_unless_armed(writes, HEADS, EVERYTHING, at=now + FIRST, now=now)
    await db.apply(writes)


@dataclass(frozen=True)
class LogHeads:
    """Handler of `record.heads`: what the log keeps once a day, a change of the database can't take back."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        head = await head_of(self.db)
        incidents = await self.db.value("SELECT COUNT(*) FROM incident")
        log.info("record.heads", audit=f"{head.length}:{head.link}", incidents=incidents)
        arm_again(writes, claimed, at=now + EVERY)
        return writes
