"""Incidents that people open: whom they page, and what they need."""

import pytest

from tests.incidents.desk import Desk
from tests.kit.world import World


@pytest.mark.store
async def test_a_title_and_a_service_page_the_policy_of_the_service(world: World) -> None:
    desk = await Desk.build(world)
    made = await desk.open("Cy", title="Checkout is slow", service_id=desk.house.service.id)
    assert await world.paged() == ["Ana"]
    assert (made["state"], made["severity"], made["severity_pinned"]) == ("triggered", "critical", True)
    assert (made["service"]["name"], made["team"]["name"], made["opened_by"]["name"]) == ("checkout", "Payments", "Cy")
    assert (await desk.told(made))[0] == ("opened_by_hand", {"title": "Checkout is slow", "people": []})
    assert await desk.audited(made) == ["opened"]
    await world.advance(minutes=61)
    assert await world.paged() == ["Ana", "Bo"]


async def test_a_title_and_a_person_page_that_person_and_then_the_fallback(world: World) -> None:
    desk = await Desk.build(world)
    await world.make_manager("Mia", "Payments")
    made = await desk.open("Ana", user_ids=[world.users["Bo"]], severity="warning", description="since noon")
    assert await world.paged() == ["Bo"]
    assert (made["service"], made["team"]["name"], made["description"]) == (None, "Payments", "since noon")
    seen = await desk.read(made)
    assert [step["state"] for step in seen["escalation"]["steps"]][:1] == ["now"]
    assert seen["escalation"]["policy"] is None
    await world.advance(minutes=6)
    assert await world.paged() == ["Bo", "Mia"]


async def test_a_team_alone_has_its_fallback_paged(world: World) -> None:
    desk = await Desk.build(world)
    await world.make_manager("Mia", "Payments")
    await desk.open("Ana")
    assert await world.paged() == ["Mia"]


async def test_a_policy_may_be_named_for_any_service(world: World) -> None:
    desk = await Desk.build(world)
    assert desk.house.policy is not None
    made = await desk.open("Bo", policy_id=desk.house.policy.id)
    assert await world.paged() == ["Ana"]
    assert (await desk.read(made))["escalation"]["policy"]["name"] == "Payments"


async def test_a_key_opens_it_once(world: World) -> None:
    desk = await Desk.build(world)
    ana = await desk.world.client("Ana")
    body = {"title": "Twice", "service_id": desk.house.service.id}
    first = await ana.post("/api/v1/incidents", body, Idempotency_Key="once")
    again = await ana.post("/api/v1/incidents", body, Idempotency_Key="once")
    assert first["id"] == again["id"]
    await world.settle()
    assert await world.paged() == ["Ana"]
    assert len(await desk.items()) == 1


async def test_what_is_named_must_exist_and_be_seen(world: World) -> None:
    desk = await Desk.build(world)
    await world.add_team("Secret", is_private=True)
    await world.add_person("Sue", team="Secret", role="manager")
    hidden = await world.add_service("vault", team="Secret")
    ana = await desk.world.client("Ana")
    odd = {
        "service_id": [hidden.id, "nothing"],
        "team_id": [world.teams["Secret"], "nothing"],
        "policy_id": ["nothing"],
        "user_ids[0]": [["nothing"]],
    }
    for field, values in odd.items():
        answers = [await ana.send("POST", "/api/v1/incidents", {"title": "T", field.split("[")[0]: v}) for v in values]
        assert {answer.status_code for answer in answers} == {400}
        assert {answer.json()["errors"][0]["field"] for answer in answers} == {field}
        assert len({answer.json()["detail"] for answer in answers}) == 1, "a foreign id reads as one that isn't there"
    blind = {"title": "T", "service_id": hidden.id, "user_ids": [world.users["Ana"]]}
    refused = await (await world.client("Sue")).send("POST", "/api/v1/incidents", blind)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "user_ids[0]")
    for body in ({"title": " "}, {"title": ""}, {"title": "x" * 1025}, {"title": "T", "severity": "bad"}, {}):
        assert (await ana.send("POST", "/api/v1/incidents", body)).status_code == 400
    assert await desk.items() == []


async def test_without_any_team_one_has_to_be_named_and_a_viewer_opens_none(world: World) -> None:
    await Desk.build(world)
    await world.add_person("Lone")
    lone = await world.sign_in("Lone")
    refused = await lone.send("POST", "/api/v1/incidents", {"title": "T"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "team_id")
    to_ana = await lone.post("/api/v1/incidents", {"title": "T", "user_ids": [world.users["Ana"]]})
    assert to_ana["team"]["name"] == "Payments"
    await world.add_person("Vic", role="viewer")
    vic = await world.sign_in("Vic")
    assert (await vic.send("POST", "/api/v1/incidents", {"title": "T"})).status_code == 403


async def test_alerts_that_recover_do_not_resolve_what_a_person_opened(world: World) -> None:
    desk = await Desk.build(world)
    made = await desk.open("Ana", service_id=desk.house.service.id)
    source = await desk.fire()
    await desk.act("Ana", made, "merge", {"sources": [source["id"]]})
    await desk.house.fire(dedup_key="checkout", check="checkout", action="resolve")
    seen = await desk.read(made)
    assert (seen["state"], seen["open_alert_count"], seen["alert_count"]) == ("triggered", 0, 1)
