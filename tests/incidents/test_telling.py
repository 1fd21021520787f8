"""Comments, followers, titles, severities, and what is written about it afterwards."""

from typing import Any

import msgspec
import pytest

from server.kernel.database import Writes
from tests.incidents.desk import Desk
from tests.kit.world import World


async def change(desk: Desk, name: str, incident: Any, body: Any, *, rev: int | None = None) -> Any:
    seen = await desk.read(incident)
    client = await desk.world.client(name)
    headers = {"if-match": str(seen["rev"] if rev is None else rev)}
    return await client.send("PATCH", f"/api/v1/incidents/{incident['id']}", body, headers=headers)


@pytest.mark.store
async def test_followers_are_told_in_their_language_what_others_do(world: World) -> None:
    desk = await Desk.build(world)
    await world.add_person("Li", team="Payments", language="zh")
    incident = await desk.fire()
    number = incident["number"]
    await desk.act("Bo", incident, "followers", {})
    seen = await desk.act("Ana", incident, "followers", {"user_ids": [world.users["Li"]]})
    assert [ref["name"] for ref in seen["followers"]] == ["Bo", "Li"]
    assert await desk.notices() == []
    await desk.act("Ana", incident, "acknowledge")
    await world.advance(seconds=10)
    assert sorted(await desk.notices()) == [("Bo", f"Ana acknowledged #{number}."), ("Li", f"Ana 已认领 #{number}。")]
    await desk.act("Bo", incident, "comments", {"text": " It is the disk "})
    assert (await desk.notices())[2:] == [("Li", f"Bo 评论 #{number}：It is the disk")]
    client = await desk.world.client("Li")
    answer = await client.send("DELETE", f"/api/v1/incidents/{incident['id']}/followers/me")
    assert [ref["name"] for ref in answer.json()["followers"]] == ["Bo"]
    rows = await world.db.values("SELECT verb, differences FROM audit WHERE object_kind = 'incident' ORDER BY seq")
    told = [(verb, msgspec.json.decode(text)[0]["after"]["user_ids"]) for verb, text in rows if "follow" in verb]
    bo, li = world.users["Bo"], world.users["Li"]
    assert told == [("follow", [bo]), ("follow", [li]), ("unfollow", [li])], "whoever it is about is named"
    await desk.act("Ana", incident, "resolve", {"method": "restarted"})
    await world.advance(seconds=10)
    assert (await desk.notices())[3:] == [("Bo", f"Ana resolved #{number}: restarted")]
    assert await world.paged() == ["Ana"]


async def test_what_is_taken_back_is_not_told(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Bo", incident, "followers", {})
    await desk.act("Ana", incident, "resolve", {})
    await world.advance(seconds=3)
    await desk.act("Ana", incident, "undo")
    await world.advance(seconds=30)
    assert await desk.notices() == []


async def test_a_recovery_is_told_and_who_cannot_see_it_any_more_hears_nothing(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    for name in ("Bo", "Cy"):
        await desk.act(name, incident, "followers", {})
    text = "UPDATE team SET is_private = TRUE WHERE id = :id"
    gone = "DELETE FROM membership WHERE user_id = :user"
    await world.db.apply(Writes().sql(text, id=world.teams["Payments"]).sql(gone, user=world.users["Cy"]))
    await desk.house.fire(dedup_key="checkout", check="checkout", action="resolve")
    await world.advance(seconds=10)
    assert await desk.notices() == [("Bo", f"#{incident['number']} is over: every alert recovered.")]


async def test_a_viewer_follows_but_makes_nobody_follow_and_says_nothing(world: World) -> None:
    desk = await Desk.build(world)
    await world.add_person("Vic", role="viewer")
    incident = await desk.fire()
    assert (await desk.read(incident, "Vic"))["can"] == ["follow"]
    assert (await desk.items("Vic"))[0]["can"] == ["follow"]
    seen = await desk.act("Vic", incident, "followers", {})
    assert [ref["name"] for ref in seen["followers"]] == ["Vic"]
    assert (await desk.refused("Vic", incident, "followers", {"user_ids": [world.users["Bo"]]}))[0] == 403
    assert (await desk.refused("Vic", incident, "comments", {"text": "hm"}))[0] == 403
    assert await desk.refused("Ana", incident, "followers", {"user_ids": ["nothing"]}) == (400, "user_ids[0]")
    assert await desk.audited(incident) == ["follow"]


async def test_comments_have_a_limit_and_stay_possible_when_it_is_over(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "resolve", {})
    await desk.act("Ana", incident, "comments", {"text": "x" * 4000})
    assert ("commented", {"text": "x" * 4000}) in await desk.told(incident)
    for text in ("", "  ", "x" * 4001, "a\0b"):
        assert (await desk.refused("Ana", incident, "comments", {"text": text}))[0] == 400
    assert await desk.audited(incident) == ["resolve", "comment"]


async def test_a_severity_that_a_person_sets_stays_until_it_is_unpinned(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire(severity="warning")
    answer = await change(desk, "Ana", incident, {"severity": "info", "title": "Only the test shop"})
    assert (answer.json()["severity"], answer.json()["severity_pinned"]) == ("info", True)
    await desk.house.fire(dedup_key="more", check="checkout", severity="critical")
    assert (await desk.read(incident))["severity"] == "info"
    back = (await change(desk, "Ana", incident, {"severity_pinned": False})).json()
    assert (back["severity"], back["severity_pinned"], back["title"]) == ("critical", False, "Only the test shop")
    told = await desk.told(incident)
    assert ("retitled", {"title": "Only the test shop", "before": "Checkout errors"}) in told
    assert [args for kind, args in told if kind == "severity_changed"] == [
        {"was": "warning", "now": "info"},
        {"was": "info", "now": "critical"},
    ]
    assert await desk.audited(incident) == ["edit", "edit"]


async def test_what_was_learnt_is_written_with_the_resolution_or_later(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    said = {"impact": "a tenth of the orders", "root_cause": "disk full"}
    seen = await desk.act("Ana", incident, "resolve", said)
    assert (seen["impact"], seen["root_cause"], seen["method"]) == (*said.values(), None)
    later = (await change(desk, "Bo", incident, {"method": "log rotation", "lessons": "alarm at 80 %"})).json()
    assert (later["method"], later["lessons"], later["impact"]) == ("log rotation", "alarm at 80 %", said["impact"])
    cleared = (await change(desk, "Bo", incident, {"impact": ""})).json()
    assert cleared["impact"] is None
    assert [args for kind, args in await desk.told(incident) if kind == "reviewed"] == [
        {"fields": ["method", "lessons"]},
        {"fields": ["impact"]},
    ]
    unchanged = await change(desk, "Bo", incident, {"method": "log rotation"})
    assert (unchanged.status_code, unchanged.json()["rev"]) == (200, cleared["rev"])


async def test_a_change_is_based_on_the_newest_revision(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    assert (await change(desk, "Ana", incident, {"title": "T"}, rev=1)).status_code == 412
    client = await desk.world.client("Ana")
    assert (await client.send("PATCH", f"/api/v1/incidents/{incident['id']}", {"title": "T"})).status_code == 428
    for body in ({"title": " "}, {"severity": "bad"}, {"severity": "info", "severity_pinned": False}, {"x": 1}):
        assert (await change(desk, "Ana", incident, body)).status_code == 400
