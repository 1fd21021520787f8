"""Calendars that one subscribes to: an address that says who is on call, and ends when it is told to."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

from server.kernel.database import Writes
from server.schedules.feeds import AHEAD, BEFORE, DAY, PAST
from tests.kit.world import World
from tests.schedules.team import SCHEDULES, Team

MINE = "/api/v1/me/calendar-feed"


def events(text: str) -> list[Any]:
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def path_of(feed: Any) -> str:
    return "/" + feed["url"].split("/", 3)[3]


@pytest.mark.store
async def test_my_calendar_has_my_shifts_on_every_schedule_that_i_see(world: World) -> None:
    team = await Team.build(world)
    await team.schedule("Second", "Cy", "Ana")
    ana = await team.world.client("Ana")
    assert await ana.get(MINE) == {"url": None, "made_at": None}
    made = await team.post("Ana", MINE)
    assert (await ana.get(MINE)) == made
    answer = await world.nobody.send("GET", path_of(made))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = events(answer.text)
    calendar = icalendar.Calendar.from_ical(answer.text)
    assert str(calendar["X-WR-CALNAME"]) == "On call: Ana"
    assert {str(event["SUMMARY"]) for event in found} == {"On call: Watch", "On call: Second"}
    starts = sorted(event.start for event in found if str(event["SUMMARY"]) == "On call: Watch")
    assert starts[:2] == [datetime(2026, 11, 20, 4, tzinfo=UTC), datetime(2026, 11, 22, 4, tzinfo=UTC)]
    assert max(starts) > team.now + timedelta(days=87)
    watch = next(event for event in found if event.start == starts[0])
    assert str(watch["URL"]).endswith(f"/schedules/{team.schedule_id}")
    assert watch.end == datetime(2026, 11, 21, 4, tzinfo=UTC)
    assert watch["DTSTAMP"].dt == team.now


async def test_a_schedules_calendar_has_everybody_and_covers(world: World) -> None:
    team = await Team.build(world)
    path = f"{SCHEDULES}/{team.schedule_id}/calendar-feed"
    made = await team.post("Bo", path)
    assert (await (await team.world.client("Cy")).get(path)) == made
    before = events((await world.nobody.send("GET", path_of(made))).text)
    await team.answer("Di", await team.ask("Ana", "Di"), "accept")
    after = events((await world.nobody.send("GET", path_of(made))).text)
    on_24th = datetime(2026, 11, 24, 4, tzinfo=UTC)
    assert [str(event["SUMMARY"]) for event in before if event.start == on_24th] == ["Ana: Watch"]
    assert [str(event["SUMMARY"]) for event in after if event.start == on_24th] == ["Di: Watch"]
    uids = [{str(event["UID"]) for event in found if event.start != on_24th} for found in (before, after)]
    assert uids[0] == uids[1]


async def test_uids_stay_while_the_days_go_by(world: World) -> None:
    team = await Team.build(world)
    made = await team.post("Ana", MINE)
    await team.post("Bo", path := f"{SCHEDULES}/{await team.schedule('Always', 'Ana')}/calendar-feed")
    always = await (await team.world.client("Bo")).get(path)
    for feed, kept in ((made, 25), (always, 1)):
        uids = []
        for _ in range(2):
            answer = await world.nobody.send("GET", path_of(feed))
            uids.append({str(event["UID"]) for event in events(answer.text)})
            world.clock.advance(timedelta(days=40))
        assert len(uids[0] & uids[1]) >= kept
        world.clock.advance(timedelta(days=40))


async def test_a_new_address_ends_the_one_before(world: World) -> None:
    team = await Team.build(world)
    old = path_of(await team.post("Ana", MINE))
    new = path_of(await team.post("Ana", MINE))
    assert old != new
    assert await status(world, old) == 404
    assert await status(world, new) == await status(world, new.removesuffix(".ics")) == 200
    assert (await team.send("Ana", "DELETE", MINE)).status_code == 204
    assert (await team.send("Ana", "DELETE", MINE)).status_code == 404
    assert await status(world, new) == 404
    again = path_of(await team.post("Ana", MINE))
    assert again not in (old, new)
    assert await status(world, old) == await status(world, new) == 404
    assert await team.audited("user") == ["feed_made", "feed_renewed", "feed_ended", "feed_made"]


async def test_an_address_is_shown_again_to_a_repeated_request_and_stored_nowhere(world: World) -> None:
    team = await Team.build(world)
    client = await team.world.client("Ana")
    first = await client.post(MINE, None, idempotency_key="k")
    assert await client.post(MINE, None, idempotency_key="k") == first
    token = first["url"].split("_", 2)[2].removesuffix(".ics")
    bodies = await world.db.values("SELECT body FROM idempotency")
    assert bodies
    assert all(token.encode() not in bytes(body) for (body,) in bodies)


async def test_a_reader_without_news_is_told_so(world: World) -> None:
    team = await Team.build(world)
    path = path_of(await team.post("Ana", MINE))
    etag = (await world.nobody.send("GET", path)).headers["etag"]
    world.clock.advance(timedelta(minutes=5))
    again = await world.nobody.send("GET", path, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    await team.answer("Di", await team.ask("Ana", "Di"), "accept")
    assert (await world.nobody.send("GET", path, headers={"if-none-match": etag})).status_code == 200


async def test_what_is_gone_has_no_calendar(world: World) -> None:
    team = await Team.build(world)
    mine = path_of(await team.post("Cy", MINE))
    schedule = path_of(await team.post("Bo", f"{SCHEDULES}/{team.schedule_id}/calendar-feed"))
    await team.post("Root", f"/api/v1/users/{world.users['Cy']}/deactivate", {})
    assert await status(world, mine) == 404
    root = await team.world.client("Root")
    await root.send("DELETE", f"{SCHEDULES}/{team.schedule_id}", headers={"if-match": "1"})
    assert await status(world, schedule) == 404


async def test_who_leaves_a_private_team_keeps_the_shifts_in_their_calendar(world: World) -> None:
    team = await Team.build(world)
    path = path_of(await team.post("Ana", MINE))
    before = events((await world.nobody.send("GET", path)).text)
    writes = Writes().sql("UPDATE team SET is_private = TRUE")
    await world.db.apply(writes.sql("DELETE FROM membership WHERE user_id = :id", id=world.users["Ana"]))
    after = events((await world.nobody.send("GET", path)).text)
    assert [each["UID"] for each in after] == [each["UID"] for each in before] != []


@pytest.mark.store
@pytest.mark.parametrize("seed", range(3))
async def test_a_personal_calendar_is_what_my_shifts_say(world: World, seed: int) -> None:
    """Over random teams, private and open, people who leave them, schedules, and overrides."""
    chance = random.Random(seed)
    await world.add_person("Root", role="admin")
    names = ("Ana", "Bo", "Cy", "Di")
    for name in names:
        await world.add_person(name)
    root = await world.client("Root")
    for number in range(4):
        await world.add_team(f"T{number}", is_private=chance.random() < 0.6)
        members = chance.sample(names, chance.randint(2, 4))
        for name in members:
            await root.post(f"/api/v1/teams/{world.teams[f'T{number}']}/members", {"user_id": world.users[name]})
        turns = (chance.choice(members) for _ in range(chance.randint(1, 4)))
        layer = world.layer_of(*turns, unit=chance.choice(("day", "week")))
        made = await world.add_schedule(f"S{number}", layer, team=f"T{number}", by="Root")
        if chance.random() < 0.7:
            hours = {"start": "2026-12-01T00:00:00Z", "end": "2026-12-04T00:00:00Z"}
            await world.add_override(made.id, chance.choice(members), by="Root", **hours)
    for number in range(4):
        gone = [name for name in names if chance.random() < 0.4]
        writes = Writes()
        for name in gone:
            text = "DELETE FROM membership WHERE user_id = :user AND team_id = :team"
            writes.sql(text, user=world.users[name], team=world.teams[f"T{number}"])
        await world.db.apply(writes)
    today = world.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    window = {"from": (today - PAST - BEFORE).isoformat(), "to": (today + AHEAD + DAY).isoformat()}
    for name in names:
        client = await world.sign_in(name)
        feed = events((await world.nobody.send("GET", path_of(await client.post(MINE, None)))).text)
        found = [(str(each["URL"]).rpartition("/")[2], each.start, each.end) for each in feed]
        mine = (await client.get("/api/v1/me/shifts", **window))["items"]
        expected = [(each["schedule"]["id"], *_hours(each["shift"])) for each in mine]
        assert sorted(found) == sorted(each for each in expected if each[2] > today - PAST), (seed, name)


def _hours(shift: Any) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(shift["start"]), datetime.fromisoformat(shift["end"])


async def test_addresses_are_not_guessed(world: World) -> None:
    team = await Team.build(world)
    path = path_of(await team.post("Ana", MINE))
    wrong = f"{path.removesuffix('.ics')[:-2]}AA.ics"
    world.parts.throttle.feeds.free = 3
    assert await status(world, path) == 200
    for guess in (wrong, "/api/v1/calendars/x", "/api/v1/calendars/.ics"):
        assert await status(world, guess) == 404
    assert await status(world, wrong) == 429
    assert await status(world, path) == 200, "whoever knows it is kept out by nobody"
    world.clock.advance(timedelta(minutes=20))
    assert await status(world, wrong) == 404


async def test_only_who_edits_a_schedule_makes_its_address(world: World) -> None:
    team = await Team.build(world)
    await world.add_team("Other")
    await world.add_person("Out", team="Other")
    path = f"{SCHEDULES}/{team.schedule_id}/calendar-feed"
    for method in ("POST", "DELETE"):
        assert await team.refused("Out", method, path) == (403, "not_your_team")
    assert (await (await team.world.client("Out")).get(path))["url"] is None


async def status(world: World, path: str) -> int:
    return (await world.nobody.send("GET", path)).status_code
