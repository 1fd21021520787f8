"""Send me a test page: the whole way, to nobody but me, over by itself."""

from typing import Any

import msgspec
import pytest

from tests.kit.client import Client
from tests.kit.fake_fcm import fcm_error
from tests.kit.providers import Providers
from tests.kit.world import World
from tests.pages.conftest import providers as providers

PATH = "/api/v1/me/test-page"


async def kinds(client: Client, id: str) -> list[str]:
    return [entry["kind"] for entry in (await client.get(f"/api/v1/incidents/{id}/timeline"))["items"]]


async def people(world: World) -> None:
    await world.add_team("Payments")
    for name in ("Ana", "Bo"):
        await world.add_person(name, team="Payments", reach="push email")


@pytest.mark.store
async def test_a_test_page_is_acknowledged_like_any_other_and_ends_by_itself(world: World) -> None:
    await people(world)
    ana = await world.sign_in("Ana")
    made = await ana.post(PATH, {"severity": "critical"}, idempotency_key="once")
    await world.settle()
    assert await world.paged() == ["Ana"]
    body = msgspec.json.decode(await world.db.value("SELECT message FROM delivery LIMIT 1"))["body"]
    assert "or you are paged again in" in body
    assert "level" not in body
    assert await ana.post(PATH, {"severity": "critical"}, idempotency_key="once") == made
    incident = await ana.get(f"/api/v1/incidents/{made['incident_id']}")
    assert (incident["number"], incident["state"], incident["title"]) == (
        made["number"],
        "triggered",
        "Test page for Ana",
    )
    assert incident["team"]["name"] == "Payments"
    await ana.post(f"/api/v1/incidents/{made['incident_id']}/acknowledge")
    assert (await ana.get("/api/v1/services"))["items"] == [], "its service is in no list"
    await world.advance(minutes=16)
    ana = await world.sign_in("Ana")
    assert (await ana.get(f"/api/v1/incidents/{made['incident_id']}"))["state"] == "resolved"
    assert await world.paged() == ["Ana"]
    assert (await kinds(ana, made["incident_id"]))[-1] == "resolved"


@pytest.mark.store
async def test_an_earlier_test_page_is_over_when_another_is_sent(world: World) -> None:
    await people(world)
    ana, bo = await world.sign_in("Ana"), await world.sign_in("Bo")
    others = await bo.post(PATH, {})
    first = await ana.post(PATH, {})
    await world.settle()
    await ana.post(f"/api/v1/incidents/{first['incident_id']}/acknowledge")
    second = await ana.post(PATH, {})
    third = await ana.post(PATH, {})
    states = [
        (await ana.get(f"/api/v1/incidents/{each['incident_id']}"))["state"] for each in (first, second, third, others)
    ]
    assert states == ["resolved", "resolved", "triggered", "triggered"], "of one's own, and of nobody else's"
    assert (await kinds(ana, first["incident_id"]))[-1] == "resolved"
    await world.advance(minutes=16)
    ana = await world.sign_in("Ana")
    assert (await ana.get(f"/api/v1/incidents/{third['incident_id']}"))["state"] == "resolved"


async def test_nobody_else_is_paged_when_nobody_answers(world: World) -> None:
    await people(world)
    await world.make_manager("Bo", "Payments")
    ana = await world.sign_in("Ana")
    await ana.post(PATH, {})
    await world.advance(minutes=20)
    assert {name for name, _, _ in await world.pages()} == {"Ana"}


async def test_nobody_else_is_paged_when_the_provider_refuses_everything(providers: Providers) -> None:
    world = providers.world
    await world.add_team("Payments")
    for name in ("Ana", "Bo"):
        await world.add_person(name, team="Payments", reach="")
        await world.make_manager(name, "Payments")
    ana, bo = await world.sign_in("Ana"), await world.sign_in("Bo")
    await providers.add_android(ana, "fid-of-ana")
    await providers.add_android(bo, "fid-of-bo")
    providers.fcm.script.addresses["fid-of-ana"] = fcm_error(503, "UNAVAILABLE")
    made = await ana.post(PATH, {})
    await world.advance(minutes=16)
    assert {request.json["message"]["fid"] for request in providers.fcm.requests} == {"fid-of-ana"}
    told = await kinds(await world.sign_in("Ana"), made["incident_id"])
    assert "fallback_paged" not in told
    assert told[-1] == "resolved"


@pytest.mark.parametrize(("team", "reach", "code"), [("", "push", "no_team"), ("Payments", "", "no_address")])
async def test_what_is_missing_is_said(world: World, team: str, reach: str, code: str) -> None:
    more: dict[str, Any] = {}
    if team:
        await world.add_team(team)
        more["team"] = team
    await world.add_person("Ana", reach=reach, **more)
    refused = await (await world.sign_in("Ana")).send("POST", PATH, {})
    assert (refused.status_code, refused.json()["code"]) == (409, code)
