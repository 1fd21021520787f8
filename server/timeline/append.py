"""Append to an incident's timeline: the only place that raises its revision and tells live sockets."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from server.kernel.clock import to_us
from server.kernel.database import Database, Writes
from server.kernel.live import note_change
from server.tables.incidents import Incident
from server.tables.timelines import Timeline
from shared.domain.timeline import KINDS


class Head(Struct, frozen=True, kw_only=True):
    """Where an incident's chain ends, and the revision that a change is decided on."""

    id: str
    team_id: str
    rev: int
    timeline_n: int
    timeline_hash: str


H = TypeVar("H", bound=Head)


class Who(Struct, frozen=True):
    """Who did it."""

    kind: Literal["user", "api_key", "integration", "system"]
    id: str | None = None


SYSTEM = Who("system")


class Entry(Struct, frozen=True):
    """One thing that happened; `args` are those that the kind names."""

    kind: str
    args: dict[str, Any]
    by: Who = SYSTEM


async def load_head(db: Database, incident_id: str) -> Head | None:
    return await db.row(Head, "SELECT * FROM incident WHERE id = :id", id=incident_id)


def append(writes: Writes, head: H, entries: Sequence[Entry], *, now: datetime, **changes: Any) -> H:
    """Tell `entries` and make `changes` to the incident; misses its guard if somebody else was first."""
    n, link = head.timeline_n, head.timeline_hash
    rows: list[dict[str, Any]] = []
    for entry in entries:
        n += 1
        rows.append(_row(head.id, n, entry, link, now))
        link = rows[-1]["hash"]
    writes.update(
        Incident,
        {"id": head.id, "rev": head.rev},
        rev=head.rev + 1,
        timeline_n=n,
        timeline_hash=link,
        **changes,
    )
    writes.insert_many(Timeline, rows)
    note_change(writes, kind="incident", id=head.id, rev=head.rev + 1, team_id=head.team_id, now=now)
    return msgspec.structs.replace(head, rev=head.rev + 1, timeline_n=n, timeline_hash=link)


def _row(incident_id: str, n: int, entry: Entry, prev_hash: str, now: datetime) -> dict[str, Any]:
    if set(entry.args) != set(KINDS[entry.kind]):
        raise ValueError(f"{entry.kind} takes {KINDS[entry.kind]}, not {tuple(entry.args)}")
    return {
        "incident_id": incident_id,
        "n": n,
        "at": now,
        "actor_kind": entry.by.kind,
        "actor_id": entry.by.id,
        "kind": entry.kind,
        "args": entry.args,
        "prev_hash": prev_hash,
        "hash": chain_hash(prev_hash, n, to_us(now), entry.by.kind, entry.by.id, entry.kind, entry.args),
    }


def chain_hash(prev_hash: str, *content: Any) -> str:
    """What ties an entry to all before it."""
    encoded = msgspec.json.encode(content, order="sorted")
    return hashlib.sha256(prev_hash.encode() + b"\n" + encoded).hexdigest()
