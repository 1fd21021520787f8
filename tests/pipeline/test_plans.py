"""Looks by key stay looks by key on PostgreSQL, also before it has counted a table that grew within a minute."""

import json
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from server.kernel.settings import Settings
from server.tables.migrate import bind_tables, engine_for
from tests.ingest.ways import Ways, alert, notification
from tests.kit.stores import postgres_settings

LOOKS = ("wanted (one)", "event.parsed_at IS NULL")
"""What tells the statements that must not read more than they return."""


@pytest.fixture
async def settings(postgres_url: str) -> Settings:
    found = await postgres_settings(postgres_url)
    bind_tables(engine_for(found))
    return found


async def test_no_look_by_key_reads_what_it_throws_away(
    ways: Ways, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, seen = ways.world.db, dict[str, Sequence[Any]]()
    fetch = db._store.fetch

    async def noting(text: str, values: list[Any], priority: Any) -> Any:
        if any(word in text for word in LOOKS):
            seen[text] = values
        return await fetch(text, values, priority)

    for round in range(4):
        monkeypatch.setattr(db._store, "fetch", noting if round == 3 else fetch)
        await ways.send(ways.path("alertmanager"), notification(*(alert(f"A{round}", f"n{n}") for n in range(60))))
        assert await ways.incidents()
    resolved = notification(*(alert("A1", f"n{n}", status="resolved") for n in range(9)), status="resolved")
    await ways.send(ways.path("alertmanager"), resolved)
    await ways.world.settle()
    await ways.manager.get("/api/v1/events", state="waiting")

    assert len(seen) >= 4
    connection = await asyncpg.connect(settings.database_url)
    try:
        for text, values in seen.items():
            (plan,) = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", *values))
            assert thrown_away(plan["Plan"]) == 0, text
    finally:
        await connection.close()


def thrown_away(plan: Any) -> int:
    """Rows that were read and didn't fit."""
    return plan.get("Rows Removed by Filter", 0) + sum(thrown_away(each) for each in plan.get("Plans", []))
