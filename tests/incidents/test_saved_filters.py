"""Each person's saved filters: named, ordered, one of them the default."""

from typing import Any

import pytest

from tests.incidents.desk import Desk
from tests.kit.client import Client
from tests.kit.world import World

PATH = "/api/v1/me/saved-filters"


async def names(client: Client) -> list[tuple[str, bool]]:
    return [(each["name"], each["is_default"]) for each in (await client.get(PATH))["items"]]


def input_of(name: str, **more: Any) -> Any:
    return {"name": name, "query": {"state": ["triggered"], "label": ["zone=eu"]}, **more}


@pytest.mark.store
async def test_filters_keep_their_order_and_one_default(world: World) -> None:
    desk = await Desk.build(world)
    ana, bo = await desk.world.client("Ana"), await desk.world.client("Bo")
    made = [await ana.post(PATH, input_of(name)) for name in ("One", "Two")]
    await ana.post(PATH, input_of("Zero", position=0, is_default=True))
    assert await names(ana) == [("Zero", True), ("One", False), ("Two", False)]
    assert await names(bo) == []
    two = made[1]
    changed = await ana.put(f"{PATH}/{two['id']}", input_of("Two", position=0, is_default=True), rev=two["rev"])
    assert (changed["position"], changed["rev"]) == (0, 2)
    assert await names(ana) == [("Two", True), ("Zero", False), ("One", False)]
    renamed = await ana.put(f"{PATH}/{two['id']}", {"name": "2", "query": {"scope": "mine"}}, rev=2)
    assert (renamed["position"], renamed["query"]["scope"], renamed["query"]["state"]) == (0, "mine", [])
    assert await names(ana) == [("2", False), ("Zero", False), ("One", False)]
    gone = await ana.send("DELETE", f"{PATH}/{two['id']}", headers={"if-match": "3"})
    assert gone.status_code == 204
    assert [each["position"] for each in (await ana.get(PATH))["items"]] == [0, 1]
    rows = await world.db.value("SELECT COUNT(*) FROM audit WHERE object_kind = 'saved_filter'")
    assert rows == 6


async def test_what_is_wrong_is_refused(world: World) -> None:
    desk = await Desk.build(world)
    ana, bo = await desk.world.client("Ana"), await desk.world.client("Bo")
    made = await ana.post(PATH, input_of("One"))
    assert (await ana.send("POST", PATH, input_of("One"))).json()["code"] == "name_taken"
    for body, field in (
        ({"name": "x"}, "query"),
        (input_of(""), "name"),
        (input_of("x", position=-1), "position"),
        ({"name": "x", "query": {"state": ["closed"]}}, "query.state[0]"),
        ({"name": "x", "query": {"colour": "red"}}, "query.colour"),
    ):
        answer = await ana.send("POST", PATH, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), answer.text
    path = f"{PATH}/{made['id']}"
    assert (await bo.send("PUT", path, input_of("x"), headers={"if-match": "1"})).status_code == 404
    assert (await bo.send("DELETE", path, headers={"if-match": "1"})).status_code == 404
    assert (await ana.send("PUT", path, input_of("x"), headers={"if-match": "7"})).status_code == 412
    assert (await ana.send("PUT", path, input_of("x"))).status_code == 428
    assert await names(ana) == [("One", False)]


async def test_there_are_fifty_at_most_and_a_key_makes_one(world: World) -> None:
    desk = await Desk.build(world)
    ana = await desk.world.client("Ana")
    first = [await ana.post(PATH, input_of("0"), Idempotency_Key="k") for _ in range(2)]
    assert first[0] == first[1]
    for n in range(1, 50):
        await ana.post(PATH, input_of(str(n)))
    refused = await ana.send("POST", PATH, input_of("50"))
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many")
