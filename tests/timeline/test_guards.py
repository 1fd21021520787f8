"""What commutes makes nothing stale; a decision makes older decisions stale; and places have no gap."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from server.incidents.alerts import open_alerts
from server.incidents.current import load_incident
from server.incidents.merging import merge
from server.incidents.verbs import acknowledge, comment, follow, resolve
from server.incidents.workspace import Workspace
from server.kernel.database import Database, Stale, Writes
from server.kernel.secrets import Secrets
from server.timeline.append import append
from server.timeline.links import keyed_link
from server.timeline.seal import Sealer, tally
from shared.domain.alerts import Severity
from shared.domain.incidents.changes import Adjustment, Change
from shared.domain.incidents.timeline import SYSTEM, Entry
from shared.wire.lists import Ref
from tests.incidents.desk import Desk
from tests.kit.world import World

pytestmark = pytest.mark.store
LINE = Entry("alerts_joined", {"count": 1, "title": "x"})


@pytest.fixture
async def desk(world: World) -> Desk:
    return await Desk.build(world)


async def raining(desk: Desk, incident_id: str) -> None:
    """Another alert joins, as the pipeline writes it."""
    await desk.house.fire(dedup_key=f"drop {await desk.world.db.value('SELECT COUNT(*) FROM event')}", check="rain")
    await desk.world.engine.lanes.drain()


async def test_what_joins_makes_no_verb_stale(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.clock.now()
    item = await desk.fire("rain")
    before = await load_incident(db, item["id"])
    decided = await acknowledge(db, before, by=SYSTEM, via="app", now=now)
    await raining(desk, item["id"])
    assert (await load_incident(db, item["id"])).rev > before.rev
    await db.apply(decided)
    after = await load_incident(db, item["id"])
    assert (after.state, after.alert_count) == ("acknowledged", 2)


async def test_what_is_only_recorded_makes_no_verb_stale(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.clock.now()
    item, ana = await desk.fire("rain"), Ref(desk.world.users["Ana"], "Ana")
    before = await load_incident(db, item["id"])
    decided = await acknowledge(db, before, by=SYSTEM, via="app", now=now)
    for recorded in (
        await comment(db, before, "on it", by=SYSTEM, now=now),
        await follow(db, before, [ana], by=SYSTEM, now=now),
    ):
        await db.apply(recorded)
    await db.apply(decided)
    assert (await load_incident(db, item["id"])).state == "acknowledged"


async def test_a_decision_makes_an_older_one_stale(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.clock.now()
    item = await desk.fire("rain")
    before = await load_incident(db, item["id"])
    first = await acknowledge(db, before, by=SYSTEM, via="app", now=now)
    second = await resolve(db, before, by=SYSTEM, via="app", now=now)
    await db.apply(first)
    with pytest.raises(Stale):
        await db.apply(second)


async def test_resolving_closes_what_joined_after_it_was_decided(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.clock.now()
    item = await desk.fire("rain")
    decided = await resolve(db, await load_incident(db, item["id"]), by=SYSTEM, via="app", now=now)
    await raining(desk, item["id"])
    await db.apply(decided)
    assert await db.value("SELECT COUNT(*) FROM alert WHERE closed_at IS NULL") == 0
    assert (await load_incident(db, item["id"])).open_alert_count == 0


async def test_a_merge_takes_along_what_joined_after_it_was_decided(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.clock.now()
    source, target = await desk.fire("rain"), await desk.fire("other")
    rows = [await load_incident(db, each["id"]) for each in (target, source)]
    decided = await merge(db, rows[0], rows[1:], by=SYSTEM, now=now)
    await raining(desk, source["id"])
    await db.apply(decided)
    merged = await load_incident(db, target["id"])
    assert (merged.alert_count, merged.open_alert_count) == (3, 3)
    rows = await db.values("SELECT DISTINCT incident_id FROM alert")
    assert rows == [(target["id"],)]


async def test_a_severity_that_was_counted_falls_only_if_nothing_joined(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.clock.now()
    item = await desk.fire("rain")
    work = Workspace(db, Writes(), by=SYSTEM, now=now)
    await work.load([item["id"]])
    work.adjust(item["id"], Adjustment(given=("severity", "open_alert_count"), new={"severity": Severity.INFO}))
    await raining(desk, item["id"])
    with pytest.raises(Stale):
        await db.apply(work.writes)


async def test_patching_wants_the_revision_of_the_last_decision_and_no_later_one(desk: Desk) -> None:
    item = await desk.fire("rain")
    mia = await desk.world.client("Mia")
    path = f"/api/v1/incidents/{item['id']}"
    seen = await mia.get(path)
    await raining(desk, item["id"])
    assert (await mia.get(path))["rev"] > seen["rev"]

    async def patch(title: str, rev: int) -> int:
        return (await mia.send("PATCH", path, {"title": title}, headers={"if-match": str(rev)})).status_code

    assert await patch("one", seen["rev"]) == 200
    assert await patch("two", seen["rev"]) == 412
    assert await patch("three", (await mia.get(path))["rev"] + 1) == 412


async def test_lines_of_many_writers_have_places_without_a_gap_and_one_chain(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.clock.now()
    item = await desk.fire("rain")

    async def tell(n: int) -> None:
        writes = Writes()
        append(writes, item["id"], [LINE] * (1 + n % 3), now=now + timedelta(microseconds=n))
        await db.apply(writes)

    await asyncio.gather(*(tell(n) for n in range(40)))
    sealers = [Sealer(db, desk.world.clock, desk.world.engine.secrets, open_alerts) for _ in range(2)]
    await asyncio.gather(*(sealer.drain() for sealer in sealers))
    await chained(db, desk.world.engine.secrets, item["id"])


async def chained(db: Database, secrets: Secrets, incident_id: str) -> None:
    rows = await db.values(
        "SELECT n, at, actor_kind, actor_id, kind, args, prev_hash, hash FROM timeline WHERE incident_id = :id"
        " ORDER BY n",
        id=incident_id,
    )
    link = ""
    for place, row in enumerate(rows, 1):
        *content, args, before, hashed = row
        assert (content[0], before) == (place, link)
        link = keyed_link(secrets, incident_id, link, *content, _json(args))
        assert hashed == link
    ends = await db.values("SELECT timeline_n, sealed_n, timeline_hash FROM incident WHERE id = :id", id=incident_id)
    assert ends == [(len(rows), len(rows), link)]


def _json(text: str) -> Any:

    return json.loads(text)


async def test_what_happens_many_times_is_told_once_a_round(desk: Desk) -> None:
    db, clock = desk.world.db, desk.world.clock
    item = await desk.fire("rain")
    before = await db.value("SELECT timeline_n FROM incident WHERE id = :id", id=item["id"])

    async def join(n: int) -> None:
        writes = Writes()
        tally(writes, item["id"], "alerts_joined", n, f"alert {n}", SYSTEM)
        await db.apply(writes)

    await asyncio.gather(*(join(n) for n in range(1, 11)))
    await asyncio.gather(*(Sealer(db, clock, desk.world.engine.secrets, open_alerts).round() for _ in range(3)))
    rows = await db.values("SELECT args FROM timeline WHERE n > :n AND incident_id = :id", n=before, id=item["id"])
    assert [_json(args)["count"] for (args,) in rows] == [55]
    assert await db.value("SELECT COUNT(*) FROM tally") == 0


async def test_decisions_within_the_same_writes_rest_on_each_other(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.clock.now()
    item = await desk.fire("rain")
    work = Workspace(db, Writes(), by=SYSTEM, now=now)
    await work.load([item["id"]])
    for title in ("first", "second"):
        work.change(work.found(item["id"]), Change(new={"title": title}, entries=(LINE,)))
    await db.apply(work.writes)
    assert (await load_incident(db, item["id"])).title == "second"
