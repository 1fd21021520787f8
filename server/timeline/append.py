"""Write an incident's timeline and change the incident: alone raises its revision and tells live sockets.

Three ways, by what they rest on. Lines that are only told rest on nothing (`append`). A decision rests on all that was
decided before (`decide`), or on the facts that are named. What alerts change by the hundred rests on named facts and
doesn't make a decision old (`adjust`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from server.kernel.database import Writes
from server.kernel.live import note_change_of
from server.tables.incidents import Incident
from shared.domain.incidents.timeline import KINDS, Entry


class Head(Struct, frozen=True, kw_only=True):
    """An incident as decisions find it: `decided` is the revision that the last one made, None within its writes."""

    id: str
    team_id: str
    rev: int
    decided: int | None


H = TypeVar("H", bound=Head)


def append(writes: Writes, incident_id: str, entries: Sequence[Entry], *, now: datetime) -> None:
    """Tell entries, whatever becomes of the incident meanwhile."""
    _write(writes, incident_id, entries, _Change(), now=now)


def decide(
    writes: Writes,
    head: H,
    entries: Sequence[Entry],
    *,
    now: datetime,
    given: Mapping[str, Any] | None = None,
    **changes: Any,
) -> H:
    """Decide on the incident as `head` says it stands; Stale if anything was decided since, but not if alerts joined.

    With `given`, Stale only if these columns have other values; either way, it makes older decisions Stale.
    """
    guards = {"decided": head.decided} if given is None else dict(given)
    if head.decided is None:
        guards.pop("decided", None)
    _write(writes, head.id, entries, _Change(given=guards, is_decision=True, new=changes), now=now)
    return msgspec.structs.replace(head, decided=None)


def adjust(
    writes: Writes,
    incident_id: str,
    entries: Sequence[Entry] = (),
    *,
    now: datetime,
    given: Mapping[str, Any],
    above: Mapping[str, int] | None = None,
    added: Mapping[str, int] | None = None,
    **changes: Any,
) -> None:
    """Add to counters and change what follows from alerts; Stale unless columns are as `given` and `above` a number."""
    change = _Change(given=given, above=above or {}, added=added or {}, new=changes)
    _write(writes, incident_id, entries, change, now=now)


def hold(writes: Writes, head: Head, **given: str) -> None:
    """Keep others from the row until the commit, so that what is written next sees every alert that has joined."""
    where = " AND ".join(f"{name} = :{name}" for name in ("id", "decided", *given))
    writes.sql(f"UPDATE incident SET rev = rev WHERE {where}", expect=1, id=head.id, decided=head.decided, **given)  # noqa: S608 columns


class _Change(Struct, frozen=True, kw_only=True):
    """What becomes of an incident's columns, and what it rests on."""

    given: Mapping[str, Any] = {}
    above: Mapping[str, int] = {}
    added: Mapping[str, int] = {}
    new: Mapping[str, Any] = {}
    is_decision: bool = False

    def statement(self) -> str:
        changed = {"rev": "rev + 1", "timeline_n": "timeline_n + :entries"}
        changed |= {"decided": "rev + 1"} if self.is_decision else {}
        changed |= {name: f"{name} + :added_{name}" for name in self.added}
        changed |= {name: f":new_{name}" for name in self.new}
        given = [f"{name} {'IS NULL' if value is None else f'= :given_{name}'}" for name, value in self.given.items()]
        where = ["id = :id", *given, *(f"{name} > :above_{name}" for name in self.above)]
        sets = ", ".join(f"{name} = {value}" for name, value in changed.items())
        return f"UPDATE incident SET {sets} WHERE {' AND '.join(where)}"  # noqa: S608 columns of ours

    def args(self) -> dict[str, Any]:
        kinds = {"given": self.given, "above": self.above, "added": self.added, "new": self.new}
        return {f"{kind}_{name}": value for kind, named in kinds.items() for name, value in named.items()}


def _write(writes: Writes, incident_id: str, entries: Sequence[Entry], change: _Change, *, now: datetime) -> None:
    writes.sql(change.statement(), expect=1, id=incident_id, entries=len(entries), **change.args())
    for back, entry in zip(reversed(range(len(entries))), entries, strict=True):
        _insert(writes, incident_id, entry, back=back, now=now)
    note_change_of(writes, Incident, kind="incident", id=incident_id, now=now)


def _insert(writes: Writes, incident_id: str, entry: Entry, *, back: int, now: datetime) -> None:
    """An entry whose place lies `back` before the incident's last; `seal` chains it."""
    if set(entry.args) != set(KINDS[entry.kind]):
        raise ValueError(f"{entry.kind} takes {KINDS[entry.kind]}, not {tuple(entry.args)}")
    writes.sql(
        "INSERT INTO timeline (incident_id, n, at, actor_kind, actor_id, kind, args, prev_hash, hash)"
        " SELECT id, timeline_n - :back, :at, :actor_kind, :actor_id, :kind, :args, '', '' FROM incident"
        " WHERE id = :incident_id",
        incident_id=incident_id,
        back=back,
        at=now,
        actor_kind=entry.by.kind,
        actor_id=entry.by.id,
        kind=entry.kind,
        args=msgspec.json.encode(entry.args).decode(),
    )
