"""The schedules people ask for first, over HTTP, with every shift written by hand."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.kit.client import Client
from tests.kit.world import World

SCHEDULES = "/api/v1/schedules"
BERLIN = ZoneInfo("Europe/Berlin")


async def team(world: World, *names: str) -> Client:
    await world.add_team("Ops")
    for name in names:
        await world.add_person(name, team="Ops", time_zone="Europe/Berlin")
    return await world.sign_in(names[0])


async def make(world: World, *layers: Any, zone: str = "Europe/Berlin") -> str:
    first = next(iter(world.users))
    made = await world.add_schedule("Ops", *layers, zone=zone, by=first)
    await world.let_stand(made.id)
    return made.id


async def told(client: Client, world: World, id: str, start: str, end: str) -> list[str]:
    """`A 16 Mon 10:00 - 23 Mon 10:00`, on Berlin's clocks, in the order of the answer."""
    window: dict[str, Any] = {"from": f"{start}:00+01:00", "to": f"{end}:00+01:00"}
    names = {id: name for name, id in world.users.items()}
    lines: list[str] = []
    for shift in (await client.get(f"{SCHEDULES}/{id}/shifts", **window))["items"]:
        opens, closes = (datetime.fromisoformat(shift[edge]).astimezone(BERLIN) for edge in ("start", "end"))
        role = f" {shift['role_id']}" if shift["role_id"] else ""
        lines.append(f"{names[shift['user_id']]}{role} {opens:%d %a %H:%M} - {closes:%d %a %H:%M}")
    return lines


async def test_three_people_one_week_each_handing_over_on_monday_at_ten(world: World) -> None:
    client = await team(world, "A", "B", "C")
    weekly = {"unit": "week", "every": 1, "handoff_weekday": "mon", "handoff_time": "10:00"}
    id = await make(world, world.layer_of("A", "B", "C", start="2026-11-16T10:00", rotation=weekly))
    assert await told(client, world, id, "2026-11-16T10:00", "2026-12-14T10:00") == [
        "A 16 Mon 10:00 - 23 Mon 10:00",
        "B 23 Mon 10:00 - 30 Mon 10:00",
        "C 30 Mon 10:00 - 07 Mon 10:00",
        "A 07 Mon 10:00 - 14 Mon 10:00",
    ]
    now = await client.get(f"{SCHEDULES}/{id}/on-call")
    assert ([each["name"] for each in now["entries"]], now["next_handoff"]) == (["A"], "2026-11-23T09:00:00Z")


async def test_days_and_nights_are_held_by_two_teams(world: World) -> None:
    client = await team(world, "A", "B", "N", "M")
    weekly = {"unit": "week", "every": 1, "handoff_weekday": "mon", "handoff_time": "08:00"}

    def half(start: str, end: str, *names: str) -> Any:
        restriction = {"kind": "daily", "periods": [{"start": start, "end": end}]}
        return world.layer_of(*names, start="2026-11-16T08:00", rotation=weekly, restriction=restriction)

    id = await make(world, half("08:00", "20:00", "A", "B"), half("20:00", "08:00", "N", "M"))
    assert await told(client, world, id, "2026-11-21T08:00", "2026-11-24T08:00") == [
        "A 21 Sat 08:00 - 21 Sat 20:00",
        "N 21 Sat 20:00 - 22 Sun 08:00",
        "A 22 Sun 08:00 - 22 Sun 20:00",
        "N 22 Sun 20:00 - 23 Mon 08:00",
        "B 23 Mon 08:00 - 23 Mon 20:00",
        "M 23 Mon 20:00 - 24 Tue 08:00",
    ]
    window: dict[str, Any] = {"from": "2026-11-16T07:00:00Z", "to": "2027-11-01T00:00:00Z"}
    assert (await client.get(f"{SCHEDULES}/{id}/gaps", **window))["items"] == []


async def test_a_primary_and_a_backup_who_is_primary_next(world: World) -> None:
    client = await team(world, "A", "B", "C")
    weekly = {"unit": "week", "every": 1, "handoff_weekday": "mon", "handoff_time": "09:00"}
    pairs = ("A/primary+B/backup", "B/primary+C/backup", "C/primary+A/backup")
    id = await make(world, world.layer_of(*pairs, start="2026-11-16T09:00", rotation=weekly))
    assert await told(client, world, id, "2026-11-16T09:00", "2026-12-07T09:00") == [
        "A primary 16 Mon 09:00 - 23 Mon 09:00",
        "B backup 16 Mon 09:00 - 23 Mon 09:00",
        "B primary 23 Mon 09:00 - 30 Mon 09:00",
        "C backup 23 Mon 09:00 - 30 Mon 09:00",
        "A backup 30 Mon 09:00 - 07 Mon 09:00",
        "C primary 30 Mon 09:00 - 07 Mon 09:00",
    ]
    window: dict[str, Any] = {"from": "2026-11-16T08:00:00Z", "to": "2026-12-16T08:00:00Z", "role_id": "backup"}
    assert (await client.get(f"{SCHEDULES}/{id}/gaps", **window))["items"] == []


async def test_workdays_and_weekends_meet_at_nine(world: World) -> None:
    client = await team(world, "A", "B", "W")
    workdays: dict[str, Any] = {"date_mask": ["mon", "tue", "wed", "thu", "fri"], "continuous": True}
    weekend: dict[str, Any] = {"date_mask": ["sat", "sun"], "continuous": True}
    id = await make(
        world,
        world.layer_of("A", "B", start="2026-11-16T09:00", **workdays),
        world.layer_of("W", start="2026-11-21T09:00", **weekend),
    )
    assert await told(client, world, id, "2026-11-20T09:00", "2026-11-25T09:00") == [
        "A 20 Fri 09:00 - 21 Sat 09:00",
        "W 21 Sat 09:00 - 23 Mon 09:00",
        "B 23 Mon 09:00 - 24 Tue 09:00",
        "A 24 Tue 09:00 - 25 Wed 09:00",
    ]


async def test_fourteen_people_on_workdays_all_get_turns(world: World) -> None:
    """GoAlert's issue 55: rotating over all days and then leaving weekends out forgets four of them for ever."""
    names = [f"P{n:02}" for n in range(1, 15)]
    client = await team(world, *names)
    mask = ["mon", "tue", "wed", "thu", "fri"]
    id = await make(world, world.layer_of(*names, start="2026-11-16T00:00", date_mask=mask), zone="UTC")
    window: dict[str, Any] = {"from": "2026-11-16T00:00:00Z", "to": "2027-02-22T00:00:00Z"}
    shifts = (await client.get(f"{SCHEDULES}/{id}/shifts", **window))["items"]
    who = {id: name for name, id in world.users.items()}
    assert [who[shift["user_id"]] for shift in shifts] == names * 5
    starts = [datetime.fromisoformat(shift["start"]) for shift in shifts]
    assert starts[5] - starts[4] == timedelta(days=3)
    assert {start.weekday() for start in starts} == {0, 1, 2, 3, 4}
