"""Nobody is paged who could only look on: their buttons would be refused while time passes."""

from typing import Any

import pytest

from server.kernel.database import Writes
from tests.escalation.house import House
from tests.kit.world import World


async def steps(house: House) -> list[Any]:
    [incident] = (await house.manager.get("/api/v1/incidents"))["items"]
    return (await house.manager.get(f"/api/v1/incidents/{incident['id']}"))["escalation"]["steps"]


@pytest.mark.store
async def test_a_target_who_became_a_viewer_is_passed_over_at_once(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"), delay_s=300)
    text = "UPDATE user_account SET role = 'viewer' WHERE id = :id"
    await world.db.apply(Writes().sql(text, id=world.users["Ana"]))
    await house.fire()
    assert await world.paged() == ["Bo"]
    assert [step["state"] for step in await steps(house)][:2] == ["skipped", "now"]


async def test_a_viewer_who_was_given_the_right_to_act_is_paged(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"), delay_s=300)
    await world.add_person("Root", role="owner")
    await world.db.apply(Writes().sql("UPDATE user_account SET role = 'viewer' WHERE id = :id", id=world.users["Ana"]))
    await world.add_grant("Ana", "incidents:act")
    await house.fire()
    assert await world.paged() == ["Ana"]


async def test_a_target_who_can_see_the_team_no_more_is_passed_over(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"), delay_s=300)
    await world.db.apply(
        Writes()
        .sql("UPDATE team SET is_private = :yes", yes=True)
        .sql("DELETE FROM membership WHERE user_id = :id", id=world.users["Ana"])
    )
    await house.fire()
    assert await world.paged() == ["Bo"]
