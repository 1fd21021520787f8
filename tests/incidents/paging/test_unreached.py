"""Who can't be reached burns no rounds: others are paged sooner, the fallback at once, and the delays hold."""

from itertools import pairwise
from typing import Any

import pytest

from tests.escalation.house import House
from tests.kit.fake_fcm import fcm_error
from tests.kit.fake_http import Reply, Request
from tests.kit.providers import Providers, taken
from tests.kit.world import World
from tests.pages.conftest import providers as providers

REFUSED = fcm_error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
"""Given up at once, and the phone is none the worse for it."""
DOWN = fcm_error(503, "UNAVAILABLE")
PEOPLE = ("Mia", "Ana", "Bo", "Cy")


async def house_of(
    providers: Providers,
    *levels: str,
    rounds: int = 3,
    delay_s: int = 300,
    dan: str | None = None,
    eve: str | None = None,
) -> House:
    """Mia manages, and everybody has one Android phone; `dan` is the webhook of one more person without a phone, `eve`
    the token of another one's iPhone.
    """
    world = providers.world
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager", reach="")
    await world.make_manager("Mia", "Payments")
    for name in PEOPLE[1:]:
        await world.add_person(name, team="Payments", reach="")
    for name in PEOPLE:
        await providers.add_android(await world.sign_in(name), f"fid-of-{name}")
    if dan is not None:
        await world.add_person("Dan", team="Payments", reach="")
        await providers.add_contact(await world.sign_in("Dan"), "webhook", dan)
    if eve is not None:
        await world.add_person("Eve", team="Payments", reach="")
        await providers.add_iphone(await world.sign_in("Eve"), eve)
    return await House.of(world, *levels, rounds=rounds, delay_s=delay_s)


def refuse(providers: Providers, *names: str, reply: Any = REFUSED) -> None:
    providers.fcm.script.addresses = {f"fid-of-{name}": reply for name in names}


def tried(providers: Providers) -> list[str]:
    """Whose phones were tried with a page, in order."""
    return _phones(providers.fcm.requests)


def reached(providers: Providers) -> list[str]:
    return _phones(taken(providers.fcm.requests))


def _phones(requests: list[Request]) -> list[str]:
    messages = [request.json["message"] for request in requests]
    return [each["fid"].removeprefix("fid-of-") for each in messages if each["data"]["kind"] == "page"]


async def kinds(house: House) -> list[str]:
    return [kind for kind, _ in await house.told()]


@pytest.mark.store
async def test_one_unreachable_person_burns_no_rounds_and_the_fallback_is_told_at_once(providers: Providers) -> None:
    house = await house_of(providers, "Ana")
    refuse(providers, "Ana")
    await house.fire()
    assert tried(providers) == ["Ana", "Mia"]
    told = await house.told()
    assert ("fallback_paged", {"people": ["Mia"], "reason": "nobody_reachable"}) in told
    [unreached] = [args for kind, args in told if kind == "round_unreached"]
    assert (unreached["round"], unreached["rounds"]) == (1, 3)
    item = await house.item()
    assert item["escalation"]["next_at"] == unreached["until"]
    coming = [step for step in item["escalation"]["steps"] if step["state"] == "next"]
    assert [step["targets"][0]["name"] for step in coming[:2]] == ["Ana", "Ana"]
    await providers.world.advance(seconds=290)
    assert tried(providers) == ["Ana", "Mia"], "the delay of the policy holds"
    refuse(providers)
    await providers.world.advance(seconds=20)
    assert reached(providers) == ["Mia", "Ana"], "the person can be reached again, and is"
    assert "round_started" in await kinds(house)


async def test_after_the_last_round_people_read_what_happens(providers: Providers) -> None:
    house = await house_of(providers, "Ana", rounds=2)
    refuse(providers, "Ana")
    await house.fire()
    await providers.world.advance(seconds=310)
    assert tried(providers) == ["Ana", "Mia", "Ana", "Mia"]
    told = await house.told()
    assert ("rounds_over", {"rounds": 2, "every_min": 30}) in told
    assert [args["reason"] for kind, args in told if kind == "fallback_paged"] == ["nobody_reachable"] * 2
    item = await house.item()
    assert item["next"]["names"] == ["Mia"]
    await providers.world.advance(minutes=31)
    assert tried(providers)[4:] == ["Mia"], "the fallback repeats"


@pytest.mark.store
async def test_hurrying_goes_on_to_other_people_only(providers: Providers) -> None:
    house = await house_of(providers, "Ana", "Ana", "Bo", "Ana", rounds=2)
    refuse(providers, "Ana")
    await house.fire()
    assert tried(providers) == ["Ana", "Bo"], "the level that means Ana again gains nothing now"
    assert ("hurried", {"level": 1, "reason": "nobody_reachable"}) in await house.told()
    await providers.world.advance(seconds=290)
    assert tried(providers) == ["Ana", "Bo"], "Bo has time to answer"
    await providers.world.advance(seconds=20)
    assert tried(providers) == ["Ana", "Bo", "Ana", "Bo"], "what comes next is who may be reached"


async def test_a_list_that_names_one_person_again_and_again_keeps_its_delays(providers: Providers) -> None:
    house = await house_of(providers, "Ana", "Ana", "Ana", rounds=1)
    refuse(providers, "Ana")
    await house.fire()
    assert tried(providers) == ["Ana", "Mia"]
    refuse(providers)
    await providers.world.advance(seconds=310)
    assert reached(providers) == ["Mia", "Ana"]


async def test_all_of_a_round_is_tried_at_once_and_then_again_after_the_delay(providers: Providers) -> None:
    house = await house_of(providers, "Ana", "Bo", "Cy", rounds=2)
    refuse(providers, "Ana", "Bo", "Cy")
    await house.fire()
    assert tried(providers) == ["Ana", "Bo", "Cy", "Mia"]
    await providers.world.advance(seconds=310)
    assert tried(providers)[4:] == ["Ana", "Bo", "Cy", "Mia"]


async def test_when_the_fallback_fails_as_well_it_is_tried_each_minute_and_the_round_keeps_its_time(
    providers: Providers,
) -> None:
    house = await house_of(providers, "Ana", rounds=3, delay_s=600)
    providers.fcm.script.usual = REFUSED
    await house.fire()
    await providers.world.advance(seconds=150)
    everybody = tried(providers)
    assert (everybody[:2], sorted(everybody[2:6]), everybody[6:]) == (["Ana", "Mia"], sorted(PEOPLE), ["Mia"])
    providers.fcm.script.usual = None
    await providers.world.advance(seconds=60)
    assert reached(providers) == ["Mia"]
    await providers.world.advance(seconds=300)
    assert reached(providers) == ["Mia"]
    await providers.world.advance(seconds=100)
    assert reached(providers) == ["Mia", "Ana"]


async def test_a_manager_who_is_level_and_fallback_and_hears_nothing_keeps_it_from_nobody(providers: Providers) -> None:
    house = await house_of(providers, "Mia", rounds=3, delay_s=600)
    refuse(providers, "Mia")
    await house.fire()
    assert sorted(reached(providers)) == ["Ana", "Bo", "Cy"], "the rest of the team, at once"


async def test_an_outage_of_a_minute_ends_in_the_same_round(providers: Providers) -> None:
    house = await house_of(providers, "Ana", rounds=3, delay_s=1800)
    providers.fcm.script.usual = DOWN
    await house.fire()
    await providers.world.advance(seconds=70)
    assert "round_unreached" in await kinds(house)
    providers.fcm.script.usual = None
    await providers.world.advance(seconds=60)
    assert sorted(reached(providers)) == ["Ana", "Mia"]
    await providers.world.advance(minutes=25)
    assert sorted(reached(providers)) == ["Ana", "Mia"], "no round was burned"


@pytest.mark.parametrize("delay_s", [0, 300])
async def test_people_without_a_way_burn_no_rounds_either(world: World, delay_s: int) -> None:
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager")
    await world.make_manager("Mia", "Payments")
    await world.add_person("Cy", team="Payments", reach="")
    house = await House.of(world, "Cy", rounds=3, delay_s=delay_s)
    await house.fire()
    assert await world.paged() == ["Mia"]
    told = await house.told()
    assert [args["round"] for kind, args in told if kind == "round_unreached"] == [1]
    assert ("fallback_paged", {"people": ["Mia"], "reason": "nobody_reachable"}) in told
    await world.advance(seconds=max(delay_s, 60) + 10)
    assert await world.paged() == ["Mia", "Mia"]
    assert [kind for kind, _ in await house.told()].count("round_unreached") == 2


@pytest.mark.store
async def test_nobody_at_all_is_looked_for_again_soon_and_said_once(world: World) -> None:
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager", reach="")
    await world.add_person("Cy", reach="")
    house = await House.of(world, "Cy", rounds=1)
    await house.fire()
    await world.advance(minutes=21)
    assert [kind for kind, _ in await house.told()].count("exhausted") == 1
    assert (await house.item())["escalation"]["state"] == "exhausted"
    mia = await world.sign_in("Mia")
    await mia.post("/api/v1/me/devices", {"name": "Pixel", "platform": "android", "kind": "fid", "value": "fid-new"})
    await world.advance(minutes=6)
    assert await world.paged() == ["Mia"]
    assert (await house.item())["escalation"]["state"] == "running"


async def test_a_delay_of_nothing_burns_no_rounds(world: World) -> None:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"), delay_s=0, rounds=3)
    await house.fire()
    await world.advance(seconds=30)
    assert await world.paged() == ["Ana", "Bo"]
    await world.advance(seconds=50)
    assert await world.paged() == ["Ana", "Bo"] * 2


@pytest.mark.parametrize(("levels", "delay_s"), [("Ana Cy", 0), ("Ana Cy", 10), ("Ana Cy Cy", 30), ("Ana Bo Cy", 20)])
async def test_levels_passed_over_at_the_end_of_a_list_do_not_shorten_its_rounds(
    world: World, levels: str, delay_s: int
) -> None:
    """Cy has no way; without them the list would begin again a minute after its last level."""
    house = await House.build(world, "Ana", "Bo")
    await world.add_person("Cy", team="Payments", reach="")
    await house.page_by(*levels.split(), delay_s=delay_s, rounds=4)
    await world.parts.directory.refresh()
    await house.fire()
    began, seen = world.clock.now(), dict[int, list[str]]()
    for _ in range(20):
        seen.setdefault(int((world.clock.now() - began).total_seconds()), []).extend(
            (await world.paged())[sum(map(len, seen.values())) :]
        )
        await world.advance(seconds=10)
    round_s = 60 + delay_s * (levels.count("Bo"))
    began_at = [at for at, names in seen.items() if "Ana" in names][:3]
    assert all(round_s <= after - before <= round_s + 10 for before, after in pairwise(began_at)), began_at
    told = await house.told()
    assert [args["round"] for kind, args in told if kind == "round_started"][:1] == [2]
    skipped = {"level": len(levels.split()), "reason": "nobody_reachable", "targets": ["Cy"]}
    assert ("level_skipped", skipped) in told


async def test_why_you_is_said_once_however_many_rounds(world: World) -> None:
    house = await House.build(world, "Ana", levels=("Ana",), rounds=3)
    await house.fire()
    await world.advance(seconds=130)
    assert await world.paged() == ["Ana"] * 3
    id = (await house.item())["id"]
    why = (await (await world.sign_in("Ana")).get(f"/api/v1/incidents/{id}"))["why"]
    assert [each["level"] for each in why] == [1]


async def test_acknowledging_and_handing_back_keeps_the_held_round(providers: Providers) -> None:
    house = await house_of(providers, "Ana")
    refuse(providers, "Ana")
    await house.fire()
    assert (await house.act("Mia", "acknowledge")).status_code == 200
    await providers.world.advance(seconds=400)
    assert tried(providers) == ["Ana", "Mia"]
    assert (await house.act("Mia", "unacknowledge")).status_code == 200
    await providers.world.settle()
    assert tried(providers) == ["Ana", "Mia", "Ana", "Mia"], "round 2 begins, and reaches nobody either"


BUSY = fcm_error(429, "RESOURCE_EXHAUSTED")
SHORT = [
    ("Ana", 0, 10, DOWN), ("Ana", 1, 10, BUSY), ("Ana", 15, 2, DOWN), ("Ana", 30, 10, DOWN), ("Ana", 30, 10, REFUSED),
    ("Ana", 59, 3, BUSY), ("Ana", 60, 10, DOWN), ("Ana", 61, 10, DOWN), ("Ana", 62, 10, BUSY), ("Ana", 120, 5, DOWN),
    ("Ana", 0, 1, DOWN), ("Ana Ana", 30, 10, DOWN), ("Ana Ana", 30, 10, REFUSED), ("Ana Ana Ana", 0, 10, DOWN),
    ("Ana Ana Ana", 30, 10, REFUSED), ("Ana Ana Ana", 59, 1, BUSY), ("Ana Bo", 0, 10, BUSY),
    ("Ana Bo Cy", 15, 10, DOWN), ("Ana Bo Cy", 15, 10, REFUSED), ("Ana Bo Ana", 30, 4, DOWN), ("Ana+Bo", 30, 10, DOWN),
]  # fmt: skip


@pytest.mark.parametrize(("levels", "delay_s", "rounds", "reply"), SHORT)
async def test_whatever_the_delays_the_fallback_is_told_of_a_round_that_reached_nobody(
    providers: Providers, levels: str, delay_s: int, rounds: int, reply: Any
) -> None:
    house = await house_of(providers, *levels.split(), rounds=rounds, delay_s=delay_s)
    refuse(providers, "Ana", "Bo", "Cy", reply=reply)
    await house.fire()
    others = len(set(levels.replace("+", " ").split())) - 1
    span_s = 80 + min(30, delay_s) * others
    await providers.world.advance(seconds=span_s)
    assert set(reached(providers)) == {"Mia"}
    told = await house.told()
    assert ("fallback_paged", {"people": ["Mia"], "reason": "nobody_reachable"}) in told
    assert rounds == 1 or "round_unreached" in [kind for kind, _ in told]
    await providers.world.advance(minutes=4)
    assert len(reached(providers)) <= 2 + (span_s + 240) // 60, "once a minute at most, and at the end"
    if rounds > 3:
        refuse(providers)
        await providers.world.advance(seconds=max(delay_s, 60) + 10)
        assert "Ana" in reached(providers), "the levels go on"


@pytest.mark.store
async def test_a_webhook_that_answers_500_keeps_the_fallback_waiting_for_a_minute_only(providers: Providers) -> None:
    house = await house_of(providers, "Dan", rounds=10, delay_s=30, dan=providers.webhook.url("/dan"))
    providers.webhook.script.usual = Reply(status=500)
    await house.fire()
    await providers.world.advance(seconds=50)
    assert reached(providers) == []
    await providers.world.advance(seconds=20)
    assert reached(providers) == ["Mia"]


@pytest.mark.parametrize("first_s", [20, 45])
async def test_a_rule_that_begins_late_has_its_minute_over_several_rounds(providers: Providers, first_s: int) -> None:
    house = await house_of(providers, "Ana", rounds=10, delay_s=30)
    rule = [{"channel": "push", "delay_s": first_s}]
    ana = await providers.world.sign_in("Ana")
    await ana.put("/api/v1/me/notification-rules", dict.fromkeys(("critical", "warning", "info"), rule), rev=0)
    refuse(providers, "Ana", reply=DOWN)
    await house.fire()
    await providers.world.advance(seconds=first_s + 70)
    assert reached(providers) == ["Mia"]


async def test_who_hears_now_and_then_is_not_deaf(providers: Providers) -> None:
    await (house := await house_of(providers, "Ana", rounds=10, delay_s=30)).fire()
    refuse(providers, "Ana", reply=DOWN)
    await providers.world.advance(seconds=110)
    assert reached(providers) == ["Ana"], "the page of the second round has a minute"
    await providers.world.advance(seconds=30)
    assert reached(providers) == ["Ana", "Mia"]
    assert "round_unreached" in await kinds(house)
