"""Rows of alerts: written here alone, whoever decides what becomes of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from server.kernel.database import Database, Dialect, Writes
from server.tables.alerts import Alert


def insert_alerts(writes: Writes, rows: Sequence[dict[str, Any]], dialect: Dialect) -> None:
    """New alerts, and on SQLite their words by one statement: a trigger would write a segment of the index for each."""
    writes.insert_many(Alert, rows)
    if rows and dialect == "sqlite":
        text = "INSERT INTO alert_words (rowid, words) SELECT seq, words FROM alert WHERE id IN :ids"
        writes.sql(text, ids=tuple(row["id"] for row in rows), expect=len(rows))


def change_alert(writes: Writes, id: str, *, rev: int, **values: Any) -> None:
    """New values by column; stale unless the alert is at `rev`."""
    writes.update(Alert, {"id": id, "rev": rev}, rev=rev + 1, **values)


def mark_recovered(writes: Writes, integration_id: str, key_hashes: tuple[str, ...], *, now: datetime) -> None:
    """Their source says that they are over, after somebody had resolved their incident."""
    writes.sql(
        "UPDATE alert SET recovered_at = :now, rev = rev + 1 WHERE integration_id || '' = :integration"
        " AND key_hash IN :hashes AND closed_with_incident AND recovered_at IS NULL",
        now=now,
        integration=integration_id,
        hashes=key_hashes,
    )


def mark_acknowledged(writes: Writes, ids: tuple[str, ...], *, now: datetime) -> None:
    """Their source says that somebody is at them; stale unless all of them are still in no incident."""
    text = "UPDATE alert SET acked_at = :now, rev = rev + 1 WHERE id IN :ids AND incident_id IS NULL"
    writes.sql(text, expect=len(ids), now=now, ids=ids)


def close_alerts(writes: Writes, incident_id: str, *, now: datetime) -> None:
    """All that are open by the time this is written end with their incident."""
    writes.sql(
        "UPDATE alert SET closed_at = :now, closed_with_incident = TRUE, rev = rev + 1"
        " WHERE incident_id = :id AND closed_at IS NULL",
        now=now,
        id=incident_id,
    )


def move_alerts(writes: Writes, source: str, target: str) -> None:
    """One incident's are another's from now on."""
    text = "UPDATE alert SET incident_id = :target, rev = rev + 1 WHERE incident_id = :source"
    writes.sql(text, source=source, target=target)


def reopen_alerts(writes: Writes, ids: tuple[str, ...], *, closed_at: datetime) -> None:
    """Those that were closed then with their incident are open again; stale if one has recovered since."""
    if ids:
        writes.sql(
            "UPDATE alert SET closed_at = NULL, closed_with_incident = FALSE, rev = rev + 1"
            " WHERE id IN :ids AND closed_at = :at AND recovered_at IS NULL",
            expect=len(ids),
            ids=ids,
            at=closed_at,
        )


def take_over_alerts(writes: Writes, ids: tuple[str, ...], incident_id: str) -> None:
    """What a silence or a rule held is this incident's; stale unless all of them are still in none."""
    if ids:
        writes.sql(
            "UPDATE alert SET incident_id = :incident, silenced_by = NULL, dropped_by = NULL, rev = rev + 1"
            " WHERE id IN :ids AND closed_at IS NULL AND incident_id IS NULL",
            expect=len(ids),
            incident=incident_id,
            ids=ids,
        )


async def open_alerts(db: Database, incident_ids: Collection[str]) -> dict[str, int]:
    """How many are open, of each of these incidents."""
    rows = await db.values("SELECT id, open_alert_count FROM incident WHERE id IN :ids", ids=tuple(incident_ids))
    return dict(rows)
