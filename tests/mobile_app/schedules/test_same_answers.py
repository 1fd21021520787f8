"""The app and the server answer alike about the same schedules: who is on call, my shifts, gaps, the next handoff."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import structs

from phone.rotas.watches import my_on_call, my_shifts, on_call_now
from server.kernel.database import Writes
from server.tables.covers import TimeOff
from shared.domain.on_call.schedules import Gap, gaps, next_handoff, shifts
from shared.domain.on_call.shifts import Shift
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.on_call import MyOnCall, OnCallNow
from shared.wire.schedules import MyShifts, Rotas, Schedule, ScheduleRota
from tests.kit.client import Client
from tests.kit.world import World

PEOPLE = ("Ana", "Bo", "Cy", "Di")
# The clocks of New York, Berlin and Lord Howe all change within the thirty days that follow.
START = datetime(2027, 3, 5, 6, 30, tzinfo=UTC)
LOOKS = [timedelta(), timedelta(hours=5), timedelta(days=4, hours=13), timedelta(days=13), timedelta(days=29, hours=23)]


def layer(world: World, *turns: str, order: str = "listed", **given: Any) -> dict[str, Any]:
    rotation = {"unit": given.pop("unit", "day"), "every": given.pop("every", 1), "order": order}
    start = given.pop("start", "2027-01-04T09:00")
    return world.layer_of(*turns, start=start, rotation=rotation, **given)


async def schedules(world: World) -> list[Schedule]:
    """Every kind of rotation that the rotas have to carry, in several zones."""
    weekdays = ["mon", "tue", "wed", "thu", "fri"]
    night = {"kind": "daily", "periods": [{"start": "20:00", "end": "08:00"}]}
    roles = [
        layer(world, "Ana/primary", "Bo/primary", "Cy/primary", unit="week"),
        layer(world, "Di/backup", "Ana/backup+Bo/backup"),
    ]
    masked = [
        layer(world, "Bo", "Ana", date_mask=weekdays, continuous=True),
        layer(world, "Cy", start="2027-03-12T00:00"),
    ]
    made: list[Schedule] = []
    for name, zone, overlap, layers in (
        ("Masked", "Australia/Lord_Howe", "top_layer", masked),
        ("Nights", "America/New_York", "union", [layer(world, "Ana", "Bo", "Di", order="fair", restriction=night)]),
        ("Planned", "UTC", "union", [layer(world, "Ana", "Bo", "Cy", order="least_recent", every=2)]),
        ("Roles", "Europe/Berlin", "union", roles),
    ):
        made.append(await world.add_schedule(name, *layers, zone=zone, overlap=overlap))
    return made


async def stand_ins(world: World, roles: Schedule) -> None:
    """Overrides of each scope, one of them cancelled, and somebody's holidays."""
    root = await world.sign_in("Root")
    scopes: list[dict[str, Any]] = [
        {"kind": "all"},
        {"kind": "role", "role_id": "primary"},
        {"kind": "person", "user_id": world.users["Ana"]},
        {"kind": "all"},
    ]
    for number, scope in enumerate(scopes):
        start = START + timedelta(days=3 * number, hours=2)
        name, end = "Di" if number % 2 else "Ana", start + timedelta(hours=40)
        made = await world.add_override(roles.id, name, start=start, end=end, scope=scope)
        if number == 3:
            gone = routes.SCHEDULE_OVERRIDE.format(schedule_id=roles.id, override_id=made.id)
            assert (await root.send("DELETE", gone)).status_code < 300
    writes = Writes()
    writes.insert(
        TimeOff,
        id="off",
        user_id=world.users["Ana"],
        start_at=START + timedelta(days=2),
        end_at=START + timedelta(days=9),
        reason="",
        created_at=START,
        cancelled_at=None,
    )
    await world.db.apply(writes)


@pytest.fixture
async def payments(world: World) -> tuple[World, list[str]]:
    world.clock.move_to(START)
    await world.add_team("Payments")
    await world.add_person("Root", role="admin")
    for name in PEOPLE:
        await world.add_person(name, team="Payments")
    made = await schedules(world)
    await stand_ins(world, made[-1])
    return world, [each.id for each in made]


async def copy_of(client: Client) -> list[ScheduleRota]:
    """What the device keeps: decoded, written and decoded again, as its store does."""
    answer = msgspec.convert(await client.get(routes.SCHEDULE_ROTAS), Page[ScheduleRota])
    return msgspec.json.decode(msgspec.json.encode(answer.items), type=list[ScheduleRota])


async def test_who_is_on_call_now_and_next_for_thirty_days(payments: tuple[World, list[str]]) -> None:
    world, _ = payments
    kept = await copy_of(await world.sign_in("Ana"))
    seen: set[bytes] = set()
    for look in LOOKS:
        world.clock.move_to(START + look)
        now = world.clock.now()
        ana = await world.sign_in("Ana")
        said = msgspec.convert(await ana.get(routes.ON_CALL), Page[OnCallNow]).items
        assert on_call_now(kept, now) == said
        mine = msgspec.convert(await ana.get(routes.MY_ON_CALL), MyOnCall)
        assert my_on_call(kept, world.users["Ana"], now, unreachable=mine.unreachable) == mine
        seen.add(msgspec.json.encode(said))
    assert len(seen) == len(LOOKS)


async def test_my_shifts_of_every_range(payments: tuple[World, list[str]]) -> None:
    world, _ = payments
    for name in PEOPLE:
        client = await world.sign_in(name)
        kept = await copy_of(client)
        for days in (1, 4, 7, 14, 31):
            start, end = START - timedelta(hours=6), START + timedelta(days=days)
            answer = await client.get(routes.MY_SHIFTS, **{"from": start.isoformat(), "to": end.isoformat()})
            said = msgspec.convert(answer, MyShifts)
            assert my_shifts(kept, world.users[name], start, end, now=START) == said
            assert said.items or days < 7


def whole(found: MyShifts, start: datetime, end: datetime) -> MyShifts:
    """What is cut by the window keeps the mark of time off that its whole has, here, and has its own there."""
    items = [
        structs.replace(each, shift=structs.replace(each.shift, on_time_off=False))
        if each.shift.start == start or each.shift.end == end
        else each
        for each in found.items
    ]
    return structs.replace(found, items=items)


async def test_what_i_hold_of_a_private_team_that_i_have_left_is_mine_here_too(
    payments: tuple[World, list[str]],
) -> None:
    """What I hold I can see, and nothing else of that team."""
    world, ids = payments
    writes = Writes().sql("UPDATE team SET is_private = TRUE")
    await world.db.apply(writes.sql("DELETE FROM membership WHERE user_id = :id", id=world.users["Ana"]))
    client, ana = await world.sign_in("Ana"), world.users["Ana"]
    kept = msgspec.convert(await client.get(routes.SCHEDULE_ROTAS), Rotas)
    assert kept.items == []
    assert {each.shift.user_id for each in kept.held} == {ana}
    running = 0
    for hours in (0, 7, 31, 50):
        world.clock.move_to(START + timedelta(hours=hours))
        now = world.clock.now()
        client = await world.sign_in("Ana")
        for days in (1, 7, 31):
            start, end = now - timedelta(hours=6), now + timedelta(days=days)
            answer = await client.get(routes.MY_SHIFTS, **{"from": start.isoformat(), "to": end.isoformat()})
            said = msgspec.convert(answer, MyShifts)
            own_shifts = my_shifts(kept.items, ana, start, end, held=kept.held, now=now)
            assert whole(own_shifts, start, end) == whole(said, start, end)
        mine = msgspec.convert(await client.get(routes.MY_ON_CALL), MyOnCall)
        own = my_on_call(kept.items, ana, now, held=kept.held, unreachable=mine.unreachable)
        assert (own.next, own.unreachable) == (mine.next, mine.unreachable)
        assert [(each.schedule, each.role, each.since, each.until) for each in own.watches] == [
            (each.schedule, each.role, each.since, each.until) for each in mine.watches
        ]
        running += len(mine.watches)
    assert running, ids


async def test_shifts_gaps_and_handoffs_of_each_schedule(payments: tuple[World, list[str]]) -> None:
    world, ids = payments
    client = await world.sign_in("Bo")
    kept = {each.schedule.id: each for each in await copy_of(client)}
    start, end = START - timedelta(days=7), START + timedelta(days=30)
    span = {"from": start.isoformat(), "to": end.isoformat()}
    found_gaps = 0
    for ident in ids:
        rota = kept[ident].rota
        answer = await client.get(routes.SCHEDULE_SHIFTS.format(schedule_id=ident), **span)
        assert shifts(rota, start, end) == msgspec.convert(answer["items"], list[Shift])
        answer = await client.get(routes.SCHEDULE_GAPS.format(schedule_id=ident), **span)
        assert gaps(rota, start, end) == msgspec.convert(answer["items"], list[Gap])
        found_gaps += len(answer["items"])
        answer = await client.get(routes.SCHEDULE_ON_CALL.format(schedule_id=ident), at=START.isoformat())
        handoff = next_handoff(rota, START)
        assert (handoff.at if handoff else None) == msgspec.convert(answer["next_handoff"], datetime | None)
    assert found_gaps
    assert any(shift.on_time_off for each in kept.values() for shift in shifts(each.rota, start, end))
