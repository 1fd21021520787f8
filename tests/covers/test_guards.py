"""What a decision about shifts is made on: its schedule and its people, nothing else in the house."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.accounts.access.actors import Actor, load_actor
from server.accounts.people.teams import remove_member
from server.covers.pager import give_pager
from server.covers.time_off import enter_time_off
from server.kernel.database import Writes
from server.kernel.errors import Stale
from server.schedules.leaving import let_go
from server.schedules.overrides import make_override
from shared.wire.covers import GivePager, TimeOffInput
from shared.wire.people import Deactivation
from shared.wire.schedules import OverrideInput
from tests.kit.world import World
from tests.schedules.team import Team

pytestmark = pytest.mark.store
HOUR = timedelta(hours=1)
Meanwhile = Callable[["House"], Awaitable[Writes]]


class House:
    """Payments with the schedule Watch, held by Ana, and another, which nobody here asks about."""

    def __init__(self, team: Team, other_id: str) -> None:
        self.team, self.world, self.other_id = team, team.world, other_id

    @classmethod
    async def build(cls, world: World) -> "House":
        team = await Team.build(world)
        watch = team.schedule_id
        other = await team.schedule("Other", "Bo", "Cy")
        team.schedule_id = watch
        return cls(team, other)

    async def actor(self, name: str) -> Actor:
        found = await load_actor(self.world.db, self.world.users[name])
        assert found is not None
        return found

    async def given(self) -> Writes:
        """Ana gives Di the pager of Watch."""
        wanted = GivePager(to_user_id=self.world.users["Di"], until=self.team.now + HOUR)
        actor = await self.actor("Ana")
        return (await give_pager(self.world.db, actor, self.team.schedule_id, wanted, now=self.team.now))[0]

    async def overridden(self, schedule_id: str) -> Writes:
        stand_in = OverrideInput(start=self.team.now, end=self.team.now + HOUR, user_id=self.world.users["Cy"])
        return (await make_override(self.world.db, await self.actor("Root"), schedule_id, stand_in, now=self.team.now))[
            0
        ]

    async def off(self, name: str) -> Writes:
        data = TimeOffInput(start=self.team.now, end=self.team.now + HOUR)
        return (await enter_time_off(self.world.db, await self.actor(name), data, now=self.team.now))[0]

    async def left(self, name: str) -> Writes:
        gone = await self.actor("Root"), self.world.users[name]
        return (
            await let_go(self.world.db, *gone, Deactivation(takers={"*": self.world.users["Cy"]}), now=self.team.now)
        )[0]

    async def out_of_team(self, name: str) -> Writes:
        gone = self.world.teams["Payments"], self.world.users[name]
        return await remove_member(self.world.db, await self.actor("Root"), *gone, now=self.team.now)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda house: house.overridden(house.other_id),
        lambda house: house.off("Bo"),
        lambda house: house.out_of_team("Bo"),
    ],
    ids=["another schedule", "another's time off", "another leaves the team"],
)
async def test_what_happens_elsewhere_makes_no_cover_stale(world: World, meanwhile: Meanwhile) -> None:
    house = await House.build(world)
    writes = await house.given()
    await world.db.apply(await meanwhile(house))
    await world.db.apply(writes)
    assert await house.team.on_call() == ["Di"]


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda house: house.overridden(house.team.schedule_id),
        lambda house: house.off("Di"),
        lambda house: house.left("Di"),
        lambda house: house.out_of_team("Di"),
        lambda house: house.given(),
    ],
    ids=["the same schedule", "the taker's time off", "the taker leaves", "the taker leaves the team", "given twice"],
)
async def test_what_the_cover_was_decided_on_makes_it_stale(world: World, meanwhile: Meanwhile) -> None:
    house = await House.build(world)
    writes = await house.given()
    await world.db.apply(await meanwhile(house))
    with pytest.raises(Stale):
        await world.db.apply(writes)


async def test_an_account_does_not_end_beside_a_cover_that_makes_it_hold_a_watch(world: World) -> None:
    house = await House.build(world)
    writes = await house.left("Di")
    await world.db.apply(await house.given())
    with pytest.raises(Stale):
        await world.db.apply(writes)


async def test_an_override_does_not_make_anybody_read_services_anew(world: World) -> None:
    house = await House.build(world)
    directory = world.engine.directory
    await directory.refresh()
    before = directory.services
    await world.db.apply(await house.overridden(house.other_id))
    await directory.refresh()
    assert directory.services is before
