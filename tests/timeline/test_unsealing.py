"""What was sealed can't become unsealed; no incident can go or change its number unseen."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from server.incidents.alerts import open_alerts
from server.kernel.database import Writes
from server.paging_health.record import Break, Checked, verify
from server.timeline.append import append
from server.timeline.links import BEFORE_SUMS, SUM, keyed_link
from server.timeline.seal import Sealer
from shared.domain.incidents.timeline import Entry
from tests.incidents.desk import Desk
from tests.kit.world import World

OF_FIRST = "(SELECT id FROM incident WHERE number = 1)"
OF_LAST = "(SELECT id FROM incident WHERE number = 3)"
UNSEAL = (
    f"UPDATE timeline SET hash = '', prev_hash = '', actor_id = 'forged' WHERE incident_id = {OF_FIRST}",
    "UPDATE incident SET sealed_n = 0, timeline_hash = '' WHERE number = 1",
)
NEWEST = (f"UPDATE timeline SET seq = seq + 100000 WHERE incident_id = {OF_FIRST}",)
CUT = (
    f"DELETE FROM timeline WHERE incident_id = {OF_FIRST} AND n > 1",
    f"UPDATE incident SET timeline_n = 1, sealed_n = 1, timeline_hash ="
    f" (SELECT hash FROM timeline WHERE incident_id = {OF_FIRST} AND n = 1) WHERE number = 1",
)
LAST_GONE = (
    f"DELETE FROM timeline WHERE incident_id = {OF_LAST}",
    "DELETE FROM incident WHERE number = 3",
    "UPDATE counter SET value = 2 WHERE value = 3",
)
SWAPPED = (
    "UPDATE incident SET number = -1 WHERE number = 1",
    "UPDATE incident SET number = 1 WHERE number = 2",
    "UPDATE incident SET number = 2 WHERE number = -1",
)
NO_SUM = ("DELETE FROM chain WHERE name = 'sealed'",)
FEWER = ("UPDATE chain SET length = length - 3 WHERE name = 'sealed'",)
WAYS = {
    "unsealed": UNSEAL,
    "unsealed and moved to the end": UNSEAL + NEWEST,
    "end unsealed": (
        f"UPDATE timeline SET hash = '', prev_hash = '' WHERE incident_id = {OF_FIRST} AND n > 1",
        f"UPDATE incident SET sealed_n = 1, timeline_hash ="
        f" (SELECT hash FROM timeline WHERE incident_id = {OF_FIRST} AND n = 1) WHERE number = 1",
    ),
    "end cut off": CUT,
    "last incident gone": LAST_GONE,
    "numbers swapped": SWAPPED,
    "sum gone": NO_SUM,
    "unsealed, sum gone": UNSEAL + NO_SUM,
    "unsealed, sum lowered": UNSEAL + FEWER,
}


async def lived_in(world: World) -> Desk:
    desk = await Desk.build(world)
    first = await desk.fire()
    await desk.fire("other")
    await desk.fire("third")
    await desk.act("Ana", first, "acknowledge")
    await world.settle()
    return desk


async def change(world: World, statements: tuple[str, ...]) -> None:
    writes = Writes()
    for statement in statements:
        writes.sql(statement)
    await world.db.apply(writes)


async def found(world: World) -> Checked | Break:
    return await verify(world.db, world.engine.secrets)


def again(world: World) -> Sealer:
    """The sealer of a process that begins, without a file of heads."""
    made = Sealer(world.db, world.clock, world.engine.secrets, open_alerts)
    world.engine.sealer = world.engine.auditor.sealer = made
    return made


@pytest.mark.parametrize("way", WAYS)
async def test_it_is_found_not_sealed_and_told_at_the_start(world: World, way: str) -> None:
    desk = await lived_in(world)
    assert isinstance(await found(world), Checked)
    await change(world, WAYS[way])
    before = await found(world)
    assert isinstance(before, Break)
    assert before.where == "timelines"
    begun = again(world)
    await world.engine.auditor.begin(world.clock.now())
    assert any("the record was changed" in problem for problem in world.engine.auditor.problems)
    open_before = await world.db.value("SELECT COUNT(*) FROM timeline WHERE hash = ''")
    await desk.fire("fourth")
    await begun.drain()
    assert await world.db.value("SELECT COUNT(*) FROM timeline WHERE hash = ''") > open_before, "nothing is sealed"
    assert isinstance(await found(world), Break)


@pytest.mark.store
async def test_what_is_unsealed_while_an_engine_runs_is_found_though_it_was_sealed_again(world: World) -> None:
    await lived_in(world)
    await change(world, UNSEAL)
    await world.engine.sealer.drain()
    assert isinstance(await found(world), Break)


@pytest.mark.store
async def test_a_sum_put_back_is_not_gone_on_with(world: World) -> None:
    desk = await lived_in(world)
    [(length, link)] = await world.db.values("SELECT length, link FROM chain WHERE name = :name", name=SUM)
    await desk.fire("fourth")
    await world.settle()
    await world.db.apply(
        Writes().sql("UPDATE chain SET length = :n, link = :link WHERE name = :name", n=length, link=link, name=SUM)
    )
    await desk.fire("fifth")
    await world.engine.sealer.drain()
    assert world.engine.sealer.flaw is not None
    assert isinstance(await found(world), Break)


@pytest.mark.store
async def test_what_a_crash_left_unsealed_is_sealed_days_later_without_a_word(world: World) -> None:
    await lived_in(world)
    writes = Writes()
    for (id,) in await world.db.values("SELECT id FROM incident ORDER BY id"):
        append(writes, id, [Entry("alerts_joined", {"count": 1, "title": "x"})], now=world.clock.now())
    await world.db.apply(writes)
    assert await world.db.value("SELECT COUNT(*) FROM timeline WHERE hash = ''") > 0
    assert isinstance(await found(world), Checked)
    world.clock.advance(timedelta(days=9))
    begun = again(world)
    await begun.drain()
    assert begun.flaw is None
    checked = await found(world)
    assert isinstance(checked, Checked)
    assert checked.unsealed == 0


@pytest.mark.store
async def test_what_an_older_release_sealed_is_added_up_with_the_first_sealing(world: World) -> None:
    desk = await lived_in(world)
    await seal_as_before(world)
    assert isinstance(await found(world), Checked)
    await asyncio.gather(*(again(world).drain() for _ in range(2)))
    await desk.fire("fourth")
    await asyncio.gather(*(again(world).drain() for _ in range(3)))
    assert isinstance(await found(world), Checked)
    await change(world, UNSEAL)
    assert isinstance(await found(world), Break)


async def seal_as_before(world: World) -> None:
    """Under the key, but without a sum."""
    writes = Writes().sql("DELETE FROM chain WHERE name = :name", name=SUM)
    for id, n in await world.db.values("SELECT id, timeline_n FROM incident"):
        link = ""
        rows = await world.db.values(
            "SELECT n, at, actor_kind, actor_id, kind, args FROM timeline WHERE incident_id = :id ORDER BY n", id=id
        )
        for *content, said in rows:
            before, link = link, old_link(world, id, link, *content, said)
            writes.sql("UPDATE timeline SET prev_hash = :before, hash = :link WHERE incident_id = :id AND n = :n",
                       before=before, link=link, id=id, n=content[0])  # fmt: skip
        writes.sql("UPDATE incident SET timeline_hash = :link, sealed_n = :n WHERE id = :id", link=link, n=n, id=id)
    await world.db.apply(writes)


def old_link(world: World, id: str, before: str, *content: object) -> str:
    *plain, said = content
    args = msgspec.json.decode(str(said))
    return keyed_link(world.engine.secrets, id, before, *plain, args, since=BEFORE_SUMS)
