"""Runs: levels, rounds, delays, targets, what is passed over and why, and where they end."""

from datetime import timedelta

import msgspec
import pytest

from server.kernel.database import Writes
from tests.escalation.house import House
from tests.kit.world import World


async def test_rounds_go_through_the_levels_again_and_then_to_the_fallback(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"), rounds=2)
    await house.fire()
    await world.make_manager("Mia", "Payments")
    await world.advance(minutes=3, seconds=50)
    assert await world.paged() == ["Ana", "Bo", "Ana", "Bo"]
    await world.advance(seconds=20)
    assert await world.paged() == ["Ana", "Bo", "Ana", "Bo", "Mia"]
    told = await house.told()
    assert ("round_started", {"round": 2}) in told
    assert ("fallback_paged", {"people": ["Mia"], "reason": "nobody_answered"}) in told


@pytest.mark.store
async def test_everybody_of_a_level_is_paged_at_once_and_a_person_named_twice_once(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana+Bo+team:Payments",))
    await house.fire()
    assert sorted(await world.paged()) == ["Ana", "Bo", "Mia"]


async def test_a_delay_of_nothing_pages_the_next_level_at_the_same_time(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"), delay_s=0)
    await house.fire()
    await world.advance(seconds=1)
    assert (await world.paged())[:2] == ["Ana", "Bo"]


async def test_a_page_names_who_is_paged_next(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo", "Ana"))
    await house.fire()
    await world.advance(minutes=1, seconds=10)
    assert await world.paged() == ["Ana", "Bo"]
    texts = await world.db.values("SELECT message FROM delivery ORDER BY id")
    bodies = [msgspec.json.decode(text)["body"] for (text,) in texts]
    assert ["or Bo is paged in" in bodies[0], "or Ana is paged in" in bodies[-1]] == [True, True], bodies


async def test_a_page_that_became_graver_names_who_is_paged_next(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"))
    await house.fire(severity="warning")
    await house.fire(severity="critical")
    await world.settle()
    texts = await world.db.values("SELECT message FROM delivery ORDER BY id")
    assert all("or Bo is paged in" in msgspec.json.decode(text)["body"] for (text,) in texts)
    assert len(texts) > 1


async def test_a_level_of_people_without_an_address_is_passed_over_at_once_and_says_so(world: World) -> None:
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager")
    await world.add_person("Cy", team="Payments", reach="")
    await world.add_person("Bo", team="Payments")
    house = await House.of(world, "Cy", "Bo")
    await house.fire()
    assert await world.paged() == ["Bo"]
    assert ("level_skipped", {"level": 1, "reason": "nobody_reachable", "targets": ["Cy"]}) in await house.told()
    steps = (await house.item())["escalation"]["steps"]
    assert [(step["level"], step["state"]) for step in steps][:2] == [(1, "skipped"), (2, "now")]


async def test_a_schedule_means_who_is_on_call_at_the_time_of_the_step_and_an_override_counts(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", "Cy")
    schedule = await world.add_schedule("watch", world.layer_of("Ana", "Bo"))
    on_call = await house.manager.get(f"/api/v1/schedules/{schedule.id}/on-call")
    first = on_call["entries"][0]["name"]
    second = {"Ana": "Bo", "Bo": "Ana"}[first]
    await house.page_by("schedule:watch", "schedule:watch", delay_s=3600)
    await house.fire()
    assert await world.paged() == [first]
    why = (await (await world.sign_in(first)).get(f"/api/v1/incidents/{(await house.item())['id']}"))["why"]
    assert why[0]["schedule"]["name"] == "watch"
    assert why[0]["until"] == "2026-11-21T04:00:00Z"
    await world.advance(minutes=61)
    assert await world.paged() == [first, second], "the watch was handed over at four"
    await world.add_override(schedule.id, "Cy", start="2026-11-21T04:00:00Z", end="2026-11-21T09:00:00Z")
    await house.fire(dedup_key="other", check="other")
    assert (await world.paged())[-1] == "Cy"


async def test_a_schedule_on_which_nobody_is_on_call_is_passed_over(world: World) -> None:
    house = await House.build(world, "Ana", "Bo")
    await world.add_schedule("watch", world.layer_of("Bo", start="2027-01-01T00:00"))
    await house.page_by("schedule:watch", "Ana")
    await house.fire()
    assert await world.paged() == ["Ana"]
    assert ("level_skipped", {"level": 1, "reason": "nobody_on_call", "targets": ["watch"]}) in await house.told()


async def test_without_a_policy_the_fallback_is_paged_at_once(world: World) -> None:
    house = await House.build(world, "Ana")
    await house.fire()
    assert sorted(await world.paged()) == ["Ana", "Mia"]
    assert ("fallback_paged", {"people": ["Ana", "Mia"], "reason": "no_policy"}) in await house.told()


async def test_when_nobody_of_the_team_can_be_reached_the_administrators_are(world: World) -> None:
    await world.add_team("Payments")
    await world.add_person("Root", role="admin")
    await world.add_person("Mia", team="Payments", role="manager", reach="")
    house = await House.of(world)
    await house.fire()
    assert await world.paged() == ["Root"]


async def test_a_run_keeps_the_policy_it_began_with(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", "Cy", levels=("Ana", "Bo"))
    await house.fire()
    changed = world.policy_of("Cy", "Cy")
    assert house.policy is not None
    await house.manager.put(f"/api/v1/escalation-policies/{house.policy.id}", changed, rev=1)
    await world.advance(seconds=70)
    assert await world.paged() == ["Ana", "Bo"]
    await house.fire(dedup_key="other", check="other")
    assert (await world.paged())[-1] == "Cy"


async def test_time_that_jumps_takes_one_step_not_all(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", "Cy", levels=("Ana", "Bo", "Cy"))
    await house.fire()
    world.clock.advance(timedelta(hours=2))
    await world.settle()
    assert await world.paged() == ["Ana", "Bo"]


async def test_a_deactivated_person_is_not_paged(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"))

    now = world.clock.now()
    text = "UPDATE user_account SET deactivated_at = :now WHERE id = :id"
    await world.db.apply(Writes().sql(text, expect=1, now=now, id=world.users["Ana"]))
    await house.fire()
    assert await world.paged() == ["Bo"]
