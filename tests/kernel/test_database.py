"""One suite that both engines must pass."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from msgspec import Struct
from piccolo.columns import Column

from server.kernel.database import DRIVER_ERRORS, Database, Priority, Writes
from server.kernel.database.postgres import POOL, ROOM_FOR_PAGES
from server.kernel.errors import Stale
from server.kernel.settings import Settings
from server.kernel.tables import Change, Counter, Due
from tests.kit.stores import SECRET

pytestmark = pytest.mark.store
NOW = datetime(2026, 11, 21, 3, 12, 0, 123456, tzinfo=UTC)


class DueRow(Struct, frozen=True):
    id: str
    kind: str
    due_at: datetime
    parked_at: datetime | None
    attempts: int


def due(id: str, **changes: object) -> dict[str, object]:
    row = {"id": id, "kind": "k", "ref": id, "priority": 0, "due_at": NOW, "leased_until": 0, "fence": 0}
    return row | {"attempts": 0} | changes


async def test_instants_come_back_as_they_went(db: Database) -> None:
    await db.apply(Writes().insert(Due, **due("a")).insert(Due, **due("b", parked_at=NOW)))
    rows = await db.rows(DueRow, "SELECT <fields> FROM due WHERE due_at = :now ORDER BY id", now=NOW)
    assert [(row.id, row.due_at, row.parked_at) for row in rows] == [("a", NOW, None), ("b", NOW, NOW)]


async def test_a_batch_that_misses_one_guard_writes_nothing(db: Database) -> None:
    await db.apply(Writes().insert(Due, **due("a")))
    writes = Writes().insert(Due, **due("b")).update(Due, {"id": "a", "fence": 7}, attempts=1)
    with pytest.raises(Stale):
        await db.apply(writes)
    assert await db.values("SELECT id, attempts FROM due") == [("a", 0)]


async def test_a_row_that_must_be_the_only_one_is_stale_not_an_error(db: Database) -> None:
    await db.apply(Writes().insert(Due, **due("a")))
    with pytest.raises(Stale):
        await db.apply(Writes().insert(Due, **due("b", ref="a")))


async def test_whatever_else_a_constraint_forbids_is_a_bug_not_stale(db: Database) -> None:
    await Counter.raw("CREATE TABLE parent (id INTEGER PRIMARY KEY, even INTEGER NOT NULL CHECK (even % 2 = 0))")
    bugs = (
        "INSERT INTO parent (id, even) VALUES (1, NULL)",
        "INSERT INTO parent (id, even) VALUES (1, 3)",
    )
    for bug in bugs:
        with pytest.raises(DRIVER_ERRORS):
            await db.apply(Writes().sql(bug))
    await db.apply(Writes().sql("INSERT INTO parent (id, even) VALUES (1, 2)"))
    with pytest.raises(Stale):
        await db.apply(Writes().sql("INSERT INTO parent (id, even) VALUES (1, 4)"))


async def test_piccolo_queries_bound_sql_and_many_rows_share_a_transaction(db: Database) -> None:
    writes = Writes().insert_many(Due, [due(str(n)) for n in range(300)])
    writes.query(Due.update({Due.attempts: 3}).where(Due.id.is_in(["7", "8"])), expect=2)
    writes.sql("DELETE FROM due WHERE id IN :ids", expect=3, ids=("1", "2", "3"))
    await db.apply(writes)
    rows = await db.rows(DueRow, Due.select(*_columns()).where(Due.attempts == 3).order_by(Due.id))
    assert [row.id for row in rows] == ["7", "8"]
    assert await db.value("SELECT COUNT(*) FROM due") == 297


def _columns() -> list[Column]:
    return [Due.id, Due.kind, Due.due_at, Due.parked_at, Due.attempts]


async def test_an_empty_list_matches_nothing(db: Database) -> None:
    await db.apply(Writes().insert(Due, **due("a")))
    assert await db.values("SELECT id FROM due WHERE id IN :ids", ids=()) == []


async def test_structs_and_collections_are_kept_as_json(db: Database) -> None:
    class Kept(Struct, frozen=True):
        error: dict[str, list[int]] | None

    await db.apply(Writes().insert(Due, **due("a", error={"x": [1, 2]})))
    row = await db.row(Kept, "SELECT error FROM due")
    assert row is not None
    assert row.error == {"x": [1, 2]}


async def test_returned_rows_and_sequences(db: Database) -> None:
    writes = Writes()
    for name in ("a", "b"):
        writes.insert(Change, kind="incident", object_id=name, rev=1, team_id=None, changed_at=NOW)
    writes.sql("UPDATE counter SET value = value + 2 WHERE name = 'incident' RETURNING value")
    answers = await db.apply(writes)
    assert answers[2][1] == [(2,)]
    assert [row[0] for row in await db.values("SELECT object_id FROM change ORDER BY seq")] == ["a", "b"]


async def test_concurrent_read_modify_writes_lose_nothing(db: Database) -> None:
    """Each adds one under a guard and decides again when it was beaten."""

    async def add() -> None:
        while True:
            value = await db.value("SELECT value FROM counter WHERE name = 'incident'")
            writes = Writes().update(Counter, {"name": "incident", "value": value}, value=value + 1)
            try:
                await db.apply(writes)
            except Stale:
                continue
            return

    await asyncio.gather(*(add() for _ in range(20)))
    assert await db.value("SELECT value FROM counter WHERE name = 'incident'") == 20


async def test_a_broken_statement_fails_its_own_job_only(db: Database) -> None:
    good = [db.apply(Writes().insert(Due, **due(str(n)))) for n in range(10)]
    bad = db.apply(Writes().insert(Due, **due("bad")).sql("INSERT INTO nowhere VALUES (1)"))
    results = await asyncio.gather(*good, bad, return_exceptions=True)
    assert isinstance(results[-1], Exception)
    assert all(not isinstance(result, Exception) for result in results[:-1])
    assert await db.value("SELECT COUNT(*) FROM due") == 10


async def test_the_clock_is_the_database_s(db: Database) -> None:
    clock = await db.clock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=2)


async def test_pages_find_a_connection_however_much_else_waits_for_a_lock(db: Database, settings: Settings) -> None:
    """SQLite has one writer, which takes pages first."""
    if db.dialect == "sqlite":
        return
    other = await asyncpg.connect(settings.database_url)
    try:
        await other.execute("SELECT pg_advisory_lock(7)")
        wait = "SELECT pg_advisory_xact_lock(7)"
        waiting = [
            asyncio.create_task(db.at(priority).apply(Writes().sql(wait)))
            for priority in (Priority.BULK, Priority.NOTICE)
            for _ in range(2 * POOL)
        ]
        reading = [asyncio.create_task(db.at(Priority.NOTICE).values(wait)) for _ in range(2 * POOL)]
        while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            await asyncio.sleep(0.01)
        async with asyncio.timeout(10):
            await db.apply(Writes().insert(Due, **due("page")))
            assert await db.value("SELECT COUNT(*) FROM due") == 1
        held = await other.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        assert held <= POOL - ROOM_FOR_PAGES
        await other.execute("SELECT pg_advisory_unlock(7)")
        await asyncio.gather(*waiting, *reading)
    finally:
        await other.close()


async def test_a_view_commits_at_its_own_priority_and_wakes_the_same_sleepers(db: Database) -> None:
    woken: list[str] = []
    view = db.at(Priority.BULK)
    db.on_hurry(lambda: woken.append("loop"))
    writes = Writes().insert(Due, **due("a"))
    writes.hurries = True
    await view.apply(writes)
    assert (view.priority, db.priority, woken) == (Priority.BULK, Priority.PAGE, ["loop"])


async def test_another_process_that_looks_takes_nothing_away(db: Database, settings: Settings) -> None:
    """On SQLite the last one to leave puts the write-ahead log away; whoever only looks beside us is not the last."""
    look = "SELECT COUNT(*) FROM due"

    async def looked() -> str:
        line = (
            "import asyncio, os\nfrom server.kernel.database import open_database\n"
            "from server.kernel.settings import read_settings\n"
            "async def main():\n    db = await open_database(read_settings(os.environ))\n"
            f"    print(await db.value({look!r}))\n    await db.close()\nasyncio.run(main())"
        )
        environment = {"DATABASE_URL": settings.database_url, "DOGWATCH_SECRET_KEY": SECRET}
        pipe = asyncio.subprocess.PIPE
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", line, env=environment, stdout=pipe)
        return (await other.communicate())[0].decode().strip()

    for count in (1, 2):
        await db.apply(Writes().insert(Due, **due(f"{count}")))
        assert await looked() == str(count)


def part(id: str, *, fence: int = 0, attempts: int = 1) -> Writes:
    writes = Writes().sql(
        "UPDATE due SET attempts = :n WHERE id = :id AND fence = :f", expect=1, n=attempts, id=id, f=fence
    )
    writes.sql("UPDATE due SET error = :e WHERE id = :id", e="x", id=id)
    if id == "b":
        writes.sql("DELETE FROM due WHERE id = :id", expect=1, id=id)
    return writes


async def test_parts_side_by_side_are_one_statement_for_many_and_one_missed_guard_undoes_all(db: Database) -> None:
    await db.apply(Writes().insert_many(Due, [due(id) for id in "abc"]))
    together = Writes().extend_side_by_side([part(id) for id in "abc"])
    assert len(together) == 3
    await db.apply(together)
    assert await db.values("SELECT id, attempts, error FROM due ORDER BY id") == [("a", 1, "x"), ("c", 1, "x")]
    with pytest.raises(Stale):
        await db.apply(Writes().extend_side_by_side([part("a", attempts=7), part("c", fence=9)]))
    assert await db.value("SELECT attempts FROM due WHERE id = 'a'") == 1


def test_parts_keep_their_own_order_and_say_when_they_hurry() -> None:
    first = Writes().sql("A").sql("B").sql("A")
    second = Writes().sql("B").sql("A")
    second.hurries = True
    together = Writes().extend_side_by_side([first, second, Writes()])
    assert [(write.text, 1 if write.many is None else len(write.many)) for write in together] == [
        ("A", 1), ("B", 2), ("A", 2),
    ]  # fmt: skip
    assert together.hurries
