"""Write an incident's timeline: alone raises its revision, gives lines their places and tells live sockets.

What is only told rests on nothing (`append`). Whoever changes the incident's row with it raises the same columns in the
same statement (`RAISED`), and adds the lines (`add_lines`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from server.kernel.database import Writes
from server.kernel.live import publish_change_of
from server.tables.incidents import Incident
from shared.domain.incidents.timeline import KINDS, Entry

RAISED: Final = "rev = rev + 1, timeline_n = timeline_n + :entries"
"""What every change of an incident's row sets besides; `entries` is how many lines are added with it."""
BLANK: Final = ("timeline_n, timeline_hash, sealed_n, rev", "0, '', 0, 0")
"""The columns of a new incident's row that are the timeline's, and their values."""


def append(writes: Writes, incident_id: str, entries: Sequence[Entry], *, now: datetime) -> None:
    """Tell entries, whatever becomes of the incident meanwhile."""
    text = f"UPDATE incident SET {RAISED} WHERE id = :id"  # noqa: S608 fixed
    writes.sql(text, expect=1, id=incident_id, entries=len(entries))
    add_lines(writes, incident_id, entries, now=now)


def add_lines(writes: Writes, incident_id: str, entries: Sequence[Entry], *, now: datetime) -> None:
    """Entries for which places were raised in the statement before; `seal` chains them."""
    for back, entry in zip(reversed(range(len(entries))), entries, strict=True):
        _insert(writes, incident_id, entry, back=back, now=now)
    publish_change_of(writes, Incident, kind="incident", id=incident_id, now=now)


def _insert(writes: Writes, incident_id: str, entry: Entry, *, back: int, now: datetime) -> None:
    """An entry whose place lies `back` before the incident's last."""
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
