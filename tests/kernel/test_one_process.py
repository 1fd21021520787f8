"""SQLite means one process; and a disk that is full refuses, keeps what it has, and recovers."""

import asyncio
import dataclasses
import errno
import random
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from server.engine import running_engine
from server.kernel.database import Database, Writes, open_database, open_to_read
from server.kernel.errors import Unavailable
from server.kernel.settings import SettingError, Settings
from server.pipeline.run import Lanes
from server.serving import AlreadyRunning, only_process, running_mark
from tests.escalation.house import House
from tests.kit.world import World, world_of


async def test_a_second_process_on_the_same_file_is_refused_and_the_first_goes_on(settings: Settings) -> None:
    with only_process(settings):
        async with running_engine(settings) as first:
            with pytest.raises(AlreadyRunning, match="SQLite allows one"), only_process(settings):
                pass
            assert await first.db.value("SELECT 1") == 1
    with only_process(settings):
        pass


async def test_a_folder_that_can_not_be_written_is_a_setting_that_can_not_be_used(settings: Settings) -> None:
    running_mark(settings.sqlite_path).mkdir()
    with pytest.raises(SettingError, match=r"DATABASE_URL.*can't be used"), only_process(settings):
        pass


async def test_what_nobody_can_write_can_be_read_and_nothing_is_made_beside_it(
    settings: Settings, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await db.close()
    path = settings.sqlite_path
    before = sorted(path.parent.iterdir())
    monkeypatch.setattr("os.access", lambda *_: False)
    still = await open_to_read(settings)
    assert await still.value("SELECT COUNT(*) FROM incident") == 0
    with pytest.raises(Unavailable, match="only be read"):
        await still.apply(Writes().sql("DELETE FROM incident"))
    await still.close()
    assert sorted(path.parent.iterdir()) == before
    path.with_name(path.name + "-wal").write_bytes(b"what a crash left")
    with pytest.raises(Unavailable, match="copy all files"):
        await open_to_read(settings)


async def test_the_only_process_takes_back_the_leases_of_the_one_before(settings: Settings, db: Database) -> None:
    path = settings.sqlite_path
    await db.close()
    with sqlite3.connect(path) as raw:
        raw.execute(
            "INSERT INTO due (id, kind, ref, priority, due_at, leased_until, fence, attempts)"
            " VALUES ('1', 'nobody.handles', 'r', 0, 1, 9000000000000000, 3, 1)"
        )
    raw.close()
    async with running_engine(settings) as engine:
        rows = await engine.db.values("SELECT leased_until, fence FROM due WHERE kind = 'nobody.handles'")
    assert rows == [(0, 4)]


async def test_a_process_in_which_a_loop_ended_ends_too(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def over(_: Lanes) -> None:
        raise OSError(errno.ENOSPC, "nobody expects this one")

    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
    monkeypatch.setattr(Lanes, "run", over)
    try:
        async with running_engine(settings) as engine:
            await asyncio.wait_for(asked.wait(), 60)
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
    assert engine.has_failed


@pytest.mark.store
async def test_an_engine_that_ends_lets_go_of_everything_at_once(settings: Settings, db: Database) -> None:
    """Another one needn't wait for its leases."""
    async with running_engine(settings) as engine:
        while not engine.lanes.held:
            await asyncio.sleep(0.01)
    assert await db.value("SELECT COUNT(*) FROM lane WHERE leased_until > 0") == 0
    assert await db.value("SELECT COUNT(*) FROM due WHERE leased_until > 0") == 0


async def post(house: House, n: int) -> Any:
    fills = random.Random(n).randbytes(8000).hex()
    body = {"title": "x" * 2000, "dedup_key": f"{n}", "check": f"{n}", "description": fills}
    return await house.world.nobody.send("POST", f"/ingest/events/{house.integration.key}", body)


async def test_a_full_disk_answers_503_loses_nothing_and_recovers(settings: Settings, tmp_path: Path) -> None:
    db = await open_database(settings)
    try:
        async with world_of(dataclasses.replace(settings, demo=True), db) as world:
            await fill_and_recover(world, db)
    finally:
        await db.close()
    with sqlite3.connect(settings.sqlite_path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


async def fill_and_recover(world: World, db: Database) -> None:
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=300)
    writer: sqlite3.Connection = db._store._writer  # type: ignore[attr-defined] only the writer can be limited
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages + 60}")
    accepted: list[str] = []
    refused = 0
    for n in range(60):
        answer = await post(house, n)
        if answer.status_code == 202:
            accepted.append(answer.json()["event_id"])
        else:
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            refused += 1
    assert refused > 3
    assert len(accepted) > 3
    reading = await house.manager.send("GET", "/api/v1/incidents")
    assert reading.status_code == 200, "what is there can still be read"
    changing = await house.manager.send("POST", "/api/v1/services", {"name": "n", "team_id": world.teams["Payments"]})
    assert changing.status_code in (201, 503)
    writer.execute("PRAGMA max_page_count = 1073741823")
    assert (await post(house, 1000)).status_code == 202
    kept = {id for (id,) in await db.values("SELECT id FROM event")}
    assert set(accepted) <= kept
    assert len(kept) == len(accepted) + 1
    await world.settle()
    assert len(await world.paged()) == len(accepted) + 1
