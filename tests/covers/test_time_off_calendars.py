"""Time off from a calendar: a file, or an address that is read every hour."""

import dataclasses
import ipaddress
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from server.covers.time_off_calendars import READ, ReadAgain
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed
from server.kernel.errors import Stale
from server.kernel.settings import Settings
from server.tables.covers import TimeOffCalendar
from shared.wire.covers import LONGEST_FILE
from tests.covers.test_expand_calendar import file
from tests.kernel.refusing import Refusing
from tests.kit.fake_http import Reply, running
from tests.kit.fake_webhook import FakeWebhook
from tests.kit.world import world_of
from tests.schedules.team import Team

pytestmark = pytest.mark.store
CALENDARS = "/api/v1/me/time-off-calendars"
MINE = "/api/v1/me/time-off"
LISBON = "UID:lisbon\nSUMMARY:Lisbon\nDTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261126"
DENTIST = "UID:dentist\nSUMMARY:Dentist\nDTSTART:20261201T080000Z\nDTEND:20261201T100000Z"
PAST = "UID:past\nDTSTART;VALUE=DATE:20261101"


@pytest.fixture
async def team(settings: Settings, db: Database) -> AsyncIterator[Team]:
    loopback = (ipaddress.ip_network("127.0.0.0/8"),)
    async with world_of(dataclasses.replace(settings, demo=True, egress_allow_cidrs=loopback), db) as world:
        yield await Team.build(world)


async def ahead(team: Team, name: str = "Ana") -> list[tuple[str, str, str, bool]]:
    rows = (await (await team.world.client(name)).get(MINE))["items"]
    return [(row["start"], row["end"], row["reason"], row["cancelled_at"] is not None) for row in rows]


async def read_again(team: Team) -> None:
    team.world.clock.advance(timedelta(hours=1))
    await team.world.settle()


LISBON_AHEAD = ("2026-11-24T00:00:00Z", "2026-11-26T00:00:00Z", "Lisbon")
DENTIST_AHEAD = ("2026-12-01T08:00:00Z", "2026-12-01T10:00:00Z", "Dentist")


async def test_a_file_is_taken_in_once(team: Team) -> None:
    body = {"name": "Holidays", "content": f"\ufeff{file(LISBON, DENTIST, PAST)}"}
    made = await team.post("Ana", CALENDARS, body)
    assert (made["url"], made["entries"], made["problem"]) == (None, 2, None)
    assert await ahead(team) == [(*LISBON_AHEAD, False), (*DENTIST_AHEAD, False)]
    [entry, _] = (await (await team.world.client("Ana")).get(MINE))["items"]
    assert entry["source"] == "calendar"
    assert await team.refused("Ana", "DELETE", f"{MINE}/{entry['id']}") == (409, "from_calendar")
    shifts = await (await team.world.client("Bo")).get(
        f"/api/v1/schedules/{team.schedule_id}/shifts", **{"from": LISBON_AHEAD[0], "to": LISBON_AHEAD[1]}
    )
    assert [each["on_time_off"] for each in shifts["items"]] == [False, True, False]
    assert await team.refused("Bo", "DELETE", f"{CALENDARS}/{made['id']}") == (404, "not_found")
    assert (await team.send("Ana", "DELETE", f"{CALENDARS}/{made['id']}")).status_code == 204
    assert await ahead(team) == [(*LISBON_AHEAD, True), (*DENTIST_AHEAD, True)]
    assert (await (await team.world.client("Ana")).get(CALENDARS))["items"] == []
    assert await team.audited("time_off_calendar") == ["made", "removed"]


async def test_a_nul_in_a_file_costs_itself_and_nothing_else_takes_one(team: Team) -> None:
    content = file(LISBON, "UID:n\nDTSTART;VALUE=DATE:20261210\nSUMMARY:a\0b", "UID:bad\nDTSTART:2026\x001210")
    made = await team.post("Ana", CALENDARS, {"name": "Odd", "content": content})
    assert (made["entries"], made["left_out"]) == (2, {"unreadable": 1})
    assert await team.refused("Ana", "POST", CALENDARS, {"name": "a\0", "content": content}) == (400, "name: nul")
    url = {"name": "Feed", "url": "https://example.com/\0"}
    assert await team.refused("Ana", "POST", CALENDARS, url) == (400, "url: nul")


async def test_what_was_left_out_is_said_and_a_long_history_is_taken(team: Team) -> None:
    past = [f"UID:{n}\nDTSTART:20200301T080000Z\nDTEND:20200301T090000Z\nSUMMARY:{'s' * 150}" for n in range(9_000)]
    bad = "UID:bad\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=FORTNIGHTLY"
    content = file(*past, LISBON, bad)
    assert len(content) > 1_500_000
    made = await team.post("Ana", CALENDARS, {"name": "Google", "content": content})
    assert (made["entries"], made["left_out"]) == (1, {"unreadable": 1})
    assert (await (await team.world.client("Ana")).get(CALENDARS))["items"] == [made]
    async with running(FakeWebhook()) as feed:
        feed.script.usual = Reply(body=file(LISBON))
        again = await team.post("Ana", CALENDARS, {"name": "Feed", "url": feed.url()})
        assert again["left_out"] == {}
        feed.script.usual = Reply(body=content)
        await read_again(team)
        items = (await (await team.world.client("Ana")).get(CALENDARS))["items"]
        assert [(each["left_out"], each["problem"]) for each in items] == [({"unreadable": 1}, None)] * 2


async def test_an_address_is_read_every_hour_and_what_changes_there_changes_here(team: Team) -> None:
    async with running(FakeWebhook()) as feed:
        feed.script.usual = Reply(body=file(LISBON, DENTIST))
        made = await team.post("Ana", CALENDARS, {"name": "Feed", "url": feed.url("/secret.ics")})
        assert (made["url"], made["entries"]) == (feed.url("/secret.ics"), 2)
        assert feed.requests[0].method == "GET"
        longer = LISBON.replace("20261126", "20261127").replace("SUMMARY:Lisbon", "SUMMARY:Porto")
        feed.script.usual = Reply(body=file(longer, "UID:new\nDTSTART;VALUE=DATE:20261210"))
        await read_again(team)
        assert await ahead(team) == [
            ("2026-11-24T00:00:00Z", "2026-11-27T00:00:00Z", "Porto", False),
            (*DENTIST_AHEAD, True),
            ("2026-12-10T00:00:00Z", "2026-12-11T00:00:00Z", "", False),
        ]
        feed.script.usual = Reply(body=file(longer, DENTIST))
        await read_again(team)
        assert [entry[3] for entry in await ahead(team)].count(False) == 2
        assert len(await ahead(team)) == 4, "what comes back is a new entry; what was is kept"
        assert len(feed.requests) == 3
        await team.send("Ana", "DELETE", f"{CALENDARS}/{made['id']}")
        await read_again(team)
        assert len(feed.requests) == 3
    stored = await team.world.db.values("SELECT differences FROM audit WHERE object_kind = 'time_off_calendar'")
    assert "secret.ics" not in str(stored)
    assert "127.0.0.1" in str(stored)


async def test_a_feed_that_fails_keeps_what_it_said_and_says_why(team: Team) -> None:
    async with running(FakeWebhook()) as feed:
        feed.script.usual = Reply(body=file(LISBON))
        await team.post("Ana", CALENDARS, {"name": "Feed", "url": feed.url()})
        for reply, problem in (
            (Reply(status=503), "unreachable"),
            (Reply(body="<html>sign in</html>"), "unreachable"),
            (Reply(drop=True), "unreachable"),
            (Reply(status=302, headers={"location": "ftp://elsewhere"}), "unreachable"),
            (Reply(status=302, headers={"location": feed.url()}), "unreachable"),
            (Reply(body="x" * (LONGEST_FILE + 1)), "unreachable"),
            (Reply(body=file(LISBON)), None),
        ):
            feed.script.usual = reply
            await read_again(team)
            [shown] = (await (await team.world.client("Ana")).get(CALENDARS))["items"]
            assert (shown["problem"], shown["entries"]) == (problem, 1)
    assert await team.world.db.value("SELECT COUNT(*) FROM due WHERE kind = :kind", kind=READ) == 1


async def test_whatever_answers_there_but_a_calendar_is_one_answer(team: Team) -> None:
    async with running(FakeWebhook()) as feed:
        answers: set[str] = set()
        for reply in (
            Reply(status=404),
            Reply(body="<html>the router's page</html>"),
            Reply(body='{"health": "UP"}'),
            Reply(body=""),
            Reply(body="x" * (LONGEST_FILE + 1)),
            Reply(drop=True),
        ):
            feed.script.usual = reply
            client = await team.world.client("Ana")
            answers.add((await client.send("POST", CALENDARS, {"name": "Feed", "url": feed.url()})).text)
        assert len(answers) == 1
        assert "unreachable" in answers.pop()


async def test_a_redirect_is_followed_through_the_guard(team: Team) -> None:
    async with running(FakeWebhook()) as feed:
        feed.script.first = [Reply(status=301, headers={"location": "/there"}), Reply(body=file(LISBON))]
        made = await team.post("Ana", CALENDARS, {"name": "Feed", "url": feed.url("/here")})
        assert (made["entries"], [request.path for request in feed.requests]) == (1, ["/here", "/there"])
        feed.script.first = [Reply(status=302, headers={"location": "http://169.254.169.254/latest"})]
        refused = await team.refused("Ana", "POST", CALENDARS, {"name": "Feed", "url": feed.url("/here")})
        assert refused == (400, "url: unreachable")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"content": "garbage"}, "content: not_a_calendar"),
        ({"content": file("UID:a\nDTSTART:20261201T080000Z\nRRULE:FREQ=SECONDLY")}, "content: too_many_occurrences"),
        ({}, "content: one_of_two, url: one_of_two"),
        ({"content": "x", "url": "https://example.com"}, "content: one_of_two, url: one_of_two"),
        ({"url": "ftp://example.com"}, "url: bad_url"),
        ({"url": "http://169.254.169.254/latest"}, "url: unreachable"),
        ({"url": "http://127.0.0.1:9/"}, "url: unreachable"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_field(team: Team, body: dict[str, Any], said: str) -> None:
    assert await team.refused("Ana", "POST", CALENDARS, {"name": "x", **body}) == (400, said)
    assert await team.world.db.value("SELECT COUNT(*) FROM time_off_calendar") == 0


async def test_a_reader_that_dies_before_its_commit_takes_nothing_in_twice(team: Team) -> None:
    async with running(FakeWebhook()) as feed:
        feed.script.usual = Reply(body=file(LISBON))
        await team.post("Ana", CALENDARS, {"name": "Feed", "url": feed.url()})
        feed.script.usual = Reply(body=file(LISBON, DENTIST))
        world = team.world
        text = "SELECT id, kind, ref, due_at, fence, attempts FROM due WHERE kind = :kind"
        claimed = await world.db.row(Claimed, text, kind=READ)
        assert claimed is not None
        reader = ReadAgain(world.db, world.engine.outbound, world.engine.secrets)
        outcome = await reader(claimed, team.now)
        assert not isinstance(outcome, Writes)
        assert len(await outcome(team.now)) > 0, "it had decided, and died before its commit"
        await read_again(team)
        assert await ahead(team) == [(*LISBON_AHEAD, False), (*DENTIST_AHEAD, False)]


async def test_the_calendar_of_somebody_who_left_is_not_read(team: Team) -> None:
    async with running(FakeWebhook()) as feed:
        feed.script.usual = Reply(body=file(LISBON))
        await team.post("Ana", CALENDARS, {"name": "Feed", "url": feed.url()})
        await team.world.db.apply(Writes().sql("UPDATE user_account SET deactivated_at = 1 WHERE name = 'Ana'"))
        await read_again(team)
        assert len(feed.requests) == 1


async def test_there_is_an_end_to_calendars(team: Team) -> None:
    writes, ana = Writes(), team.world.users["Ana"]
    for n in range(10):
        writes.insert(TimeOffCalendar, id=str(n), user_id=ana, name=str(n), created_at=team.now, left_out={})
    await team.world.db.apply(writes)
    assert await team.refused("Ana", "POST", CALENDARS, {"name": "x", "content": file(PAST)}) == (409, "too_many")


async def test_addresses_are_sealed(team: Team) -> None:
    async with running(FakeWebhook()) as feed:
        feed.script.usual = Reply(body=file(LISBON))
        await team.post("Ana", CALENDARS, {"name": "Feed", "url": feed.url("/secret.ics")})
    assert "secret" not in str(await team.world.db.values("SELECT * FROM time_off_calendar"))


async def test_a_feed_is_read_once_however_often_the_decision_is_made_again(team: Team) -> None:
    refusing = Refusing(team.world.db)
    refusing.refuse("time_off_calendar", times=3, error=Stale)
    team.world.parts.db = team.world.engine.due.db = refusing
    async with running(FakeWebhook()) as feed:
        feed.script.usual = Reply(body=file(LISBON))
        await team.post("Ana", CALENDARS, {"name": "Feed", "url": feed.url()})
        assert len(feed.requests) == 1
        refusing.refuse("time_off_calendar", times=3, error=Stale)
        await read_again(team)
        assert len(feed.requests) == 2
    assert await ahead(team) == [(*LISBON_AHEAD, False)]
