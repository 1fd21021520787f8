"""On SQLite the index of words is kept beside alerts by our own statements: it must never differ from them."""

import re
from pathlib import Path

import pytest

from server.kernel.clock import from_us
from server.kernel.database import Database, Writes
from server.pipeline.word_index import EVERY, begin_tidying
from tests.ingest.ways import Ways

ROOT = Path(__file__).parent.parent.parent


async def check(db: Database) -> None:
    """Raises when the index holds other words than alerts do."""
    await db.apply(Writes().sql("INSERT INTO alert_words (alert_words, rank) VALUES ('integrity-check', 1)"))


async def found(db: Database, word: str) -> int:
    return await db.value("SELECT COUNT(*) FROM alert_words WHERE alert_words MATCH :word", word=word)


async def test_new_alerts_repeats_and_alerts_that_are_pruned_leave_it_as_alerts_are(ways: Ways) -> None:
    alerts = [
        {"status": "firing", "fingerprint": f"f{n}", "labels": {"alertname": "Disk", "host": f"node{n}"}}
        for n in range(30)
    ]
    await ways.send(ways.path("alertmanager"), {"alerts": alerts})
    await ways.world.settle()
    db = ways.world.db
    await check(db)
    assert (await found(db, "node7"), await found(db, "disk")) == (1, 30)
    alerts[7]["annotations"] = {"description": "volcano"}
    await ways.send(ways.path("alertmanager"), {"alerts": alerts[5:9]})
    await ways.world.settle()
    await check(db)
    assert await found(db, "volcano") == 1
    await db.apply(Writes().sql("DELETE FROM alert WHERE dedup_key = 'f7'"))
    await check(db)
    assert (await found(db, "volcano"), await found(db, "disk")) == (0, 29)


@pytest.mark.store
async def test_waiting_words_are_sorted_in_now_and_then(ways: Ways) -> None:
    """On PostgreSQL alone; found before and after."""
    db, now = ways.world.db, ways.world.clock.now()
    alerts = [{"status": "firing", "labels": {"alertname": "Disk", "host": "volcano"}}]
    await ways.send(ways.path("alertmanager"), {"alerts": alerts})
    await begin_tidying(db, now)
    await ways.world.settle()
    assert len((await ways.manager.get("/api/v1/alerts", q="volcano"))["items"]) == 1
    armed = await db.values("SELECT due_at FROM due WHERE kind = 'words.tidy'")
    assert [from_us(at) for (at,) in armed] == ([now + EVERY] if db.dialect == "postgres" else [])


def test_alerts_are_inserted_where_their_words_are_indexed_and_nowhere_else() -> None:
    inserts = re.compile(r"insert(_many)?\(\s*Alert\b|INSERT INTO \"?alert\"? ", re.IGNORECASE)
    files = [path for folder in ("server", "bench") for path in (ROOT / folder).rglob("*.py")]
    holders = {path.name for path in files if "migrations" not in path.parts and inserts.search(path.read_text())}
    assert holders == {"alerts.py"}
