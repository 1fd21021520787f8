"""Others take it: reassigned, called in, reopened."""

from typing import Any

import msgspec
import pytest

from tests.incidents.desk import Desk
from tests.kit.world import World

pytestmark = pytest.mark.store


def steps_of(incident: Any) -> list[Any]:
    return list(incident["escalation"]["steps"])


async def test_reassign_begins_anew_with_the_people_named(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "acknowledge")
    seen = await desk.act("Ana", incident, "reassign", {"user_ids": [world.users["Cy"], world.users["Cy"]]})
    assert (seen["state"], seen["acknowledged_by"]) == ("triggered", None)
    steps = [(each["state"], [person["name"] for person in each["targets"][0]["people"]]) for each in steps_of(seen)]
    assert steps == [("next", ["Cy"]), ("next", ["Ana", "Bo", "Cy", "Mia"])], "the fallback follows, as the app says"
    assert "undo" not in seen["can"]
    assert await world.paged() == ["Ana", "Cy"]
    assert ("reassigned", {"people": ["Cy"], "policy": None, "cancelled": 0}) in await desk.told(incident)
    assert [(each["user"]["name"], each["state"]) for each in (await desk.read(incident))["responders"]] == [
        ("Cy", "paged")
    ]
    await world.advance(minutes=70)
    assert "Bo" not in (await world.paged())[:3], "the policy it had is not followed any more"


async def test_reassign_to_a_policy_pages_its_first_level(world: World) -> None:
    desk = await Desk.build(world)
    assert desk.house.policy is not None
    incident = await desk.open("Ana", user_ids=[world.users["Cy"]])
    await desk.act("Cy", incident, "reassign", {"policy_id": desk.house.policy.id})
    assert await world.paged() == ["Cy", "Ana"]
    for body, field in (
        ({}, "user_ids"),
        ({"user_ids": [world.users["Bo"]], "policy_id": desk.house.policy.id}, "user_ids"),
        ({"policy_id": "nothing"}, "policy_id"),
        ({"user_ids": ["nothing"]}, "user_ids[0]"),
    ):
        assert await desk.refused("Ana", incident, "reassign", body) == (400, field)
    await desk.act("Ana", incident, "resolve", {})
    assert await desk.refused("Ana", incident, "reassign", {"user_ids": [world.users["Bo"]]}) == (
        409,
        "already_resolved",
    )


async def test_who_is_called_in_is_paged_beside_the_run_and_joins(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "acknowledge")
    await desk.act("Ana", incident, "responders", {"user_ids": [world.users["Cy"]]})
    assert await world.paged() == ["Ana", "Cy"]
    page = await world.db.value("SELECT message FROM delivery ORDER BY id DESC LIMIT 1")
    assert "Ana asks for your help." in msgspec.json.decode(page)["body"]
    seen = await desk.read(incident, "Cy")
    assert [(each["user"]["name"], each["state"]) for each in seen["responders"]] == [
        ("Ana", "acknowledged"),
        ("Cy", "paged"),
    ]
    assert seen["responders"][1]["asked_by"]["name"] == "Ana"
    assert "acknowledge" in seen["can"]
    joined = await desk.act("Cy", incident, "acknowledge")
    assert joined["acknowledged_by"]["name"] == "Ana", "who has it goes on having it"
    assert {each["state"] for each in joined["responders"]} == {"acknowledged"}
    assert await desk.refused("Cy", incident, "acknowledge") == (409, "already_acknowledged")
    told = [kind for kind, _ in await desk.told(incident)]
    assert told[-3:] == ["responders_added", "responders_paged", "responder_joined"]
    assert await desk.audited(incident) == ["acknowledge", "add_responders", "acknowledge"]


async def test_who_takes_an_answer_back_may_answer_again(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "responders", {"user_ids": [world.users["Cy"]]})
    await desk.act("Cy", incident, "acknowledge")
    back = await desk.act("Cy", incident, "undo")
    assert [(each["user"]["name"], each["state"]) for each in back["responders"]] == [("Ana", "paged"), ("Cy", "paged")]
    await desk.act("Ana", incident, "acknowledge")
    assert (await desk.act("Cy", incident, "acknowledge"))["acknowledged_by"]["name"] == "Ana"


async def test_the_page_of_who_is_called_in_is_not_cancelled_by_who_has_it(world: World) -> None:
    desk = await Desk.build(world)
    await world.add_person("Eve", team="Payments", reach="email")
    incident = await desk.fire()
    assert (await desk.send("Bo", incident, "responders", {"user_ids": [world.users["Eve"]]})).status_code == 200
    assert (await desk.send("Ana", incident, "acknowledge")).status_code == 200
    await world.settle()
    assert ("Eve", "email", "accepted") in await world.pages()


async def test_calling_somebody_in_again_is_another_page_and_who_has_no_address_is_told_of(world: World) -> None:
    desk = await Desk.build(world)
    await world.add_person("Deaf", team="Payments", reach="")
    incident = await desk.fire()
    for _ in range(2):
        await desk.act("Ana", incident, "responders", {"user_ids": [world.users["Cy"]]})
    assert await world.paged() == ["Ana", "Cy", "Cy"]
    await desk.act("Ana", incident, "responders", {"user_ids": [world.users["Deaf"]]})
    assert ("page_skipped", {"person": "Deaf", "reason": "no_address"}) in await desk.told(incident)
    steps = await world.db.values("SELECT DISTINCT step FROM notification WHERE step < 0 ORDER BY step")
    assert steps == [(-2,), (-1,)]
    await world.advance(minutes=61)
    assert (await world.paged())[-1] == "Bo", "the run goes on"


async def test_reopen_pages_from_the_start_and_takes_its_alerts_again(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    assert await desk.refused("Ana", incident, "reopen") == (409, "not_resolved")
    await desk.act("Ana", incident, "escalate", {})
    await desk.act("Ana", incident, "resolve", {"method": "restarted"})
    seen = await desk.act("Bo", incident, "reopen")
    assert (seen["state"], seen["resolved_at"], seen["method"]) == ("triggered", None, "restarted")
    assert await world.paged() == ["Ana", "Bo", "Ana"]
    again = await desk.fire()
    assert again["id"] == incident["id"]
    assert (again["open_alert_count"], again["alert_count"]) == (1, 1)


async def test_a_reopened_incident_leaves_the_group_to_the_one_that_came_after(world: World) -> None:
    desk = await Desk.build(world)
    first = await desk.fire()
    await desk.house.fire(dedup_key="other", check="checkout")
    await desk.act("Ana", first, "resolve", {})
    second = await desk.fire()
    await desk.act("Ana", first, "reopen")
    await desk.house.fire(dedup_key="third", check="checkout")
    assert (await desk.read(second))["alert_count"] == 2
    assert (await desk.read(first))["open_alert_count"] == 1
