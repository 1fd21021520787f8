"""Lists, counts and the detail: what narrows them, what they say, and what they refuse."""

from typing import Any

import pytest

from server.incidents.lists import alike as reading
from tests.incidents.desk import Desk
from tests.kit.world import World


async def titles(desk: Desk, name: str = "Mia", **query: Any) -> list[str]:
    return sorted(each["title"] for each in await desk.items(name, **query))


@pytest.mark.store
async def test_lists_are_narrowed_by_everything_that_an_incident_is(world: World) -> None:
    desk = await Desk.build(world)
    await desk.fire("a", title="Disk 100% full", severity="critical", labels={"host": "db1", "zone": "eu"})
    await world.advance(minutes=10)
    warm = await desk.fire("b", title="CPU warm", severity="warning", labels={"host": "db2"})
    await desk.act("Bo", warm, "acknowledge")
    await world.add_team("Web")
    await world.add_person("Wim", team="Web")
    await (await world.client("Wim")).post("/api/v1/incidents", {"title": "By hand"})
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "By hand, CPU warm, Disk 100% full"),
        ({"state": "acknowledged"}, "CPU warm"),
        ({"state": ["acknowledged", "triggered"]}, "By hand, CPU warm, Disk 100% full"),
        ({"severity": "critical"}, "By hand, Disk 100% full"),
        ({"service_id": desk.house.service.id}, "CPU warm, Disk 100% full"),
        ({"team_id": world.teams["Web"]}, "By hand"),
        ({"responder_id": world.users["Bo"]}, "CPU warm"),
        ({"responder_id": world.users["Ana"]}, "CPU warm, Disk 100% full"),
        ({"label": "host=db1"}, "Disk 100% full"),
        ({"label": ["host=db1", "zone=eu"]}, "Disk 100% full"),
        ({"label": ["host=db1", "zone=us"]}, ""),
        ({"label": "host=db"}, ""),
        ({"since": "2026-11-21T03:20:00Z"}, "By hand, CPU warm"),
        ({"until": "2026-11-21T03:20:00Z"}, "Disk 100% full"),
        ({"q": "100%"}, "Disk 100% full"),
        ({"q": "%"}, "Disk 100% full"),
        ({"q": "_"}, ""),
        ({"q": "#2"}, "CPU warm"),
        ({"scope": "teams"}, "CPU warm, Disk 100% full"),
        ({"scope": "mine"}, ""),
    ]
    for query, expected in cases:
        assert ", ".join(await titles(desk, **query)) == expected, query
    assert await titles(desk, "Bo", scope="mine") == ["CPU warm"]


@pytest.mark.store
async def test_counts_go_by_state_and_severity_and_honour_the_filter(world: World) -> None:
    desk = await Desk.build(world)
    graded = {"a": "critical", "b": "info", "c": "info"}
    incidents = [await desk.fire(key, severity=severity) for key, severity in graded.items()]
    await desk.act("Bo", incidents[0], "acknowledge")
    await desk.act("Bo", incidents[1], "resolve", {})
    ana = await desk.world.client("Ana")
    counts = await ana.get("/api/v1/incidents/counts")
    assert counts == {
        "mine": 2,
        "teams": 2,
        "all": 2,
        "waiting_for_me": 1,
        "by_state": {"triggered": 1, "acknowledged": 1},
        "by_severity": {"critical": 1, "info": 1},
    }
    counts = await ana.get("/api/v1/incidents/counts", severity="info", state=["triggered", "resolved"])
    assert (counts["all"], counts["by_state"]) == (2, {"triggered": 1, "resolved": 1})
    assert counts["by_severity"] == {"info": 2}


async def test_what_is_wrong_in_a_query_is_named_as_the_client_wrote_it(world: World) -> None:
    desk = await Desk.build(world)
    ana = await desk.world.client("Ana")
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("/api/v1/incidents", {"scope": "ours"}, "scope"),
        ("/api/v1/incidents", {"state": "closed"}, "state"),
        ("/api/v1/incidents", {"severity": "bad"}, "severity"),
        ("/api/v1/incidents", {"label": "host"}, "label"),
        ("/api/v1/incidents", {"since": "yesterday"}, "since"),
        ("/api/v1/incidents", {"since": "2026-11-21T03:20:00"}, "since"),
        ("/api/v1/incidents", {"limit": "0"}, "limit"),
        ("/api/v1/incidents", {"cursor": "x"}, "cursor"),
        ("/api/v1/incidents", {"colour": "red"}, "colour"),
        ("/api/v1/incidents/counts", {"limit": "5"}, "limit"),
        ("/api/v1/schedules/nothing/shifts", {"from": "x", "to": "y"}, "from"),
        ("/api/v1/users", {"page": "2"}, "page"),
    ]
    for path, query, field in cases:
        answer = await ana.send("GET", path, **query)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), (path, query, answer.text)


async def test_pages_of_a_list_hold_each_incident_once(world: World) -> None:
    desk = await Desk.build(world)
    for n in range(5):
        await desk.house.fire(dedup_key=f"a{n}", check=f"a{n}")
    ana = await desk.world.client("Ana")
    seen: list[int] = []
    cursor: dict[str, str] = {}
    for _ in range(4):
        page = await ana.get("/api/v1/incidents", limit=2, **cursor)
        seen += [item["number"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [5, 4, 3, 2, 1]


async def test_what_may_be_done_depends_on_reader_and_state(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "acknowledge")
    by = {each["id"]: each for each in await desk.items("Ana")}
    assert "undo" in by[incident["id"]]["can"]
    assert "undo" not in (await desk.items("Bo"))[0]["can"]
    assert "acknowledge" not in (await desk.items("Bo"))[0]["can"]
    assert {"unacknowledge", "snooze", "reassign", "merge"} <= set((await desk.items("Bo"))[0]["can"])


async def test_alerts_are_narrowed_to_those_that_still_fire(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire("a")
    await desk.house.fire(dedup_key="b", check="a", title="Second")
    await desk.house.fire(dedup_key="a", check="a", action="resolve")
    ana = await desk.world.client("Ana")
    path = f"/api/v1/incidents/{incident['id']}/alerts"
    found = {
        word: [each["title"] for each in (await ana.get(path, **query))["items"]]
        for word, query in {"every": {}, "open": {"open": "true"}, "over": {"open": "false"}}.items()
    }
    assert found == {"every": ["Second", "Checkout errors"], "open": ["Second"], "over": ["Checkout errors"]}


@pytest.mark.store
async def test_alerts_of_an_incident_are_searched_by_words_of_their_own(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire("a", title="Uplink lost", labels={"device": "sw-ams-2", "站点": "阿姆斯特丹"})
    await desk.house.fire(dedup_key="b", check="a", title="Uplink lost", labels={"device": "sw-fra-1"})
    await desk.fire("elsewhere", title="sw-ams-2 is warm")
    ana = await desk.world.client("Ana")
    path = f"/api/v1/incidents/{incident['id']}/alerts"
    for words, keys in {
        "": "b a",
        "sw-ams": "a",
        "AMS-2 uplink": "a",
        "uplink": "b a",
        "link": "",
        "阿姆": "a",
        "warm": "",
        "%": "",
        "uplink fra": "b",
    }.items():
        found = (await ana.get(path, q=words))["items"]
        assert " ".join(each["dedup_key"] for each in found) == keys, words
    assert (await ana.get(path, q="uplink", open="false"))["items"] == []


@pytest.mark.store
async def test_what_all_alerts_of_an_incident_say_alike_is_read_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    desk = await Desk.build(world)
    incident = await desk.fire("k0", title="Uplink lost", labels={"site": "ams", "device": "sw-0"})
    for n in range(1, 5):
        labels = {"device": f"sw-{n}", "site": "ams"}
        await desk.house.fire(dedup_key=f"k{n}", check="k0", title="Uplink lost", labels=labels)
    ana = await desk.world.client("Ana")
    path = f"/api/v1/incidents/{incident['id']}/alerts/common"
    assert await ana.get(path) == {"title": "Uplink lost", "labels": {"site": "ams"}, "links": []}
    await desk.house.fire(dedup_key="k5", check="k0", title="Uplink slow", labels={"site": "fra"})
    assert await ana.get(path) == {"title": None, "labels": {}, "links": []}
    by_hand = await desk.open("Ana", title="No alert")
    assert await ana.get(f"/api/v1/incidents/{by_hand['id']}/alerts/common") == {
        "title": None,
        "labels": {},
        "links": [],
    }
    assert (await ana.send("GET", "/api/v1/incidents/nothing/alerts/common")).status_code == 404


async def test_what_happened_before_says_how_it_was_solved(world: World) -> None:
    desk = await Desk.build(world)
    for n in range(6):
        incident = await desk.fire(title=f"Trouble {n}")
        await desk.act("Bo", incident, "resolve", {"method": f"way {n}"})
        await world.advance(seconds=10)
    await desk.fire("other", title="Other")
    now = await desk.fire(title="Trouble now")
    ana = await desk.world.client("Ana")
    before = (await ana.get(f"/api/v1/incidents/{now['id']}/similar"))["items"]
    assert [each["method"] for each in before] == ["way 5", "way 4", "way 3", "way 2", "way 1"]
    assert {each["resolved_by"]["name"] for each in before} == {"Bo"}
    by_hand = await desk.open("Ana", title="trouble 3")
    assert (await ana.get(f"/api/v1/incidents/{by_hand['id']}/similar"))["items"] == []
    assert (await ana.send("GET", "/api/v1/incidents/nothing/similar")).status_code == 404
