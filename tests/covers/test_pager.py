"""The pager goes to somebody else at once: given by whoever has it, or taken."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from phone.hand_over.pager import taking
from server.kernel.database import Writes
from shared.wire.lists import Ref
from shared.wire.schedules import ScheduleRota
from tests.kit.world import World
from tests.schedules.team import SCHEDULES, Team, instant

HOUR = timedelta(hours=1)


def later(team: Team, **span: float) -> str:
    return (team.now + timedelta(**span)).isoformat()


@pytest.mark.store
async def test_the_pager_is_given_for_half_an_hour(world: World) -> None:
    team = await Team.build(world)
    assert await team.on_call() == ["Ana"]
    body = {"to_user_id": world.users["Di"], "until": later(team, minutes=30), "reason": "the train"}
    handed = await team.post("Ana", f"{SCHEDULES}/{team.schedule_id}/give", body)
    assert (handed["schedule"]["name"], handed["holder"]["name"]) == ("Watch", "Di")
    override = handed["override"]
    assert (override["scope"]["kind"], override["scope"]["user_id"]) == ("person", world.users["Ana"])
    assert (override["created_by"], override["reason"]) == (world.users["Ana"], "the train")
    assert await team.on_call() == ["Di"]
    assert await team.told("Di") == ["Ana gave you the pager"]
    (_, message) = (await team.notices("Di"))[0]
    assert message["body"] == "Watch, Sat 21 Nov 03:12 to 03:42 (UTC): the train"
    world.clock.advance(timedelta(minutes=30))
    assert await team.on_call() == ["Ana"]
    assert await team.audited("schedule") == ["made", "pager_given"]


@pytest.mark.parametrize(
    ("who", "change", "said"),
    [
        ("Bo", {}, "schedule_id: not_on_call"),
        ("Ana", {"to_user_id": "nobody"}, "to_user_id: unknown"),
        ("Ana", {"to_user_id": "Ana"}, "to_user_id: themselves"),
        ("Ana", {"to_user_id": "Eve"}, "to_user_id: cannot_see"),
        ("Ana", {"until": {"minutes": -1}}, "until: out_of_range"),
        ("Ana", {"until": {"days": 30, "seconds": 1}}, "until: out_of_range"),
        ("Bo", {"to_user_id": "nobody", "until": {"days": 31}},
         "until: out_of_range, to_user_id: unknown, schedule_id: not_on_call"),
    ],
)  # fmt: skip
async def test_what_cannot_be_given_is_refused_by_field(
    world: World, who: str, change: dict[str, Any], said: str
) -> None:
    team = await Team.build(world)
    await world.add_person("Eve", role="viewer")
    to = change.get("to_user_id", "Di")
    body = {"to_user_id": world.users.get(to, to), "until": later(team, **change.get("until", {"hours": 1}))}
    assert await team.refused(who, "POST", f"{SCHEDULES}/{team.schedule_id}/give", body) == (400, said)
    assert await world.db.value("SELECT COUNT(*) FROM override") == 0


async def test_nobody_is_given_the_pager_on_their_time_off(world: World) -> None:
    team = await Team.build(world)
    await team.post("Di", "/api/v1/me/time-off", team.hours("21 00:00", "22 00:00"))
    body = {"to_user_id": world.users["Di"], "until": later(team, hours=1)}
    path = f"{SCHEDULES}/{team.schedule_id}/give"
    assert await team.refused("Ana", "POST", path, body) == (400, "to_user_id: on_time_off")


@pytest.mark.store
async def test_whoever_takes_the_pager_has_it_to_the_end_of_the_running_shift(world: World) -> None:
    team = await Team.build(world)
    handed = await team.post("Cy", f"{SCHEDULES}/{team.schedule_id}/take", {"from_user_id": world.users["Ana"]})
    assert (handed["holder"]["name"], handed["override"]["end"]) == ("Cy", instant("21 04:00"))
    assert await team.on_call() == ["Cy"]
    assert await team.told("Ana") == ["Cy took the pager from you"]
    assert await team.on_call("21 04:00") == ["Bo"]
    again = await team.post("Di", f"{SCHEDULES}/{team.schedule_id}/take", {})
    assert again["override"]["scope"]["user_id"] == world.users["Cy"]
    assert await team.on_call() == ["Di"]
    assert await team.audited("schedule") == ["made", "pager_taken", "pager_taken"]


@pytest.mark.store
async def test_taking_it_back_from_one_leaves_what_was_promised_to_another(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo", "Cy", "Di", turns=("Ana/primary+Bo/backup",))
    give, take = f"{SCHEDULES}/{team.schedule_id}/give", f"{SCHEDULES}/{team.schedule_id}/take"
    await team.post("Bo", give, {"to_user_id": world.users["Di"], "until": later(team, hours=20)})
    await team.post("Bo", take, {"from_user_id": world.users["Ana"]})
    await team.post("Bo", give, {"to_user_id": world.users["Cy"], "until": later(team, hours=2)})
    world.clock.advance(timedelta(minutes=5))
    await team.post("Bo", take, {"from_user_id": world.users["Cy"]})
    at = team.now.isoformat().replace("+00:00", "Z")
    root = await team.world.client("Root")
    entries = (await root.get(f"{SCHEDULES}/{team.schedule_id}/on-call", at=at))["entries"]
    assert {(each["name"], each["role_id"]) for each in entries} == {("Bo", "primary"), ("Di", "backup")}


@pytest.mark.store
async def test_taking_it_back_returns_what_was_taken_and_no_more(world: World) -> None:
    team = await Team.build(world, turns=("Ana/primary+Bo/backup",))

    async def roles() -> set[tuple[str, str]]:
        at = team.now.isoformat().replace("+00:00", "Z")
        root = await team.world.client("Root")
        entries = (await root.get(f"{SCHEDULES}/{team.schedule_id}/on-call", at=at))["entries"]
        return {(each["name"], each["role_id"]) for each in entries}

    whole = {("Ana", "primary"), ("Bo", "backup")}
    both = {("Bo", "primary"), ("Bo", "backup")}
    take, give = f"{SCHEDULES}/{team.schedule_id}/take", f"{SCHEDULES}/{team.schedule_id}/give"
    await team.post("Bo", take, {"from_user_id": world.users["Ana"]})
    assert await roles() == both
    world.clock.advance(timedelta(minutes=5))
    back = await team.post("Ana", take, {"from_user_id": world.users["Bo"]})
    assert await roles() == whole
    assert (back["holder"]["name"], back["until"]) == ("Ana", instant("21 04:00"))
    assert back["override"]["cancelled_at"] is not None
    assert await team.told("Bo") == ["Ana took the pager back"]
    await team.post("Bo", take, {"from_user_id": world.users["Ana"]})
    world.clock.advance(timedelta(minutes=5))
    until = later(team, minutes=10)
    await team.post("Bo", give, {"to_user_id": world.users["Ana"], "until": until})
    assert await roles() == whole
    assert (await team.told("Ana"))[-1] == "Bo gave the pager back to you"
    world.clock.advance(timedelta(minutes=11))
    assert await roles() == both, "it was for the while that was named"
    assert (await team.audited("schedule"))[1:] == [
        "pager_taken", "pager_taken_back", "pager_taken", "pager_given_back",
    ]  # fmt: skip


@pytest.mark.parametrize("verb", ["take", "give"])
async def test_past_whoever_stands_between_those_hear_of_it_whose_it_was_and_is(world: World, verb: str) -> None:
    team = await Team.build(world, turns=("Ana/primary+Bo/backup",))
    path = f"{SCHEDULES}/{team.schedule_id}"
    await team.post("Bo", f"{path}/take", {"from_user_id": world.users["Ana"]})
    world.clock.advance(timedelta(minutes=5))
    await team.post("Cy", f"{path}/take", {"from_user_id": world.users["Bo"]})
    world.clock.advance(timedelta(minutes=5))
    before = await team.told("Bo")
    if verb == "take":
        await team.post("Ana", f"{path}/take", {"from_user_id": world.users["Cy"]})
        assert await team.told("Cy") == ["Ana took the pager back"]
    else:
        await team.post("Cy", f"{path}/give", {"to_user_id": world.users["Ana"], "until": later(team, minutes=30)})
        assert (await team.told("Ana"))[-1] == "Cy gave the pager back to you"
    assert await team.told("Bo") == before, "it was not theirs any more"


async def test_a_gap_is_taken_until_somebody_is_on_call_again(world: World) -> None:
    team = await Team.build(world, turns=("", "Bo"))
    assert await team.on_call() == []
    handed = await team.post("Cy", f"{SCHEDULES}/{team.schedule_id}/take", {})
    assert (handed["override"]["scope"]["kind"], handed["override"]["end"]) == ("all", instant("21 04:00"))
    assert (await team.on_call(), await team.on_call("21 04:00")) == (["Cy"], ["Bo"])


async def test_a_gap_without_end_is_taken_for_a_day(world: World) -> None:
    team = await Team.build(world, turns=("Ana",), end="2026-11-20T05:00")
    handed = await team.post("Cy", f"{SCHEDULES}/{team.schedule_id}/take", {})
    assert handed["override"]["end"] == instant("22 03:12")


async def test_a_watch_is_taken_to_the_end_of_its_turn_though_the_next_is_theirs_too(world: World) -> None:
    team = await Team.build(world, turns=("Ana",))
    handed = await team.post("Cy", f"{SCHEDULES}/{team.schedule_id}/take", {})
    assert handed["override"]["end"] == "2026-11-21T04:00:00Z"


@pytest.mark.parametrize(
    ("turns", "more", "holder"),
    [
        (("Ana", "Bo"), {}, "Ana"),
        (("Ana",), {}, "Ana"),
        (("", "Bo"), {}, None),
        (("Ana",), {"end": "2026-11-20T05:00"}, None),
    ],
)
async def test_the_app_says_beforehand_until_when_it_will_be_taken(
    world: World, turns: tuple[str, ...], more: dict[str, Any], holder: str | None
) -> None:
    team = await Team.build(world, turns=turns, **more)
    found = await (await team.world.client("Cy")).get(f"{SCHEDULES}/rotas")
    [item] = msgspec.convert(found["items"], list[ScheduleRota])
    said = taking(item, world.users["Cy"], Ref(world.users[holder], holder) if holder else None, team.now)
    handed = await team.post("Cy", f"{SCHEDULES}/{team.schedule_id}/take", {})
    assert msgspec.convert(handed["override"]["end"], datetime) == said.until


async def test_who_was_given_the_pager_hears_of_it_once(world: World) -> None:
    team = await Team.build(world)
    root = await team.world.client("Root")
    found = await root.get(f"{SCHEDULES}/{team.schedule_id}")
    body = {name: found[name] for name in ("name", "team_id", "time_zone", "layers")}
    await root.put(f"{SCHEDULES}/{team.schedule_id}", body | {"notices": {"at_start": True}}, rev=found["rev"])
    await world.settle()
    until = instant("21 03:40")
    await team.post("Ana", f"{SCHEDULES}/{team.schedule_id}/give", {"to_user_id": world.users["Cy"], "until": until})
    await world.settle()
    assert await team.told("Cy") == ["Ana gave you the pager"]


async def test_who_may_take_it_and_whose(world: World) -> None:
    team = await Team.build(world)
    await world.add_team("Other")
    await world.add_person("Out", team="Other")
    await world.add_person("Vi", team="Payments", role="viewer")
    path = f"{SCHEDULES}/{team.schedule_id}/take"
    assert await team.refused("Out", "POST", path, {}) == (403, "not_your_team")
    assert await team.refused("Vi", "POST", path, {}) == (403, "role")
    assert await team.refused("Ana", "POST", path, {}) == (400, "from_user_id: themselves")
    for other in ("Bo", "nobody"):
        body = {"from_user_id": world.users.get(other, other)}
        assert await team.refused("Cy", "POST", path, body) == (400, "from_user_id: not_on_call")
    second = await team.schedule("Second", "Ana", "Bo")
    await world.add_override(second, "Bo", **team.hours("21 05:00", "21 06:00"))
    await world.settle()
    await world.db.apply(Writes().sql("UPDATE team SET is_private = TRUE WHERE name = 'Payments'"))
    assert await team.refused("Out", "POST", path, {}) == (404, "not_found")


async def test_with_several_on_call_one_says_whose_watch_is_taken(world: World) -> None:
    team = await Team.build(world)
    both = [{"members": [{"user_id": world.users[name], "role_id": role} for name, role in
                         (("Ana", "primary"), ("Bo", "backup"))]}]  # fmt: skip
    team.schedule_id = await team.schedule("Both", "Ana", groups=both)
    path = f"{SCHEDULES}/{team.schedule_id}/take"
    assert await team.refused("Cy", "POST", path, {}) == (400, "from_user_id: required")
    await team.post("Cy", path, {"from_user_id": world.users["Bo"]})
    assert await team.on_call() == ["Ana", "Cy"]


@pytest.mark.store
async def test_a_cover_that_is_lent_back_for_a_while_stays_agreed(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Bo", "Cy", start="21 04:00", end="22 04:00")
    await team.answer("Cy", made, "accept")
    world.clock.advance(2 * HOUR)
    body = {"to_user_id": world.users["Bo"], "until": later(team, minutes=30)}
    await team.post("Cy", f"{SCHEDULES}/{team.schedule_id}/give", body)
    assert (await team.on_call(), await team.on_call("21 07:00")) == (["Bo"], ["Cy"])
    found = await team.read(made)
    assert (found["state"], found["closed_because"]) == ("accepted", None)
    overrides = (await (await world.client("Root")).get(f"{SCHEDULES}/{team.schedule_id}/overrides"))["items"]
    assert found["override_id"] in [each["id"] for each in overrides if each["cancelled_at"] is None]
    world.clock.advance(HOUR)
    await team.post("Bo", f"{SCHEDULES}/{team.schedule_id}/take", {"from_user_id": world.users["Cy"]})
    assert (await team.read(made))["closed_because"] == "undone"
