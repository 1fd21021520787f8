"""How people say where they can be reached, and what happens when they say it again."""

import pytest

from tests.kit.world import World

pytestmark = pytest.mark.store
PHONE = {"name": "Pixel 9", "platform": "android", "value": "token-1"}


async def test_a_phone_that_registers_again_stays_one_phone(world: World) -> None:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", reach="")
    ana = await world.sign_in("Ana")
    first = await ana.post("/api/v1/me/devices", PHONE)
    again = await ana.post("/api/v1/me/devices", PHONE | {"name": "Pixel, renamed"})
    assert again["id"] == first["id"]
    methods = (await ana.get("/api/v1/me/contact-methods"))["items"]
    assert [(method["id"], method["name"]) for method in methods] == [(first["id"], "Pixel, renamed")]


async def test_a_phone_belongs_to_whoever_registers_it_once_nobody_else_is_signed_in_on_it(world: World) -> None:
    await world.add_team("Payments")
    for name in ("Ana", "Bo"):
        await world.add_person(name, team="Payments", reach="")
    phone = await world.sign_in("Ana")
    await phone.post("/api/v1/me/devices", PHONE)
    assert (await phone.send("POST", "/api/v1/auth/logout")).status_code == 204
    ana, bo = await world.sign_in("Ana"), await world.sign_in("Bo")
    await bo.post("/api/v1/me/devices", PHONE)
    assert (await ana.get("/api/v1/me/contact-methods"))["items"] == []
    assert len((await bo.get("/api/v1/me/contact-methods"))["items"]) == 1


@pytest.mark.parametrize("value", ["http://[::1", "ftp://x", "http://x:99999/", "nonsense"])
async def test_a_webhook_address_that_is_none_is_refused(world: World, value: str) -> None:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", reach="")
    ana = await world.sign_in("Ana")
    refused = await ana.send("POST", "/api/v1/me/contact-methods", {"channel": "webhook", "name": "m", "value": value})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "value"


async def test_numbers_and_instants_beyond_any_range_are_refused_not_a_failure(world: World) -> None:
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager")
    mia = await world.sign_in("Mia")
    team = world.teams["Payments"]
    service = await world.add_service()
    integration = await world.add_integration(service)
    schedule = await world.add_schedule("s")
    rule = {"name": "r", "effect": {"kind": "drop"}, "position": 2**63}
    answers = [
        await mia.send("POST", f"/api/v1/integrations/{integration.id}/rules", rule),
        await mia.send("GET", f"/api/v1/schedules/{schedule.id}/on-call", at="9999-12-31T23:59:59Z"),
        await mia.send(
            "PUT",
            f"/api/v1/services/{service.id}",
            {"name": "x", "team_id": team},
            headers={"if-match": "9" * 5000},
        ),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]


async def test_the_memory_of_an_answer_holds_no_integration_key(world: World) -> None:
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager")
    mia = await world.sign_in("Mia")
    body = {"name": "curl", "source": "events", "service_id": (await world.add_service()).id}
    first = await mia.post("/api/v1/integrations", body, idempotency_key="once")
    assert await mia.post("/api/v1/integrations", body, idempotency_key="once") == first
    kept = await world.db.values("SELECT body FROM idempotency")
    assert first["key"]
    assert all(first["key"].encode() not in bytes(row[0]) for row in kept)
