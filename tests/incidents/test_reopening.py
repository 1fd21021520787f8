"""Taking a resolution back opens its alerts again: what fires has one open incident, and its recovery ends that."""

from datetime import timedelta
from typing import Any

import pytest

from tests.incidents.desk import Desk
from tests.kit.world import World

pytestmark = pytest.mark.store


async def recover(desk: Desk, key: str = "checkout") -> None:
    await desk.house.fire(dedup_key=key, check="checkout", action="resolve")


async def test_a_reopened_incident_ends_with_its_source(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "resolve", {})
    back = await desk.act("Ana", incident, "reopen")
    assert (back["state"], back["open_alert_count"], back["alert_count"]) == ("triggered", 1, 1)
    assert await world.paged() == ["Ana", "Ana"]
    await recover(desk)
    assert (await desk.read(incident))["state"] == "resolved"


async def test_repeats_count_for_what_was_reopened(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "resolve", {})
    await desk.act("Ana", incident, "reopen")
    await desk.house.fire(dedup_key="checkout", check="checkout")
    assert [item["id"] for item in await desk.items()] == [incident["id"]]


@pytest.mark.parametrize("verb", ["undo", "reopen"])
async def test_what_fires_again_has_one_incident(world: World, verb: str) -> None:
    desk = await Desk.build(world)
    first = await desk.fire()
    await desk.act("Ana", first, "resolve", {})
    second = await desk.fire()
    assert second["id"] != first["id"]
    assert await desk.refused("Ana", first, verb) == (409, "fired_again")
    await recover(desk)
    assert {item["state"] for item in await desk.items()} == {"resolved"}


@pytest.mark.parametrize("verb", ["undo", "reopen"])
async def test_only_what_has_not_come_again_is_opened(world: World, verb: str) -> None:
    desk = await Desk.build(world)
    first = await desk.fire()
    await desk.house.fire(dedup_key="other", check="checkout")
    await desk.act("Ana", first, "resolve", {})
    second = await desk.fire()
    back = await desk.act("Ana", first, verb)
    assert (back["state"], back["open_alert_count"]) == ("triggered", 1)
    await recover(desk, "other")
    assert (await desk.read(first))["state"] == "resolved"
    assert (await desk.read(second))["state"] == "triggered"


async def test_a_recovery_between_a_resolution_and_its_undo_is_not_lost(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.house.fire(dedup_key="other", check="checkout")
    await desk.act("Ana", incident, "resolve", {})
    await recover(desk)
    back = await desk.act("Ana", incident, "undo")
    assert (back["state"], back["open_alert_count"]) == ("triggered", 1)
    await recover(desk, "other")
    assert (await desk.read(incident))["state"] == "resolved"


async def test_an_undo_after_everything_recovered_is_refused(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "resolve", {})
    await recover(desk)
    assert await desk.refused("Ana", incident, "undo") == (409, "recovered")
    assert (await desk.read(incident))["state"] == "resolved"


async def test_who_reopens_what_recovered_by_itself_has_it_until_they_resolve_it(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await recover(desk)
    back = await desk.act("Ana", incident, "reopen")
    assert (back["state"], back["open_alert_count"]) == ("triggered", 0)
    assert (await desk.act("Ana", incident, "resolve", {}))["state"] == "resolved"


async def reopened(desk: Desk, incident: Any) -> Any:
    return [args for kind, args in await desk.told(incident) if kind == "reopened"][-1]


async def test_what_recovered_meanwhile_stays_recovered_and_reopening_says_that_nothing_fires(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.house.fire(dedup_key="other", check="checkout")
    await desk.act("Ana", incident, "resolve", {})
    await recover(desk)
    back = await desk.act("Ana", incident, "reopen")
    assert (back["open_alert_count"], await reopened(desk, incident)) == (1, {"via": "app", "quiet": False})
    await desk.act("Ana", incident, "resolve", {})
    await recover(desk, "other")
    back = await desk.act("Ana", incident, "reopen")
    assert (back["state"], back["open_alert_count"], back["alert_count"]) == ("triggered", 0, 2)
    assert await reopened(desk, incident) == {"via": "app", "quiet": True}
    assert (await world.paged())[-1] == "Ana", "a person's word that it is not over"
    await recover(desk, "other")
    assert (await desk.read(incident))["state"] == "triggered", "and a person ends it"
    await desk.fire()
    await recover(desk)
    assert (await desk.read(incident))["state"] == "resolved", "or the source, once it fired again"


async def test_what_never_had_an_alert_is_reopened_without_that_word(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.open(user_ids=[world.users["Ana"]])
    await desk.act("Ana", incident, "resolve", {})
    await desk.act("Ana", incident, "reopen")
    assert await reopened(desk, incident) == {"via": "app", "quiet": False}


async def test_a_fault_that_ended_under_another_incident_is_not_opened_again(world: World) -> None:
    desk = await Desk.build(world)
    first = await desk.fire()
    await desk.act("Ana", first, "resolve", {})
    await desk.fire()
    await recover(desk)
    back = await desk.act("Ana", first, "reopen")
    assert back["open_alert_count"] == 0


async def test_of_two_resolved_incidents_of_one_fault_one_may_be_open(world: World) -> None:
    desk = await Desk.build(world)
    first = await desk.fire()
    await desk.act("Ana", first, "resolve", {})
    second = await desk.fire()
    await desk.act("Ana", second, "resolve", {})
    assert (await desk.act("Ana", first, "reopen"))["open_alert_count"] == 1
    assert await desk.refused("Ana", second, "reopen") == (409, "fired_again")
    await recover(desk)
    assert {item["state"] for item in await desk.items()} == {"resolved"}


async def test_the_group_of_another_service_is_another_group(world: World) -> None:
    desk = await Desk.build(world)
    first = await desk.fire()
    await desk.act("Ana", first, "resolve", {})
    other = await world.add_integration(await world.add_service("other"))
    event = {"title": "Other", "dedup_key": "checkout", "check": "checkout"}
    await world.nobody.send("POST", f"/ingest/events/{other.key}", event)
    await world.settle()
    await desk.act("Ana", first, "reopen")
    await desk.house.fire(dedup_key="more", check="checkout")
    assert (await desk.read(first))["open_alert_count"] == 2
    assert len(await desk.items()) == 2


async def hold(desk: Desk, how: str, minutes: int = 10) -> None:
    """From now on a silence, or a rule, keeps the checkout alert from paging."""
    if how == "rule":
        await desk.world.add_rule(desk.house.integration, {"kind": "drop"})
        return
    await desk.world.add_silence(ends_at=desk.world.clock.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize("verb", ["undo", "reopen"])
@pytest.mark.parametrize("how", ["silence", "rule"])
async def test_what_fires_again_unheard_is_the_incidents_that_is_open_again(world: World, verb: str, how: str) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "resolve", {})
    await hold(desk, how)
    await desk.house.fire(dedup_key="checkout", check="checkout", title="Checkout is worse")
    back = await desk.act("Ana", incident, verb)
    assert (back["state"], back["open_alert_count"], back["alert_count"]) == ("triggered", 1, 2)
    await recover(desk)
    assert {item["state"] for item in await desk.items()} == {"resolved"}


async def test_what_fires_again_under_a_silence_pages_as_grave_as_it_is_when_the_silence_ends(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire(severity="warning")
    await desk.act("Ana", incident, "resolve", {})
    await hold(desk, "silence", minutes=5)
    await desk.house.fire(dedup_key="checkout", check="checkout")
    await desk.act("Ana", incident, "reopen")
    back = await desk.read(incident)
    assert back["silenced_until"] is not None
    assert back["severity"] == "critical"
    assert await world.paged() == ["Ana"]
    await world.advance(minutes=5)
    assert await world.paged() == ["Ana", "Ana"]
    assert [item["id"] for item in await desk.items()] == [incident["id"]]


async def test_what_recovered_and_fires_again_unheard_is_the_incidents_as_well(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "resolve", {})
    await hold(desk, "silence")
    await desk.house.fire(dedup_key="checkout", check="checkout")
    await recover(desk)
    await desk.house.fire(dedup_key="checkout", check="checkout")
    back = await desk.act("Ana", incident, "reopen")
    assert (back["open_alert_count"], back["alert_count"]) == (1, 2)
