"""Rows of alerts: written here alone, whoever decides what becomes of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.kernel.database import Dialect, Writes
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


def note_recovered(writes: Writes, integration_id: str, key_hashes: tuple[str, ...], *, now: datetime) -> None:
    """Their source says that they are over, after somebody had resolved their incident."""
    writes.sql(
        "UPDATE alert SET recovered_at = :now, rev = rev + 1 WHERE integration_id || '' = :integration"
        " AND key_hash IN :hashes AND closed_with_incident AND recovered_at IS NULL",
        now=now,
        integration=integration_id,
        hashes=key_hashes,
    )


def note_acknowledged(writes: Writes, ids: tuple[str, ...], *, now: datetime) -> None:
    """Their source says that somebody is at them; stale unless all of them are still in no incident."""
    text = "UPDATE alert SET acked_at = :now, rev = rev + 1 WHERE id IN :ids AND incident_id IS NULL"
    writes.sql(text, expect=len(ids), now=now, ids=ids)
