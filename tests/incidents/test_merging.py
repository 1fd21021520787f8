"""Several incidents become one: alerts, groups, runs, and what is refused."""

import pytest

from tests.incidents.desk import Desk
from tests.kit.world import World

pytestmark = pytest.mark.store


async def test_alerts_move_the_source_ends_and_its_group_joins_the_target(world: World) -> None:
    desk = await Desk.build(world)
    source = await desk.fire("disk", severity="critical")
    target = await desk.fire("latency", severity="warning")
    await desk.act("Ana", target, "acknowledge")
    ended = await desk.act("Ana", source, "merge", {"into": target["id"]})
    assert (ended["state"], ended["merged_into"]["number"], ended["alert_count"]) == ("resolved", target["number"], 0)
    assert ended["can"] == ["comment", "edit", "follow"]
    seen = await desk.read(target)
    assert (seen["state"], seen["alert_count"], seen["open_alert_count"], seen["severity"]) == (
        "acknowledged",
        2,
        2,
        "critical",
    )
    assert [each["id"] for each in await desk.items()] == [target["id"]], "merged ones are hidden"
    assert len(await desk.items(merged=True)) == 2
    await desk.house.fire(dedup_key="disk 2", check="disk")
    assert (await desk.read(target))["alert_count"] == 3
    assert len(await desk.items()) == 1
    await world.advance(minutes=70)
    assert await world.paged() == ["Ana", "Ana"], "the run of the source has stopped"
    assert ("merged_from", {"number": source["number"], "title": source["title"], "count": 1}) in await desk.told(
        target
    )


async def test_the_target_ends_with_the_last_alert_and_lets_all_its_groups_go(world: World) -> None:
    desk = await Desk.build(world)
    first, second, third = [await desk.fire(key) for key in ("a", "b", "c")]
    await desk.act("Ana", first, "merge", {"into": second["id"]})
    await desk.act("Ana", second, "merge", {"into": third["id"]})
    for key in ("a", "b"):
        await desk.house.fire(dedup_key=key, check=key, action="resolve")
    assert (await desk.read(third))["state"] == "triggered"
    assert (await desk.read(first))["merged_into"]["id"] == third["id"], "chains are short"
    await desk.house.fire(dedup_key="c", check="c", action="resolve")
    assert (await desk.read(third))["state"] == "resolved"
    fresh = await desk.fire("a")
    assert fresh["id"] not in {each["id"] for each in (first, second, third)}


async def test_undo_of_resolving_the_target_gives_it_its_groups_back(world: World) -> None:
    desk = await Desk.build(world)
    first, second = [await desk.fire(key) for key in ("a", "b")]
    await desk.act("Ana", second, "merge", {"sources": [first["id"]]})
    await desk.act("Ana", second, "resolve", {})
    await desk.act("Ana", second, "undo")
    await desk.house.fire(dedup_key="a 2", check="a")
    seen = await desk.read(second)
    assert (seen["alert_count"], seen["open_alert_count"]) == (3, 3)


async def test_no_loops_nothing_over_nothing_unseen(world: World) -> None:
    desk = await Desk.build(world)
    first, second, third = [await desk.fire(key) for key in ("a", "b", "c")]
    assert await desk.refused("Ana", first, "merge", {"into": first["id"]}) == (409, "same_incident")
    await desk.act("Ana", first, "merge", {"into": second["id"]})
    assert await desk.refused("Ana", second, "merge", {"into": first["id"]}) == (409, "merged")
    assert await desk.refused("Ana", first, "merge", {"into": third["id"]}) == (409, "merged")
    await desk.act("Ana", third, "resolve", {})
    assert await desk.refused("Ana", second, "merge", {"into": third["id"]}) == (409, "already_resolved")
    for body, field in (
        ({}, "into"),
        ({"into": second["id"], "sources": [third["id"]]}, "into"),
        ({"into": "nothing"}, "into"),
        ({"sources": [third["id"], "nothing"]}, "sources[1]"),
    ):
        assert await desk.refused("Ana", second, "merge", body) == (400, field)
    for verb in ("acknowledge", "reopen", "resolve", "escalate"):
        body = None if verb in ("acknowledge", "reopen") else {}
        assert await desk.refused("Ana", first, verb, body) == (409, "merged")


async def test_incidents_of_a_team_that_one_cannot_see_stay_out(world: World) -> None:
    desk = await Desk.build(world)
    await world.add_team("Secret", is_private=True)
    await world.add_person("Sue", team="Secret")
    hidden = await (await world.sign_in("Sue")).post("/api/v1/incidents", {"title": "Hidden"})
    seen = await desk.fire()
    assert await desk.refused("Ana", seen, "merge", {"into": hidden["id"]}) == (400, "into")
    assert await desk.refused("Sue", hidden, "merge", {"into": seen["id"]}) == (409, "private_team")
    assert (await desk.read(seen))["state"] == "triggered"


async def test_the_trail_names_what_was_merged_into_what(world: World) -> None:
    desk = await Desk.build(world)
    first, second, third = [await desk.fire(key) for key in ("a", "b", "c")]
    await desk.act("Ana", first, "merge", {"into": second["id"]})
    await desk.act("Ana", second, "merge", {"sources": [third["id"]]})
    admin = await world.client("Ana")
    entries = (await admin.get("/api/v1/audit", verb="merge"))["items"]
    told = [each["differences"][0]["after"] for each in entries]
    assert [each["number"] for each in told[0]["sources"]] == [third["number"]]
    assert (told[1]["into"]["number"], told[1]["into"]["title"]) == (second["number"], second["title"])
