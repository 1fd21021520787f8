"""The proof that somebody is reachable, asked over HTTP, measured, and told before it is too late."""

from datetime import timedelta
from typing import Any

import pytest

from server.kernel.database import Writes
from server.kernel.due import Share, claim
from server.paging_health.coverage_watch import WATCH, begin_watching
from tests.kit.client import Client
from tests.kit.world import World

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
    expected = "Nobody will be reachable for Checkout (level 1) from 2026-12-01 00:00 (UTC) on"
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
