"""Ten thousand alerts in one body: one incident for each check, whoever dies on the way."""

import contextlib
from typing import Any

import pytest

from server.kernel.database import Writes
from server.pipeline import work as work_module
from server.pipeline.run import Lanes
from tests.ingest.ways import Ways, alert, notification

ALERTS = 10_000
NAMES = ("DiskFull", "HighLatency", "TargetDown", "OutOfMemory")


def storm(status: str = "firing") -> dict[str, Any]:
    alerts = (alert(NAMES[n % len(NAMES)], f"host-{n}", status=status) for n in range(ALERTS))
    return notification(*alerts, status=status)


async def totals(ways: Ways) -> dict[str, tuple[int, int]]:
    rows = await ways.world.db.values("SELECT group_key, alert_count, open_alert_count FROM incident")
    return {key: (count, still_open) for key, count, still_open in rows}


async def test_one_incident_for_each_check_and_back_again(ways: Ways) -> None:
    assert (await ways.send(ways.path("alertmanager"), storm())).status_code == 202
    await ways.world.settle()
    each = ALERTS // len(NAMES)
    assert await totals(ways) == {f"check {name}": (each, each) for name in NAMES}
    assert len(await ways.world.paged()) == len(NAMES)
    longest = await ways.world.db.value("SELECT MAX(timeline_n) FROM incident")
    assert longest < 2 * ALERTS // 200 + 10, "a slice is one entry, not an entry for each alert"
    assert (await ways.send(ways.path("alertmanager"), storm())).status_code == 202
    await ways.world.settle()
    assert await ways.world.db.values("SELECT DISTINCT count FROM alert") == [(2,)]
    assert (await ways.send(ways.path("alertmanager"), storm("resolved"))).status_code == 202
    await ways.world.settle()
    assert await totals(ways) == {f"check {name}": (each, 0) for name in NAMES}
    assert {item["state"] for item in await ways.incidents()} == {"resolved"}


@pytest.mark.store
async def test_a_body_that_is_cut_off_midway_goes_on_where_it_was(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "next_size", lambda size, _: size)
    body = notification(*(alert(NAMES[n % 4], f"host-{n}") for n in range(1_100)))
    assert (await ways.send(ways.path("alertmanager"), body)).status_code == 202
    db = ways.world.db
    commit: Any = db.apply
    slices = 0

    async def apply(writes: Writes, *args: Any) -> Any:
        nonlocal slices
        if any("UPDATE event SET done" in str(write.text) for write in writes):
            slices += 1
            if slices == 3:
                raise KeyboardInterrupt
        return await commit(writes, *args)

    with monkeypatch.context() as killed, contextlib.suppress(KeyboardInterrupt):
        killed.setattr(db, "apply", apply)
        while slices < 3:
            await ways.world.engine.lanes.cycle()
    assert await db.value("SELECT done FROM event") == 400
    engine = ways.world.engine
    engine.lanes = Lanes(db, ways.world.clock, engine.directory)
    await ways.world.advance(seconds=11)
    assert await totals(ways) == {f"check {name}": (275, 275) for name in NAMES}
    assert await db.value("SELECT COUNT(*) FROM alert") == 1_100
    assert await db.values("SELECT DISTINCT count FROM alert") == [(1,)]
