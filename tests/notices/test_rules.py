"""Personal rules over HTTP, and that pages follow them."""

from typing import Any

import pytest

from tests.escalation.house import House
from tests.kit.client import Client
from tests.kit.world import World

RULES = "/api/v1/me/notification-rules"
PUSH = {"channel": "push"}


def mail_after(s: int) -> dict[str, Any]:
    return {"channel": "email", "delay_s": s}


async def alone(world: World, reach: str = "push email") -> Client:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", reach=reach)
    return await world.sign_in("Ana")


@pytest.mark.store
async def test_without_rules_the_default_holds_and_rules_are_kept_as_a_whole(world: World) -> None:
    ana = await alone(world)
    first = await ana.get(RULES)
    assert (first["is_default"], first["rev"], first["warnings"]) == (True, 0, [])
    assert first["critical"][2] == {"channel": "email", "contact_method_id": None, "delay_s": 60}
    wanted = {"critical": [PUSH, mail_after(120)], "warning": [mail_after(0)], "info": [mail_after(600)]}
    saved = await ana.put(RULES, wanted, rev=0)
    assert (saved["is_default"], saved["rev"]) == (False, 1)
    assert await ana.get(RULES) == saved
    stale = await ana.send("PUT", RULES, wanted, headers={"if-match": "0"})
    assert stale.status_code == 412
    assert (await ana.put(RULES, wanted | {"info": [PUSH]}, rev=1))["rev"] == 2


@pytest.mark.parametrize(
    ("step", "field", "code"),
    [
        ({"channel": "pigeon"}, "critical[0].channel", "unknown"),
        ({"contact_method_id": "nobody's"}, "critical[0].contact_method_id", "unknown"),
        ({}, "critical[0]", "one_of"),
        ({"channel": "push", "contact_method_id": "x"}, "critical[0]", "one_of"),
        ({"channel": "push", "delay_s": 3601}, "critical[0].delay_s", "out_of_range"),
        ({"channel": "push", "delay_s": -1}, "critical[0].delay_s", "out_of_range"),
        ({"channel": "push", "loud": True}, "critical[0].loud", "unknown_field"),
    ],
)
async def test_a_step_that_cant_be_is_named(world: World, step: Any, field: str, code: str) -> None:
    ana = await alone(world)
    refused = await ana.send(
        "PUT", RULES, {"critical": [step], "warning": [PUSH], "info": [PUSH]}, headers={"if-match": "0"}
    )
    assert refused.status_code == 400
    assert (refused.json()["errors"][0]["field"], refused.json()["errors"][0]["code"]) == (field, code)


async def test_somebody_elses_address_is_as_unknown_as_one_that_isnt(world: World) -> None:
    ana = await alone(world)
    await world.add_person("Bo", team="Payments")
    bo = await world.sign_in("Bo")
    [foreign] = (await bo.get("/api/v1/me/contact-methods"))["items"]
    answers: list[Any] = []
    for id in (foreign["id"], "0"):
        body = {"critical": [{"contact_method_id": id}], "warning": [PUSH], "info": [PUSH]}
        answers.append((await ana.send("PUT", RULES, body, headers={"if-match": "0"})).json())
    assert answers[0] == answers[1]


async def test_administrators_read_everybodys_rules_and_others_only_their_own(world: World) -> None:
    ana = await alone(world)
    await world.add_person("Root", role="admin")
    await world.add_person("Bo", team="Payments", role="manager")
    await ana.put(RULES, {"critical": [PUSH], "warning": [PUSH], "info": [mail_after(0)]}, rev=0)
    path = f"/api/v1/users/{world.users['Ana']}/notification-rules"
    assert (await (await world.sign_in("Root")).get(path))["rev"] == 1
    assert (await ana.get(path))["rev"] == 1
    assert (await (await world.sign_in("Bo")).send("GET", path)).status_code == 403
    assert (await ana.send("GET", "/api/v1/users/nobody/notification-rules")).status_code == 404


async def test_the_preview_is_what_happens(world: World) -> None:
    house = await House.build(world, "Cy", levels=("Cy",), delay_s=3600)
    await world.add_person("Ana", team="Payments", reach="push email webhook")
    await house.page_by("Ana", delay_s=3600)
    ana = await world.sign_in("Ana")
    wanted = [{"channel": "webhook", "delay_s": 20}, {"channel": "push", "delay_s": 80}, mail_after(200)]
    await ana.put(RULES, {"critical": wanted, "warning": [PUSH], "info": [PUSH]}, rev=0)
    preview = await ana.post(f"{RULES}/preview", {"severity": "critical"})
    assert [(line["channel"], line["after_s"]) for line in preview["lines"]] == [
        ("webhook", 20),
        ("push", 80),
        ("email", 200),
    ]
    began = world.clock.now()
    await house.fire()
    assert [state for _, _, state in await world.pages()] == ["queued"] * 3
    await world.advance(minutes=5)
    rows = await world.db.values("SELECT channel, accepted_at FROM delivery WHERE priority = 0 ORDER BY accepted_at")
    came = [(channel, round(at_us / 1_000_000 - began.timestamp())) for channel, at_us in rows]
    assert came == [("webhook", 20), ("push", 80), ("email", 200)]
    assert "hurried" not in [kind for kind, _ in await house.told()]


async def test_a_preview_of_steps_that_are_not_kept_yet(world: World) -> None:
    ana = await alone(world, reach="push")
    body = {"severity": "info", "at": "2026-12-01T03:00:00Z", "steps": [mail_after(0)]}
    preview = await ana.post(f"{RULES}/preview", body)
    assert preview["is_last_resort"] is True
    assert [(line["channel"], line["at"]) for line in preview["lines"]] == [("push", "2026-12-01T03:00:00Z")]
    assert [flaw["code"] for flaw in preview["warnings"]] == ["reaches_nobody", "no_address"]
    assert (await ana.get(RULES))["is_default"] is True


async def test_a_first_step_that_waits_two_minutes_is_not_taken_for_nobody_reached(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"), delay_s=600)
    ana = await world.sign_in("Ana")
    late = [{"channel": "push", "delay_s": 120}]
    saved = await ana.put(RULES, {"critical": late, "warning": late, "info": late}, rev=0)
    assert [flaw["code"] for flaw in saved["warnings"]] == ["late_first_step"]
    await house.fire()
    await world.advance(seconds=110)
    assert await world.paged() == []
    await world.advance(seconds=10)
    assert await world.paged() == ["Ana"]
    await world.advance(minutes=7)
    assert await world.paged() == ["Ana"], "the level's delay holds"


async def test_acknowledging_takes_the_steps_back_that_are_to_come(world: World) -> None:
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=600)
    ana = await world.sign_in("Ana")
    twice = [PUSH, {"channel": "push", "delay_s": 60}]
    await ana.put(RULES, {"critical": twice, "warning": twice, "info": twice}, rev=0)
    await house.fire()
    await house.act("Ana", "acknowledge")
    await world.advance(minutes=5)
    assert [state for _, _, state in await world.pages()] == ["accepted", "cancelled"]
