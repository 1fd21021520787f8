"""Whoever comes back finds the past as it was, and is on call where somebody puts them again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.kernel.database import Writes
from tests.kit.world import World

pytestmark = pytest.mark.store
SCHEDULES = "/api/v1/schedules"


@pytest.fixture
async def rota(world: World) -> World:
    await world.add_team("Payments")
    await world.add_person("Root", role="admin")
    for name in ("Ana", "Bo", "Cy"):
        await world.add_person(name, team="Payments")
    return world


async def on_call(world: World, id: str, since: datetime, days: int) -> list[list[str]]:
    """Who is on call, every six hours."""
    root = await world.sign_in("Root")
    found: list[list[str]] = []
    for n in range(days * 4):
        at = (since + timedelta(hours=6 * n, minutes=1)).isoformat().replace("+00:00", "Z")
        found.append([each["name"] for each in (await root.get(f"{SCHEDULES}/{id}/on-call", at=at))["entries"]])
    return found


async def end(world: World, name: str, taker: str = "Cy") -> None:
    root, takers = await world.sign_in("Root"), {"*": world.users[taker]}
    answer = await root.send("POST", f"/api/v1/users/{world.users[name]}/deactivate", {"takers": takers})
    assert answer.status_code == 200, answer.text


async def back(world: World, name: str) -> Any:
    answer = await (await world.sign_in("Root")).send("POST", f"/api/v1/users/{world.users[name]}/reactivate")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def saved(world: World, id: str, **change: Any) -> Any:
    root = await world.sign_in("Root")
    read = await root.get(f"{SCHEDULES}/{id}")
    fields = ("name", "team_id", "time_zone", "overlap", "layers", "notices", "description", "description_in_notices")
    body = {**{key: read[key] for key in fields}, **change}
    return await root.put(f"{SCHEDULES}/{id}", body, rev=read["rev"])


async def heard(world: World, name: str) -> list[str]:
    rows = await world.db.values("SELECT changes FROM shift_change ORDER BY made_at, id")
    return [changes for (changes,) in rows if world.users[name] in changes]


async def test_the_past_stays_and_nobody_is_put_on_call_by_coming_back(rota: World) -> None:
    id = (await rota.add_schedule("Watch", rota.layer_of("Ana", "Bo"))).id
    left_at = rota.clock.now() + timedelta(days=2, hours=5)
    rota.clock.advance(timedelta(days=2, hours=5))
    await end(rota, "Bo")
    rota.clock.advance(timedelta(days=40))
    before = await on_call(rota, id, left_at - timedelta(days=2), 60)
    told = await rota.db.values("SELECT id FROM shift_change")
    answer = await back(rota, "Bo")
    assert [each["name"] for each in answer["left"]] == ["Watch"]
    assert await on_call(rota, id, left_at - timedelta(days=2), 60) == before
    assert await rota.db.values("SELECT id FROM shift_change") == told
    mine = await (await rota.sign_in("Bo")).get("/api/v1/me/on-call")
    assert (mine["watches"], mine["next"]) == ([], None)


async def test_within_the_same_shift_too(rota: World) -> None:
    id = (await rota.add_schedule("Watch", rota.layer_of("Ana/primary+Bo/primary", unit="week"))).id
    rota.clock.advance(timedelta(hours=5))
    await end(rota, "Bo")
    rota.clock.advance(timedelta(minutes=3))
    await back(rota, "Bo")
    now = rota.clock.now()
    assert await on_call(rota, id, now, 20) == [["Ana"]] * 80
    assert await on_call(rota, id, now - timedelta(hours=2), 1) == [["Ana", "Bo"]] + [["Ana"]] * 3


async def test_putting_them_back_is_an_edit_from_now_on_and_everybody_hears(rota: World) -> None:
    id = (await rota.add_schedule("Watch", rota.layer_of("Ana", "Bo"))).id
    rota.clock.advance(timedelta(days=2, hours=5))
    await end(rota, "Bo")
    rota.clock.advance(timedelta(days=40))
    await back(rota, "Bo")
    now = rota.clock.now()
    before = await on_call(rota, id, now - timedelta(days=42), 42)
    [layer] = (await (await rota.sign_in("Root")).get(f"{SCHEDULES}/{id}"))["layers"]
    assert [each["gone_at"] is not None for group in layer["groups"] for each in group["members"]] == [False, True]
    layer["groups"].append({"members": [{"user_id": rota.users["Bo"]}]})
    answer = await saved(rota, id, layers=[layer])
    assert {each["user_id"] for each in answer["changes"]} == {rota.users["Ana"], rota.users["Bo"]}
    [warning] = answer["warnings"]
    assert (warning["code"], warning["args"]["name"]) == ("unreachable", "Bo"), "their phones were forgotten"
    assert await on_call(rota, id, now - timedelta(days=42), 42) == before
    assert ["Bo"] in await on_call(rota, id, now, 4)
    assert (await heard(rota, "Bo"))[-1:] == (await heard(rota, "Ana"))[-1:] != []


async def test_the_same_person_in_the_same_place_is_a_stay_of_its_own(rota: World) -> None:
    id = (await rota.add_schedule("Watch", rota.layer_of("Ana", "Bo"))).id
    rota.clock.advance(timedelta(days=2, hours=5))
    await end(rota, "Bo")
    rota.clock.advance(timedelta(days=40))
    await back(rota, "Bo")
    now = rota.clock.now()
    before = await on_call(rota, id, now - timedelta(days=42), 42)
    [layer] = (await (await rota.sign_in("Root")).get(f"{SCHEDULES}/{id}"))["layers"]
    del layer["groups"][1]["members"][0]["gone_at"]
    answer = await saved(rota, id, layers=[layer])
    assert await on_call(rota, id, now - timedelta(days=42), 42) == before
    assert ["Bo"] in await on_call(rota, id, now, 4)
    assert [len(group["members"]) for group in answer["layers"][0]["groups"]] == [1, 2]
    told = [(each["field"], each["args"]["name"]) for each in answer["warnings"] if each["code"] == "put_back"]
    assert told == [("layers[0].groups", "Bo")], "nobody is put back on call silently"
    again = await saved(rota, id, description="the same")
    assert [each for each in again["warnings"] if each["code"] == "put_back"] == []


async def test_saving_something_else_leaves_them_out_and_nobody_writes_an_end_of_an_account(rota: World) -> None:
    id = (await rota.add_schedule("Watch", rota.layer_of("Ana", "Bo"))).id
    rota.clock.advance(timedelta(days=1))
    await end(rota, "Bo")
    now = rota.clock.now()
    left = await on_call(rota, id, now, 20)
    await back(rota, "Bo")
    await saved(rota, id, name="Watch 2")
    assert await on_call(rota, id, now, 20) == left
    [layer] = (await (await rota.sign_in("Root")).get(f"{SCHEDULES}/{id}"))["layers"]
    layer["groups"][0]["members"][0]["gone_at"] = "2026-01-01T00:00:00Z"
    await saved(rota, id, layers=[layer])
    assert ["Ana"] in await on_call(rota, id, now, 4), "only the account's end takes somebody out"
    layer["groups"] = [{"members": [{"user_id": "nobody", "gone_at": "2026-01-01T00:00:00Z"}]}]
    root = await rota.sign_in("Root")
    read = await root.get(f"{SCHEDULES}/{id}")
    made = {"name": "X", "team_id": read["team_id"], "time_zone": "UTC", "layers": [{**layer, "id": ""}]}
    refused = await root.send("POST", SCHEDULES, made)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unknown_user")


async def test_a_promise_that_ended_with_the_account_does_not_come_back(rota: World) -> None:
    id = (await rota.add_schedule("Watch", rota.layer_of("Ana"))).id
    now = rota.clock.now()
    await rota.add_override(id, "Bo", start=now + timedelta(days=3), end=now + timedelta(days=9))
    await end(rota, "Bo", taker="Cy")
    rota.clock.advance(timedelta(days=4))
    await back(rota, "Bo")
    [promise, taken] = sorted(
        (await (await rota.sign_in("Root")).get(f"{SCHEDULES}/{id}/overrides"))["items"],
        key=lambda each: each["user_id"] != rota.users["Bo"],
    )
    assert (promise["cancelled_at"] is None, taken["cancelled_at"] is None) == (False, True)
    assert await on_call(rota, id, now + timedelta(days=4), 4) == [["Cy"]] * 16


async def test_a_schedule_that_was_saved_beside_the_departure_is_left_too(rota: World) -> None:
    """The save read who is there before the account ended, and was kept after it."""
    id = (await rota.add_schedule("Watch", rota.layer_of("Ana", "Bo"))).id
    at = rota.clock.now() + timedelta(hours=1)
    text = "UPDATE user_account SET deactivated_at = :at WHERE id = :id"
    await rota.db.apply(Writes().sql(text, at=at, id=rota.users["Bo"]))
    rota.clock.advance(timedelta(days=3))
    before = await on_call(rota, id, rota.clock.now() - timedelta(days=3), 10)
    await back(rota, "Bo")
    assert await on_call(rota, id, rota.clock.now() - timedelta(days=3), 10) == before


async def test_a_layer_of_which_everybody_left_can_be_changed(rota: World) -> None:
    id = (await rota.add_schedule("Watch", rota.layer_of("Ana"), rota.layer_of("Cy"))).id
    rota.clock.advance(timedelta(days=2))
    await end(rota, "Ana")
    rota.clock.advance(timedelta(days=2))
    await back(rota, "Ana")
    first, second = (await (await rota.sign_in("Root")).get(f"{SCHEDULES}/{id}"))["layers"]
    first["restriction"] = {"kind": "daily", "periods": [{"start": "06:00", "end": "18:00"}]}
    answer = await saved(rota, id, layers=[first, second])
    assert len(answer["layers"]) == 2, "nobody is there for a layer to follow"


async def test_leaving_out_a_layer_that_is_over_keeps_its_place_in_the_past(rota: World) -> None:
    over = rota.layer_of("Ana", end="2026-11-23T04:00")
    id = (await rota.add_schedule("Watch", over, rota.layer_of("Bo"), overlap="top_layer")).id
    since = rota.clock.now()
    rota.clock.advance(timedelta(days=5))
    before = await on_call(rota, id, since, 8)
    assert ["Ana"] in before
    _, second = (await (await rota.sign_in("Root")).get(f"{SCHEDULES}/{id}"))["layers"]
    await saved(rota, id, layers=[second])
    assert await on_call(rota, id, since, 8) == before


async def test_nobody_without_a_phone_is_put_on_call_without_a_word(rota: World) -> None:
    """Whoever makes an override, gives the pager or names a taker hears that the person can't be paged."""
    id = (await rota.add_schedule("Watch", rota.layer_of("Ana"))).id
    await rota.add_person("Mute", team="Payments", reach="")
    root, now = await rota.sign_in("Root"), rota.clock.now()

    def named(warnings: list[Any]) -> list[tuple[str, str]]:
        return [(each["code"], each["args"]["name"]) for each in warnings]

    for name, said in (("Mute", [("unreachable", "Mute")]), ("Bo", [])):
        span = {"start": (now + timedelta(days=3)).isoformat(), "end": (now + timedelta(days=4)).isoformat()}
        made = await root.post(f"{SCHEDULES}/{id}/overrides", {**span, "user_id": rota.users[name]})
        assert named(made["warnings"]) == said
        until = {"to_user_id": rota.users[name], "until": (now + timedelta(minutes=10)).isoformat()}
        given = await (await rota.sign_in("Ana")).post(f"{SCHEDULES}/{id}/give", until)
        assert named(given["override"]["warnings"]) == said
        await root.send("DELETE", f"{SCHEDULES}/{id}/overrides/{given['override']['id']}")
    takers = {"*": rota.users["Mute"]}
    left = await root.post(f"/api/v1/users/{rota.users['Ana']}/deactivate", {"takers": takers})
    assert named(left["warnings"]) == [("unreachable", "Mute")]
