"""The proof that somebody is reachable, asked over HTTP, measured, and told before it is too late."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.escalation import prove_coverage
from server.kernel.database import Database, Writes
from server.kernel.due import Share, claim
from server.paging_health.coverage_watch import WATCH, begin_watching
from server.schedules.rotas import load_rotas
from tests.kit.client import Client
from tests.kit.world import World
from tests.shared.domain.on_call.schedule_oracle import DAY, SlowSchedule

V1 = "/api/v1"
WEEK = {"unit": "week", "every": 1, "handoff_weekday": "mon", "handoff_time": "00:00"}


async def build(world: World, *layers: Any, reach: str = "push") -> Client:
    """Team Payments with Ana and Bo, a schedule of these layers, and a service that pages it."""
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager")
    for name in ("Ana", "Bo"):
        await world.add_person(name, team="Payments", reach=reach)
    await world.add_schedule("Watch", *(each(world) for each in layers))
    policy = await world.add_policy("schedule:Watch", delay_s=300)
    await world.add_service("Checkout", policy=policy)
    return await world.client("Mia")


def weekly(world: World, **more: Any) -> dict[str, Any]:
    return world.layer_of("Ana", "Bo", start="2026-11-16T00:00", rotation=WEEK, **more)


def always(world: World) -> Any:
    return weekly(world)


def workdays(world: World) -> Any:
    return weekly(world, date_mask=["mon", "tue", "wed", "thu", "fri"])


def until_december(world: World) -> Any:
    return weekly(world, end="2026-12-01T00:00")


async def holes(client: Client, **query: Any) -> list[Any]:
    report = await client.get(f"{V1}/coverage", **query)
    assert report["proven"] == sum(each["hole"] is None for each in report["items"])
    return [each["hole"] for each in report["items"] if each["hole"] is not None]


async def test_a_full_rota_of_people_with_phones_is_proven(world: World) -> None:
    mia = await build(world, always)
    report = await mia.get(f"{V1}/coverage")
    assert (report["proven"], len(report["items"]), report["within_s"]) == (3, 3, 900)


@pytest.mark.parametrize(("reach", "why"), [("", "no_contact_method"), ("push", None)])
async def test_who_has_no_way_to_be_reached_is_named(world: World, reach: str, why: str | None) -> None:
    found = await holes(await build(world, always, reach=reach), days=2)
    assert [each["why"] for hole in found for each in hole["unreached"]] == ([why] * 3 if why else [])
    assert {hole["cause"] for hole in found} == ({"nobody_reachable"} if why else set())


async def test_each_time_of_a_hole_is_told_and_who_stands_alone(world: World) -> None:
    mia = await build(world, workdays)
    report = await mia.get(f"{V1}/coverage", days=20)
    first = report["items"][0]
    hole = first["hole"]
    times = [(hole["start"], hole["end"]), *((each["start"], each["end"]) for each in hole["again"])]
    assert len(times) == 3, "three weekends in twenty days"
    lasts = [datetime.fromisoformat(end) - datetime.fromisoformat(start) for start, end in times]
    assert sum(lasts, timedelta()).total_seconds() == hole["total_s"]
    assert [each["user"]["name"] for each in first["alone"]][:2] == ["Bo", "Ana"]
    covered = sum(
        (datetime.fromisoformat(each["end"]) - datetime.fromisoformat(each["start"]) for each in first["alone"]),
        timedelta(),
    )
    assert covered + sum(lasts, timedelta()) == timedelta(days=20)


async def test_who_stands_behind_another_leaves_nobody_alone(world: World) -> None:
    mia = await build(world, always)
    policy = await world.add_policy("schedule:Watch", "Ana", "Bo", name="Two")
    await world.add_service("Paired", policy=policy)
    items = (await mia.get(f"{V1}/coverage", days=5))["items"]
    alone = {each["service"]["name"]: len(each["alone"]) for each in items if each["level"] == 1}
    assert alone["Checkout"]
    assert not alone["Paired"]


async def test_a_long_report_is_read_in_pages(world: World) -> None:
    """What has holes first, each once, also while time goes by between two pages."""
    mia = await build(world, workdays)
    await world.add_service("Orphan")
    await world.add_policy("schedule:Watch", "Ana", name="Two")
    whole = await mia.get(f"{V1}/coverage", days=10)
    found: list[Any] = []
    query: dict[str, Any] = {"days": 10, "limit": 2}
    while True:
        page = await mia.get(f"{V1}/coverage", **query)
        assert (page["proven"], len(page["items"]) <= 2) == (whole["proven"], True)
        found += page["items"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
        world.clock.advance(timedelta(seconds=1))
    named = [[each[name] for name in ("service", "severity", "level")] for each in found]
    assert named == [[each[name] for name in ("service", "severity", "level")] for each in whole["items"]]
    assert len(named) == 6
    answer = await mia.send("GET", f"{V1}/coverage", cursor="x")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "bad_cursor")


async def test_each_schedule_is_worked_out_once_and_each_question_asked_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many services, severities and levels ask it: what costs is what differs."""
    await build(world, always)
    policies = [await world.add_policy("schedule:Watch", "Ana", name=f"P{number}") for number in range(3)]
    calls: Counter[str] = Counter()
    for name in ("shifts", "uncovered", "reaches_within"):
        monkeypatch.setattr(prove_coverage, name, _counting(calls, name))
    statements: list[str] = []
    fetch = Database._fetch

    async def counted(self: Database, statement: str, *args: Any, **more: Any) -> Any:
        statements.append(statement)
        return await fetch(self, statement, *args, **more)

    monkeypatch.setattr(Database, "_fetch", counted)
    costs: list[tuple[Counter[str], int]] = []
    for number in range(2):
        services = await prove_coverage.read_services(world.db, [world.teams["Payments"]])
        calls.clear()
        statements.clear()
        start = world.clock.now()
        proofs = await prove_coverage.prove(
            world.db, services, start, start + timedelta(days=90), within=timedelta(minutes=15)
        )
        assert all(not proof.holes for proof in proofs)
        costs.append((calls.copy(), len(statements)))
        for each in policies if number == 0 else []:
            await world.add_service(f"Service {each.name}", policy=each)
    (few, asked), (many, asked_then) = costs
    assert few == {"shifts": 1, "uncovered": 1, "reaches_within": 6}
    assert many == {"shifts": 1, "uncovered": 2, "reaches_within": 6}
    assert asked == asked_then


def _counting(calls: Counter[str], name: str) -> Callable[..., Any]:
    call = getattr(prove_coverage, name)

    def counted(*args: Any, **more: Any) -> Any:
        calls[name] += 1
        return call(*args, **more)

    return counted


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", "2027-03-28"),
        ("Europe/Berlin", "2027-10-31"),
        ("America/New_York", "2027-03-14"),
        ("America/New_York", "2027-11-07"),
        ("Australia/Lord_Howe", "2027-04-04"),
        ("Australia/Lord_Howe", "2027-10-03"),
    ],
)
async def test_holes_on_the_days_on_which_clocks_change(world: World, zone: str, day: str) -> None:
    """Against looking at each minute: nights from 01:30 to 03:00, hours that go round, somebody deaf, somebody away."""
    start = datetime.fromisoformat(f"{day}T00:00:00+00:00") - timedelta(hours=30)
    end = start + timedelta(days=3)
    world.clock.move_to(start)
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager")
    for name, reach in (("Ana", "push"), ("Bo", "push"), ("Deaf", "")):
        await world.add_person(name, team="Payments", reach=reach)
    first = (start - timedelta(days=1)).strftime("%Y-%m-%dT00:00")
    night = {"kind": "daily", "periods": [{"start": "01:30", "end": "03:00"}, {"start": "22:00", "end": "00:30"}]}
    await world.add_schedule("Nights", world.layer_of("Ana", "Bo", start=first, restriction=night), zone=zone)
    await world.add_schedule("Hours", world.layer_of("Ana", "Deaf", "Bo", start=first, unit="hour"), zone=zone)
    middle = start + timedelta(hours=30)
    away = (middle, middle + timedelta(minutes=90))
    ana = await world.client("Ana")
    await ana.post(f"{V1}/me/time-off", {"start": away[0].isoformat(), "end": away[1].isoformat()})
    await world.add_service("Checkout", policy=await world.add_policy("schedule:Nights", "schedule:Hours"))
    services = await prove_coverage.read_services(world.db, [world.teams["Payments"]])
    proofs = await prove_coverage.prove(world.db, services, start, end, within=timedelta(minutes=15))
    rotas = await load_rotas(world.db, world.schedules.values(), since=start)
    for level, name in ((1, "Nights"), (2, "Hours")):
        slow = SlowSchedule(rotas[world.schedules[name]].rota, start - DAY, end + DAY, tick=30)
        (found,) = {proof.holes for proof in proofs if proof.level == level}
        for minute in range(3 * 24 * 60):
            t = start + timedelta(minutes=minute)
            on_call = {held[0] for held in slow.on_call(t)} - {world.users["Deaf"]}
            on_call -= {world.users["Ana"]} if away[0] <= t < away[1] else set[str]()
            assert bool(on_call) != any(hole.start <= t < hole.end for hole in found), (name, t)


async def test_a_rule_that_comes_too_late_is_a_hole_for_its_severity_only(world: World) -> None:
    mia = await build(world, always)
    for name in ("Ana", "Bo"):
        client = await world.sign_in(name)
        late, soon = [{"channel": "push", "delay_s": 1800}], [{"channel": "push", "delay_s": 0}]
        rules = {"critical": soon, "warning": late, "info": soon}
        await client.put(f"{V1}/me/notification-rules", rules, rev=0)
    report = await mia.get(f"{V1}/coverage")
    assert {each["severity"]: each["hole"] is None for each in report["items"]} == {
        "critical": True,
        "warning": False,
        "info": True,
    }
    assert report["items"][0]["hole"]["unreached"][0]["why"] == "not_by_rule_in_time"
    assert await holes(mia, within_s=1800) == []


async def test_the_end_of_a_layer_is_the_exact_counter_example(world: World) -> None:
    hole = (await holes(await build(world, until_december)))[0]
    assert (hole["start"], hole["cause"], hole["schedules"][0]["name"]) == (
        "2026-12-01T00:00:00Z",
        "nobody_on_call",
        "Watch",
    )
    assert hole["total_s"] == (timedelta(days=90) - timedelta(days=9, hours=20, minutes=48)).total_seconds()


async def test_bad_questions_name_their_field(world: World) -> None:
    mia = await build(world, always)
    for name, value in (("within_s", "1"), ("days", "0"), ("days", "x"), ("within_s", "99999999")):
        wrong: dict[str, Any] = {name: value}
        answer = await mia.send("GET", f"{V1}/coverage", **wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, name)


async def days_pass(world: World, days: int) -> None:
    """In steps of half a day, for nothing here waits for less."""
    for _ in range(2 * days):
        world.clock.move_to(world.clock.now() + timedelta(hours=12))
        await world.settle()


async def incidents(client: Client) -> list[str]:
    return [each["title"] for each in (await client.get(f"{V1}/incidents"))["items"]]


async def test_the_team_is_paged_once_before_the_gap_arrives(world: World) -> None:
    await build(world, until_december)
    await begin_watching(world.db, world.clock.now())
    await world.settle()
    assert await incidents(await world.sign_in("Mia")) == []
    await days_pass(world, 8)
    expected = "Nobody will be reachable for Checkout (level 1) from Tue 1 Dec 00:00 (UTC) on"
    assert await incidents(await world.sign_in("Mia")) == [expected]
    assert "Bo" in await world.paged()
    await days_pass(world, 1)
    assert len(await incidents(await world.sign_in("Mia"))) == 1


@pytest.mark.store
async def test_a_proof_whose_commit_was_lost_is_made_again(world: World) -> None:
    """A handler that was not committed has done nothing, whatever it remembers."""
    await build(world, until_december)
    await days_pass(world, 9)
    await begin_watching(world.db, world.clock.now())
    [claimed] = await claim(world.db, {WATCH: Share(1, 0)}, now=world.clock.now())
    watch, now = world.engine.due.bindings[WATCH].handler, world.clock.now()
    first, second = await watch(claimed, now), await watch(claimed, now)
    assert isinstance(first, Writes)
    assert isinstance(second, Writes)
    assert len(second) == len(first)
    await world.db.apply(second)
    third = await watch(claimed, now)
    assert isinstance(third, Writes)
    assert len(third) == 1, "it only looks again in a minute"


async def test_free_weekends_are_told_once_and_not_every_friday(world: World) -> None:
    await build(world, workdays)
    await days_pass(world, 3)
    await begin_watching(world.db, world.clock.now())
    await days_pass(world, 12)
    assert len(await incidents(await world.sign_in("Mia"))) == 1
