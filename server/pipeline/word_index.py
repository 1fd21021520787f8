"""Keep alerts with the index of their words."""

from collections.abc import Sequence
from typing import Any

from server.kernel.database import Dialect, Writes
from server.tables.alerts import Alert


def insert_alerts(writes: Writes, rows: Sequence[dict[str, Any]], dialect: Dialect) -> None:
    """New alerts, and on SQLite their words by one statement: a trigger would write a segment of the index for each."""
    writes.insert_many(Alert, rows)
    if rows and dialect == "sqlite":
        text = "INSERT INTO alert_words (rowid, words) SELECT seq, words FROM alert WHERE id IN :ids"
        writes.sql(text, ids=tuple(row["id"] for row in rows), expect=len(rows))
