"""Check the record: every incident's timeline and the audit trail, and say where the first break is."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct

from server.accounts.audit.chain import Head, entries_after, head_of
from server.accounts.people.incident_numbers import PRIVATE, PUBLIC, SPACING
from server.kernel.clock import from_us, to_us
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm_again, arm_unless_armed, handles
from server.kernel.secrets import Secrets
from server.paging_health.record_heads import Heads
from server.timeline.links import chain_hash, is_keyed
from server.timeline.seal import End, Ends, key_begins, sum_flaw

log = structlog.get_logger()
HEADS = Kind("record.heads", Priority.BULK)
EVERYTHING = "all"
EVERY = timedelta(days=1)
FIRST = timedelta(minutes=1)
TITLES = ("opened", "opened_by_hand", "retitled")
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


async def verify(
    db: Database, secrets: Secrets, *, known: Head | None = None, kept: Heads | None = None
) -> Checked | Break:
    """Walk everything, incidents by number first; heads `known` from the log or `kept` in the file must still be there.

    What is written meanwhile breaks nothing.
    """
    incidents = await _verify_incidents(db, secrets, kept)
    if isinstance(incidents, Break):
        return incidents
    told = {"the log": known, "the file of heads": kept.audit if kept is not None else None}
    audit = await _verify_audit(db, secrets, {who: head for who, head in told.items() if head is not None})
    if isinstance(audit, Break):
        return audit
    return Checked(
        incidents=incidents.incidents,
        entries=incidents.entries,
        unsealed=incidents.unsealed,
        audit_entries=audit.audit_entries,
        unsealed_audit_entries=audit.unsealed_audit_entries,
    )


async def _verify_incidents(db: Database, secrets: Secrets, kept: Heads | None) -> Checked | Break:
    """Numbers are drawn one after the other, in the range of everybody and in those of private teams."""
    begun, before = await key_begins(db), Ends()
    ranges = await _ranges(db)
    incidents = entries = unsealed = number = 0
    async for incident in _incidents(db):
        while incident.number >= ranges[0].end and number >= ranges[0].last:
            ranges.pop(0)
            number = ranges[0].start
        if incident.number != number + 1:
            return Break(f"incident #{number + 1}", "is missing")
        number = incident.number
        end = await _timeline_flaw(db, secrets, incident)
        if isinstance(end, str):
            return Break(f"incident #{number}, timeline", end)
        if end is not None:
            before.add(end)
        incidents += 1
        entries += incident.sealed_n
        unsealed += incident.timeline_n - incident.sealed_n
    for range in ranges:
        if range.last > max(number, range.start):
            return Break(f"incident #{max(number, range.start) + 1}", "is missing")
    if (flaw := await _key_flaw(db, secrets, begun, before, kept, entries)) is not None:
        return Break("timelines", flaw)
    if (retitled := await _retitled(db)) is not None:
        return Break(f"incident #{retitled}", "has another title than its timeline tells")
    return Checked(incidents=incidents, entries=entries, unsealed=unsealed)


async def _key_flaw(
    db: Database, secrets: Secrets, begun: str | None, before: Ends, kept: Heads | None, entries: int
) -> str | None:
    """What is wrong with the place from which on timelines are sealed under the key, or with their end."""
    if kept is not None and kept.keyed_from and begun != kept.keyed_from:
        return "the mark of the key is not what the file of heads has"
    if begun is None and entries > before.entries:
        return "the mark of the key is missing"
    if begun is not None and begun != before.link(secrets):
        return f"{before.entries} entries are sealed without the key, which are not those there were before it"
    if kept is not None and (await db.value("SELECT MAX(seq) FROM timeline") or 0) < kept.newest:
        return "the newest entries are missing, which the file of heads has"
    return await sum_flaw(db, secrets, at_least=kept.sealed if kept is not None else 0)


async def _retitled(db: Database) -> int | None:
    """The first incident whose title nobody gave it."""
    last = 0
    while True:
        rows = await db.values(
            "SELECT number, title, (SELECT args FROM timeline WHERE incident_id = incident.id AND kind IN :kinds"
            " ORDER BY n DESC LIMIT 1) FROM incident WHERE number > :last ORDER BY number LIMIT :limit",
            kinds=TITLES,
            last=last,
            limit=AT_ONCE,
        )
        for number, title, said in rows:
            if said is None or msgspec.json.decode(said).get("title") != title:
                return int(number)
        if len(rows) < AT_ONCE:
            return None
        last = rows[-1][0]


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
        text = "SELECT <fields> FROM incident WHERE number > :last ORDER BY number LIMIT :limit"
        rows = await db.rows(_Incident, text, last=last, limit=AT_ONCE)
        for row in rows:
            yield row
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].number


async def _timeline_flaw(db: Database, secrets: Secrets, incident: _Incident) -> str | End | None:
    """What is wrong first, else where the part ends that was sealed before the key, if there is any.

    Places must have no gap, and what is sealed must be chained: under the key from the first or from some entry on.
    """
    n, link, end = 0, "", End(incident.id, 0, "")
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
            reached = _reached(secrets, line, link, end)
            if reached is None:
                return f"entry {n} was changed"
            link, end = line.hash, reached
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
    if link != incident.timeline_hash:
        return f"the end at entry {incident.sealed_n} was changed"
    return end if end.n else None


def _reached(secrets: Secrets, line: _Line, before: str, end: End) -> End | None:
    """How far the part without a key goes now; None when the entry is not what was sealed behind `before`."""
    try:
        args = msgspec.json.decode(line.said)
    except msgspec.DecodeError:
        return None
    if line.prev_hash != before:
        return None
    content = (line.n, to_us(line.at), line.actor_kind, line.actor_id, line.kind, args)
    if is_keyed(secrets, line.hash, end.incident_id, before, *content):
        return end
    is_plain = end.n == line.n - 1 and line.hash == chain_hash(before, *content)
    return End(end.incident_id, line.n, line.hash) if is_plain else None


async def _verify_audit(db: Database, secrets: Secrets, known: Mapping[str, Head]) -> Checked | Break:
    walked = Head(0, "")
    while walked.length < (head := await head_of(db)).length:
        found = await _walk_audit(db, secrets, walked, known)
        if isinstance(found, Break):
            return found
        walked = found
    place = walked.length
    for who, told in known.items():
        if place < told.length:
            return Break(f"audit trail, entry {place + 1}", f"is missing, which {who} has")
    if head != walked:
        return Break(f"audit trail, entry {place}", "is not what the chain ends with")
    waiting = await db.value("SELECT COUNT(*) FROM audit WHERE place IS NULL")
    if waiting and place and await _are_old(db):
        return Break(f"audit trail, {waiting} entries", "were never sealed")
    return Checked(audit_entries=place, unsealed_audit_entries=waiting)


async def _walk_audit(db: Database, secrets: Secrets, walked: Head, known: Mapping[str, Head]) -> Head | Break:
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
        for who, told in known.items():
            if place == told.length and link != told.link:
                return Break(f"audit trail, entry {place}", f"has another link than {who} has")
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


@handles(HEADS, at_once=1)
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
