"""A step that is due by mistake: what somebody has, and what is not due yet, pages nobody."""

import pytest

from server.escalation.runs import ADVANCE
from server.kernel.database import Writes
from server.kernel.due import arm
from tests.incidents.desk import Desk
from tests.kit.world import World

pytestmark = pytest.mark.store


async def stray(world: World, incident_id: str) -> None:
    """A due row that nobody should have left."""
    writes, now = Writes(), world.clock.now()
    arm(writes, ADVANCE, incident_id, at=now, now=now)
    await world.db.apply(writes)
    await world.settle()


async def steps(world: World) -> int:
    return await world.db.value("SELECT COUNT(*) FROM escalation_step")


@pytest.mark.parametrize("verb", ["acknowledge", "snooze", "resolve"])
async def test_of_what_somebody_has_or_has_ended_no_step_is_taken(world: World, verb: str) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Bo", incident, verb, {"acknowledge": None, "snooze": {"seconds": 7200}, "resolve": {}}[verb])
    await world.advance(minutes=90)
    before = await desk.told(incident)
    await stray(world, incident["id"])
    assert (await world.paged(), await steps(world)) == (["Ana"], 1)
    assert await desk.told(incident) == before


async def test_a_step_that_is_not_due_yet_waits_for_its_time(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    before = (await desk.read(incident))["next"]
    await stray(world, incident["id"])
    assert (await world.paged(), await steps(world)) == (["Ana"], 1)
    assert (await desk.read(incident))["next"] == before
    await world.advance(minutes=61)
    assert await world.paged() == ["Ana", "Bo"]
