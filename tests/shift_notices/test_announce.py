"""People and groups hear of their shifts, once each, by the ways that were chosen."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.kit.world import World
from tests.schedules.team import SCHEDULES, Team

QUIET: dict[str, Any] = {"at_start": False}


async def set_notices(team: Team, **notices: Any) -> Any:
    """Replace how the schedule speaks, keeping its layers."""
    root = await team.world.client("Root")
    found = await root.get(f"{SCHEDULES}/{team.schedule_id}")
    names = ("name", "team_id", "time_zone", "layers", "description", "description_in_notices")
    body = {name: found[name] for name in names} | {"notices": QUIET | notices}
    saved = await root.put(f"{SCHEDULES}/{team.schedule_id}", body, rev=found["rev"])
    await team.world.settle()
    return saved


async def go_to(world: World, *, minutes: int) -> None:
    world.clock.move_to(world.clock.now() + timedelta(minutes=minutes))
    await world.settle()


async def test_before_a_handoff_both_sides_hear_of_it_once(world: World) -> None:
    team = await Team.build(world)
    await set_notices(team, before_s=900)
    await go_to(world, minutes=32)
    assert await team.told("Ana") == await team.told("Bo") == []
    await go_to(world, minutes=1)
    assert await team.told("Ana") == ["Watch: your shift ends at 04:00"]
    assert await team.told("Bo") == ["Watch: you go on call at 04:00"]
    await set_notices(team, before_s=1200)
    await go_to(world, minutes=5)
    assert len(await team.told("Ana")) == len(await team.told("Bo")) == 1


async def test_a_start_brings_the_handover_note(world: World) -> None:
    team = await Team.build(world)
    ana = await team.world.client("Ana")
    await ana.post(f"{SCHEDULES}/{team.schedule_id}/remark", {"text": "The cache is cold."})
    await set_notices(team, at_start=True)
    await go_to(world, minutes=48)
    [(_, message)] = await team.notices("Bo")
    assert message["title"] == "Watch: you are on call now"
    assert message["body"].splitlines() == ["Until Sun 22 Nov 04:00 (UTC).", "Ana left you word: The cache is cold."]
    assert await team.told("Ana") == []


async def test_whoever_is_on_call_as_a_schedule_is_made_hears_of_it_once(world: World) -> None:
    team = await Team.build(world)
    made = await world.add_schedule("Second", world.layer_of("Cy", "Di"), team="Payments", by="Root")
    await go_to(world, minutes=1)
    assert await team.told("Cy") == ["Root changed your shifts on Second"]
    await go_to(world, minutes=47)
    assert (await team.told("Di"))[-1] == "Second: you are on call now", made.id


async def test_daily_at_the_schedules_hour_and_with_its_description(world: World) -> None:
    team = await Team.build(world)
    root = await team.world.client("Root")
    found = await root.get(f"{SCHEDULES}/{team.schedule_id}")
    body = {name: found[name] for name in ("name", "team_id", "layers")}
    more = {
        "time_zone": "Asia/Shanghai",
        "description": "Read the **[runbook](https://r.example.com)**",
        "description_in_notices": True,
        "notices": QUIET | {"daily_at": "11:30"},
    }
    await root.put(f"{SCHEDULES}/{team.schedule_id}", body | more, rev=found["rev"])
    await go_to(world, minutes=17)
    assert [title for title in await team.told("Ana") if "changed" not in title] == []
    await go_to(world, minutes=1)
    message = (await team.notices("Ana"))[-1][1]
    assert message["title"] == "Watch: you are on call"
    assert message["body"] == "On call: you.\nRead the runbook (https://r.example.com)"


async def test_unified_channels_with_the_own_way_for_who_lacks_them(world: World) -> None:
    team = await Team.build(world)
    await world.add_person("Eve", team="Payments", reach="push email")
    root = await team.world.client("Root")
    body = {"name": "Pair", "team_id": world.teams["Payments"], "time_zone": "UTC"}
    members = [{"user_id": world.users[name]} for name in ("Ana", "Eve")]
    layer = {"start": "2026-11-20T04:00", "rotation": {"unit": "day"}, "groups": [{"members": members}]}
    notices = QUIET | {"daily_at": "03:15", "by": "unified", "channels": ["email"]}
    made = await root.post(SCHEDULES, body | {"layers": [layer], "notices": notices})
    await go_to(world, minutes=3)
    rows = await world.db.values(
        "SELECT user_account.name, delivery.channel, message FROM delivery JOIN address ON address.id = address_id"
        " JOIN user_account ON user_account.id = address.user_id"
    )
    told = {(name, channel) for name, channel, message in rows if "you are on call" in message}
    assert told == {("Ana", "push"), ("Eve", "email")}
    warnings = (await root.get(f"{SCHEDULES}/{made['id']}"))["warnings"]
    assert [(each["code"], each["args"]["name"]) for each in warnings] == [("no_unified_channel", "Ana")]


async def test_groups_hear_of_handoffs_and_days_and_their_addresses_are_never_read(world: World) -> None:
    team = await Team.build(world)
    saved = await set_notices(
        team,
        before_s=300,
        daily_at="03:20",
        groups=[{"channel": "email", "address": "oncall@example.com", "name": "All"}],
    )
    [group] = saved["notices"]["groups"]
    assert (group["address"], group["label"]) == (None, "o…@example.com")
    await go_to(world, minutes=8)
    await go_to(world, minutes=35)
    rows = await world.db.values("SELECT message FROM delivery WHERE address_id = :id ORDER BY id", id=group["id"])
    said = [(json.loads(message)["title"], json.loads(message)["body"]) for (message,) in rows]
    assert said == [
        ("Watch: on call today", "On call: Ana."),
        ("Watch: handoff at 04:00", "On call from Sat 21 Nov 04:00 (UTC) on: Bo."),
    ]
    stored = await world.db.values("SELECT notices FROM schedule UNION ALL SELECT differences FROM audit")
    assert all("oncall@example.com" not in text for (text,) in stored)
    kept = await set_notices(team, groups=[{"channel": "email", "id": group["id"], "name": "Everybody"}])
    assert kept["notices"]["groups"][0]["id"] == group["id"]
    await set_notices(team, groups=[])
    assert await world.db.value("SELECT COUNT(*) FROM address WHERE id = :id", id=group["id"]) == 0


@pytest.mark.parametrize(
    ("notices", "field"),
    [
        ({"before_s": 200}, "notices.before_s"),
        ({"before_s": 301}, "notices.before_s"),
        ({"before_s": 86_700}, "notices.before_s"),
        ({"daily_at": "25:00"}, "notices.daily_at"),
        ({"daily_at": "24:00"}, "notices.daily_at"),
        ({"by": "unified"}, "notices.channels"),
        ({"by": "unified", "channels": ["pigeon"]}, "notices.channels[0]"),
        ({"groups": [{"channel": "pigeon", "address": "coo"}]}, "notices.groups[0].channel"),
        ({"groups": [{"channel": "push", "address": "phone"}]}, "notices.groups[0].channel"),
        ({"groups": [{"channel": "email", "address": "nobody"}]}, "notices.groups[0].address"),
        ({"groups": [{"channel": "webhook", "address": "ftp://x"}]}, "notices.groups[0].address"),
        ({"groups": [{"channel": "email"}]}, "notices.groups[0].address"),
        ({"groups": [{"channel": "email", "address": a} for a in ("l@x.org", "L@x.org")]}, "notices.groups[1]"),
        ({"channels": ["push", "push"]}, "notices.channels[1]"),
        ({"groups": [{"channel": "email", "id": "other"}]}, "notices.groups[0].id"),
    ],
)
async def test_what_is_wrong_is_named(world: World, notices: dict[str, Any], field: str) -> None:
    team = await Team.build(world)
    root = await team.world.client("Root")
    found = await root.get(f"{SCHEDULES}/{team.schedule_id}")
    body = {name: found[name] for name in ("name", "team_id", "time_zone", "layers")} | {"notices": notices}
    answer = await root.send("PUT", f"{SCHEDULES}/{team.schedule_id}", body, headers={"if-match": str(found["rev"])})
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (400, [field])


async def test_whose_shifts_somebody_changes_is_told(world: World) -> None:
    team = await Team.build(world)
    made = await world.add_override(team.schedule_id, "Di", **team.hours("22 04:00", "22 16:00"))
    await world.settle()
    [(_, lost)], [(_, gained)] = await team.notices("Ana"), await team.notices("Di")
    assert lost["title"] == gained["title"] == "Root changed your shifts on Watch"
    assert lost["body"] == "− Watch, Sun 22 Nov 04:00 to 16:00 (UTC)"
    assert gained["body"] == "+ Watch, Sun 22 Nov 04:00 to 16:00 (UTC)"
    assert await team.told("Bo") == []
    root = await team.world.client("Root")
    await root.send("DELETE", f"{SCHEDULES}/{team.schedule_id}/overrides/{made.id}")
    await world.settle()
    assert [message["body"] for _, message in await team.notices("Di")][1].startswith("− Watch")
