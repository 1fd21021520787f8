"""One verb on many: a result for each, at most a thousand, once for each key."""

from typing import Any

import pytest

from tests.incidents.desk import Desk
from tests.kit.world import World

PATH = "/api/v1/incidents/bulk"


async def bulk(desk: Desk, name: str, body: Any, **headers: str) -> Any:
    answer = await (await desk.world.client(name)).post(PATH, body, **headers)
    await desk.world.settle()
    return answer


@pytest.mark.store
async def test_each_incident_has_its_own_result_and_its_own_audit_row(world: World) -> None:
    desk = await Desk.build(world)
    first, second, third = [await desk.fire(key) for key in ("a", "b", "c")]
    await desk.act("Bo", second, "acknowledge")
    ids = [first["id"], second["id"], "nothing", third["id"], first["id"]]
    result = await bulk(desk, "Ana", {"verb": "acknowledge", "ids": ids})
    assert (result["done"], result["refused"], result["more"]) == (2, 2, 0)
    assert [(item["done"], item["code"]) for item in result["items"]] == [
        (True, None),
        (False, "already_acknowledged"),
        (False, "not_found"),
        (True, None),
    ]
    assert [await desk.audited(each) for each in (first, second, third)] == [["acknowledge"]] * 3
    await world.advance(minutes=61)
    assert await world.paged() == ["Ana"] * 3


@pytest.mark.store
async def test_a_filter_finds_them_and_a_repeat_with_its_key_finds_the_same(world: World) -> None:
    desk = await Desk.build(world)
    for n in range(60):
        await desk.house.fire(dedup_key=f"a{n}", check=f"a{n}", severity="warning" if n % 2 else "critical")
    body = {"verb": "resolve", "filter": {"severity": ["warning"]}, "args": {"method": "storm is over"}}
    result = await bulk(desk, "Ana", body, Idempotency_Key="k")
    assert (result["done"], result["refused"]) == (30, 0)
    later = await desk.fire("later", severity="warning")
    assert await bulk(desk, "Ana", body, Idempotency_Key="k") == result
    assert (await desk.read(later))["state"] == "triggered"
    assert (await desk.read({"id": result["items"][0]["id"]}))["method"] == "storm is over"
    reused = await (await desk.world.client("Ana")).send(
        "POST", PATH, {"verb": "acknowledge", "ids": [later["id"]]}, headers={"idempotency-key": "k"}
    )
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")


async def test_a_repeat_goes_on_where_the_first_one_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.incidents.bulk.SLICE", 2)
    desk = await Desk.build(world)
    ids = [(await desk.fire(key))["id"] for key in "abcde"]
    real, calls = world.db.apply, []

    async def dies(writes: Any, *rest: Any) -> Any:
        calls.append(writes)
        if len(calls) == 3:
            raise RuntimeError("the process ends here")
        return await real(writes, *rest)

    monkeypatch.setattr(world.db, "apply", dies)
    ana = await desk.world.client("Ana")
    body = {"verb": "acknowledge", "ids": ids}
    broken = await ana.send("POST", PATH, body, headers={"idempotency-key": "k"})
    assert broken.status_code == 500
    monkeypatch.setattr(world.db, "apply", real)
    result = await bulk(desk, "Ana", body, Idempotency_Key="k")
    assert (result["done"], result["refused"]) == (5, 0), "what was done the first time is told as done"
    assert [await desk.audited({"id": id}) for id in ids] == [["acknowledge"]] * 5


async def test_snooze_merge_and_others_in_bulk(world: World) -> None:
    desk = await Desk.build(world)
    incidents = [await desk.fire(key) for key in "abcd"]
    ids = [each["id"] for each in incidents]
    result = await bulk(desk, "Ana", {"verb": "snooze", "ids": ids, "args": {"seconds": 600}})
    assert result["done"] == 4
    assert {each["snoozed_until"] for each in await desk.items()} == {"2026-11-21T03:22:00Z"}
    result = await bulk(desk, "Ana", {"verb": "merge", "ids": ids, "args": {"into": ids[0]}})
    assert [item["code"] for item in result["items"]] == ["same_incident", None, None, None]
    assert (await desk.read(incidents[0]))["alert_count"] == 4
    for verb, state in (("unsnooze", "acknowledged"), ("unacknowledge", "triggered"), ("escalate", "triggered")):
        assert (await bulk(desk, "Bo", {"verb": verb, "ids": ids[:1]}))["done"] == 1
        assert (await desk.read(incidents[0]))["state"] == state


async def test_what_no_incident_could_take_is_refused_as_a_whole(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    ana = await desk.world.client("Ana")
    ids = [incident["id"]]
    for body, field in (
        ({"verb": "acknowledge"}, "ids"),
        ({"verb": "acknowledge", "ids": ids, "filter": {}}, "ids"),
        ({"verb": "snooze", "ids": ids}, "args.seconds"),
        ({"verb": "merge", "ids": ids}, "args.into"),
        ({"verb": "merge", "ids": ids, "args": {"into": "nothing"}}, "args.into"),
        ({"verb": "acknowledge", "ids": ["x"] * 1001}, "ids"),
        ({"verb": "undo", "ids": ids}, "verb"),
        ({"verb": "resolve", "filter": {"label": ["nonsense"]}}, "label"),
        ({"verb": "resolve", "filter": {"colour": "red"}}, "filter.colour"),
    ):
        answer = await ana.send("POST", PATH, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), body
    await world.add_person("Vic", role="viewer")
    vic = await world.sign_in("Vic")
    assert (await vic.send("POST", PATH, {"verb": "acknowledge", "ids": ids})).status_code == 403
    assert (await desk.read(incident))["state"] == "triggered"
