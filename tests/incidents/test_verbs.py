"""What people do to an incident: escalate, acknowledge, resolve, undo; twice, at once, with a key."""

import asyncio
from typing import Any

import pytest

from tests.escalation.house import House
from tests.kit.world import World

pytestmark = pytest.mark.store
LONG = 3600


async def house_of(world: World) -> House:
    house = await House.build(world, "Ana", "Bo", "Cy", levels=("Ana", "Bo", "Cy"), delay_s=LONG)
    await house.fire()
    return house


async def test_escalate_pages_the_next_level_now(world: World) -> None:
    house = await house_of(world)
    answer = await house.act("Ana", "escalate", {})
    assert answer.status_code == 200
    await world.settle()
    assert await world.paged() == ["Ana", "Bo"]
    assert ("escalated", {"level": 2, "levels": 3}) in await house.told()
    item = await house.item()
    assert (item["state"], item["escalation"]["level"]) == ("triggered", 2)


async def test_what_comes_after_the_last_level_is_known_as_the_fallback(world: World) -> None:
    house = await house_of(world)
    for _ in range(4):
        await house.act("Ana", "escalate", {})
        await world.settle()
    levels = [args["level"] for kind, args in await house.told() if kind == "escalated" and args["levels"] == 3]
    assert levels == [2, 3, 4, 4]
    assert (await house.item())["escalation"]["levels"] == 3


async def test_escalate_to_a_given_level_skips_and_goes_back(world: World) -> None:
    house = await house_of(world)
    await house.act("Ana", "escalate", {"level": 3})
    await world.settle()
    assert await world.paged() == ["Ana", "Cy"]
    await house.act("Ana", "escalate", {"level": 1})
    await world.settle()
    assert await world.paged() == ["Ana", "Cy", "Ana"]
    await world.advance(minutes=61)
    assert await world.paged() == ["Ana", "Cy", "Ana", "Bo"]
    for level in (0, 4, -1):
        answer = await house.act("Ana", "escalate", {"level": level})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "level")


async def test_escalate_after_an_acknowledgement_waits_for_somebody_again(world: World) -> None:
    house = await house_of(world)
    await house.act("Ana", "acknowledge")
    await world.settle()
    await house.act("Ana", "escalate", {})
    await world.settle()
    assert await world.paged() == ["Ana", "Bo"]
    item = await house.item()
    assert (item["state"], item["acknowledged_by"]) == ("triggered", None)
    assert (await house.act("Bo", "acknowledge")).json()["acknowledged_by"]["name"] == "Bo"
    await world.advance(minutes=70)
    assert await world.paged() == ["Ana", "Bo"]


async def test_escalating_past_the_last_level_pages_the_fallback(world: World) -> None:
    house = await house_of(world)
    await world.make_manager("Mia", "Payments")
    for _ in range(3):
        await house.act("Ana", "escalate", {})
        await world.settle()
    assert await world.paged() == ["Ana", "Bo", "Cy", "Mia"]


async def test_two_people_acknowledge_at_once_and_one_is_told_who_has_it(world: World) -> None:
    house = await house_of(world)
    clients = [await world.sign_in(name) for name in ("Ana", "Bo")]
    id = (await house.item())["id"]
    answers = await asyncio.gather(*(client.send("POST", f"/api/v1/incidents/{id}/acknowledge") for client in clients))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["code"] == "already_acknowledged"
    assert sum(kind == "acknowledged" for kind, _ in await house.told()) == 1


async def test_a_key_makes_a_verb_happen_once_and_is_bound_to_its_request(world: World) -> None:
    house = await house_of(world)
    answers = [await house.act("Ana", "escalate", {}, Idempotency_Key="k") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    await world.settle()
    assert await world.paged() == ["Ana", "Bo"]
    reused = await house.act("Ana", "resolve", {}, Idempotency_Key="k")
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")
    other = await house.act("Bo", "acknowledge", None, Idempotency_Key="k")
    assert other.status_code == 200, "a key belongs to its actor"


async def test_resolve_ends_it_for_good(world: World) -> None:
    house = await house_of(world)
    answer = await house.act("Ana", "resolve", {"method": "restarted the pods"})
    assert (answer.json()["state"], answer.json()["method"]) == ("resolved", "restarted the pods")
    for verb, body in (("acknowledge", None), ("resolve", {}), ("escalate", {})):
        again = await house.act("Ana", verb, body)
        assert (again.status_code, again.json()["code"]) == (409, "already_resolved")
    await world.advance(minutes=70)
    assert await world.paged() == ["Ana"]


async def test_undo_is_for_who_did_it_and_for_a_few_seconds(world: World) -> None:
    house = await house_of(world)
    assert (await house.act("Ana", "undo")).json()["code"] == "nothing_to_undo"
    await house.act("Ana", "acknowledge")
    assert (await house.act("Bo", "undo")).json()["code"] == "not_yours_to_undo"
    world.clock.advance(world.clock.now().resolution * 11_000_000)
    assert (await house.act("Ana", "undo")).json()["code"] == "too_late_to_undo"


async def test_what_nobody_can_see_or_do_is_said_so(world: World) -> None:
    house = await house_of(world)
    id = (await house.item())["id"]
    path = f"/api/v1/incidents/{id}/acknowledge"
    assert (await world.nobody.send("POST", path)).status_code == 401
    await world.add_person("Vic", role="viewer")
    viewer = await world.sign_in("Vic")
    assert (await viewer.send("POST", path)).status_code == 403
    assert (await viewer.get(f"/api/v1/incidents/{id}"))["id"] == id
    unknown: Any = await viewer.send("GET", "/api/v1/incidents/nothing")
    assert unknown.status_code == 404
    ana = await world.sign_in("Ana")
    assert (await ana.send("POST", "/api/v1/incidents/nothing/acknowledge")).status_code == 404
    for odd in (b"[]", b"{", b'{"level": "two"}', b'{"colour": 1}'):
        assert (await ana.send("POST", f"/api/v1/incidents/{id}/escalate", odd)).status_code == 400
