"""The live socket, over a real one: hello, what changed, what was missed, and the end of a session."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from server.accounts.sign_in import live as live_module
from server.accounts.sign_in import live_members
from server.kernel.database import Writes
from server.kernel.limits.strangers import SOCKETS, SOCKETS_EACH, Strangers
from server.kernel.live import LiveFeed, publish_change
from server.tables.accounts import Membership
from tests.escalation.house import House
from tests.kit.client import Client
from tests.kit.world import World

pytestmark = pytest.mark.store
WITHIN_S = 120


@dataclass
class Live:
    """A server on loopback over a world, and its feed."""

    world: World
    house: House
    feed: LiveFeed
    url: str

    @contextlib.asynccontextmanager
    async def socket(self, token: str | None, **resume: Any) -> AsyncIterator[ClientConnection]:
        async with connect(self.url) as socket:
            await socket.send(json.dumps({"token": token, **resume}))
            yield socket


async def heard(socket: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(socket.recv(), WITHIN_S))


async def closed(socket: ClientConnection) -> int:
    """The code it was closed with."""
    async with asyncio.timeout(WITHIN_S):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await socket.recv()
    return socket.close_code or 0


@pytest.fixture
async def live(world: World) -> AsyncIterator[Live]:
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=3600)
    feed: LiveFeed = world.parts.feed
    world.db.on_hurry(feed.hurry)
    telling = asyncio.create_task(feed.run())
    server = uvicorn.Server(
        uvicorn.Config(world.app, port=0, lifespan="off", log_level="error", ws="websockets-sansio")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Live(world, house, feed, f"ws://127.0.0.1:{port}/api/v1/live")
    server.should_exit = True
    telling.cancel()
    await asyncio.gather(serving, telling, return_exceptions=True)


async def test_it_says_hello_and_then_what_changed(live: Live) -> None:
    ana = await live.world.sign_in("Ana")
    async with live.socket(ana.token) as socket:
        hello = await heard(socket)
        assert hello["type"] == "hello"
        assert hello["epoch"].startswith(live.feed.epoch)
        await live.house.fire()
        changed = await heard(socket)
        item = (await ana.get("/api/v1/incidents"))["items"][0]
        assert (changed["type"], changed["kind"], changed["id"]) == ("changed", "incident", item["id"])
        assert changed["n"] > hello["n"]
        last = changed
        while last["rev"] < item["rev"]:
            last = await heard(socket)
        assert last["rev"] == item["rev"]


async def test_who_comes_back_hears_what_was_missed(live: Live) -> None:
    ana = await live.world.sign_in("Ana")
    async with live.socket(ana.token) as socket:
        hello = await heard(socket)
    await live.house.fire()
    while live.feed.n == hello["n"]:
        await asyncio.sleep(0.01)
    async with live.socket(ana.token, epoch=hello["epoch"], n=hello["n"]) as socket:
        assert await heard(socket) == hello, "what was missed comes after it, so that losing this socket loses nothing"
        changed = await heard(socket)
        assert (changed["type"], changed["n"]) == ("changed", hello["n"] + 1)


@pytest.mark.parametrize("resume", [{"epoch": "another start", "n": 3}, {"epoch": None, "n": 3}, {"epoch": "x"}])
async def test_who_comes_back_to_another_start_reads_everything_again(live: Live, resume: Any) -> None:
    ana = await live.world.sign_in("Ana")
    async with live.socket(ana.token, **resume) as socket:
        first = await heard(socket)
        assert first["type"] == ("reset" if resume["epoch"] and "n" in resume else "hello")
        assert first["epoch"].startswith(live.feed.epoch)


async def test_nothing_is_lost_between_hello_and_the_first_change(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    tell = live_module._Session._send_message

    async def slow(self: Any, message: Any) -> None:
        await tell(self, message)
        if isinstance(message, live_module.Hello):
            before = live.feed.n
            await live.house.fire()
            while live.feed.n == before:
                await asyncio.sleep(0.01)

    monkeypatch.setattr(live_module._Session, "_send_message", slow)
    ana = await live.world.sign_in("Ana")
    async with live.socket(ana.token) as socket:
        hello = await heard(socket)
        changed = await heard(socket)
        assert (changed["type"], changed["n"]) == ("changed", hello["n"] + 1)


@pytest.mark.parametrize("first", ["{}", "nonsense", '{"token": "dwa_x"}', '{"token": 5}', '{"token": "é"}'])
async def test_without_a_session_it_closes_with_4401(live: Live, first: str) -> None:
    async with connect(live.url) as socket:
        await socket.send(first)
        assert await closed(socket) == 4401


async def test_a_first_message_of_bytes_is_no_session_either(live: Live) -> None:
    async with connect(live.url) as socket:
        await socket.send(b"\xff\x00")
        assert await closed(socket) == 4401


async def test_it_closes_with_4401_when_the_session_ends(live: Live) -> None:
    ana = await live.world.sign_in("Ana")
    async with live.socket(ana.token) as socket:
        await heard(socket)
        await ana.send("POST", "/api/v1/auth/logout")
        await live.house.fire()
        assert await closed(socket) == 4401
    ana = await live.world.sign_in("Ana")
    async with live.socket(ana.token) as socket:
        await heard(socket)
        live.world.clock.advance(timedelta(minutes=16))
        await live.house.fire(dedup_key="another", check="another")
        assert await closed(socket) == 4401


async def test_an_idle_socket_is_pinged_and_ended_too(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "PING_S", 0.05)
    ana = await live.world.sign_in("Ana")
    async with live.socket(ana.token) as socket:
        await heard(socket)
        assert (await heard(socket))["type"] == "ping"
        live.world.clock.advance(timedelta(minutes=16))
        assert await closed(socket) == 4401


async def test_a_stranger_hears_nothing_of_a_private_team(live: Live) -> None:
    world = live.world
    await world.add_team("Secret", is_private=True)
    await world.add_person("Sam", team="Secret", role="manager")
    sam = await world.sign_in("Sam")
    way_in = await world.add_integration(await world.add_service("hidden", team="Secret"))
    ana = await world.sign_in("Ana")
    async with live.socket(ana.token) as stranger, live.socket(sam.token) as member:
        await heard(stranger)
        await heard(member)
        await world.nobody.post(f"/ingest/events/{way_in.key}", {"title": "hush", "dedup_key": "h"})
        await world.settle()
        hidden = (await sam.get("/api/v1/incidents"))["items"][0]["id"]
        told = await heard(member)
        while told["kind"] != "incident":
            told = await heard(member)
        assert told["id"] == hidden
        await live.house.fire()
        open_one = next(item for item in (await ana.get("/api/v1/incidents"))["items"])["id"]
        seen = await heard(stranger)
        assert seen["id"] == open_one


async def test_a_socket_ends_soon_after_its_session_or_its_person_though_nothing_is_told(live: Live) -> None:
    world = live.world
    here, there = await world.sign_in("Ana"), await world.sign_in("Ana")
    async with live.socket(there.token) as socket, live.socket(here.token) as mine:
        await asyncio.gather(heard(socket), heard(mine))
        assert (await here.send("DELETE", "/api/v1/me/sessions")).status_code == 204
        assert await closed(socket) == live_module.SIGNED_OUT
        await world.db.apply(Writes().sql("UPDATE user_account SET deactivated_at = 1 WHERE name = 'Ana'"))
        assert await closed(mine) == live_module.SIGNED_OUT


async def test_a_person_has_so_many_windows_and_the_oldest_makes_room(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_members, "EACH", 2)
    ana, mia = await live.world.sign_in("Ana"), await live.world.sign_in("Mia")
    async with live.socket(ana.token) as first, live.socket(mia.token) as other:
        await asyncio.gather(heard(first), heard(other))
        async with live.socket(ana.token) as second, live.socket(ana.token) as third:
            await asyncio.gather(heard(second), heard(third))
            assert await closed(first) == live_module.CROWDED
            await live.house.fire()
            assert [(await heard(each))["type"] for each in (second, third, other)] == ["changed"] * 3


def test_an_address_has_so_many_that_have_not_signed_in() -> None:
    strangers = Strangers()
    with contextlib.ExitStack() as held:
        for n in range(SOCKETS_EACH):
            assert held.enter_context(strangers.unproven(n, f"2001:db8::{n:x}")) is None
        assert held.enter_context(strangers.unproven("more", "2001:db8::ffff")) == 0
        assert held.enter_context(strangers.unproven("other", "192.0.2.1")) is None
        for n in range(SOCKETS - SOCKETS_EACH - 1):
            assert held.enter_context(strangers.unproven(f"of others {n}", f"198.51.100.{n}")) is None
        assert held.enter_context(strangers.unproven("one too many", "203.0.113.1")) == 1


async def changes(live: Live, team_id: str | None, *ids: str) -> None:
    """Something of this team changed, and was told."""
    before = live.feed.n
    for id in ids:
        writes = Writes()
        publish_change(writes, kind="service", id=id, rev=1, team_id=team_id, now=live.world.clock.now())
        await live.world.db.apply(writes)
    while live.feed.n < before + len(ids):
        await asyncio.sleep(0.01)


async def test_numbers_count_what_the_reader_may_see_and_who_comes_back_misses_nothing(live: Live) -> None:
    private = (await live.world.add_team("Takeover", is_private=True)).id
    seen = live.world.teams["Payments"]
    ana = await live.world.sign_in("Ana")
    async with live.socket(ana.token) as socket:
        hello = await heard(socket)
        await changes(live, private, *"abcdefgh")
        await changes(live, seen, "s-1")
        changed = await heard(socket)
        assert (changed["id"], changed["n"]) == ("s-1", hello["n"] + 1), "eight others told her nothing"
    await changes(live, private, *"ijk")
    await changes(live, seen, "s-2", "s-3")
    await changes(live, private, "l")
    async with live.socket(ana.token, epoch=hello["epoch"], n=changed["n"]) as socket:
        assert (await heard(socket))["n"] == changed["n"]
        told = [await heard(socket), await heard(socket)]
        assert [(each["id"], each["n"] - changed["n"]) for each in told] == [("s-2", 1), ("s-3", 2)]
    async with live.socket(ana.token, epoch=hello["epoch"], n=told[-1]["n"]) as socket:
        assert (await heard(socket))["type"] == "hello", "nothing was missed that she sees"


async def test_who_sees_other_teams_than_before_reads_everything_again(live: Live) -> None:
    private = (await live.world.add_team("Takeover", is_private=True)).id
    ana = await live.world.sign_in("Ana")
    async with live.socket(ana.token) as socket:
        hello = await heard(socket)
    row = {"id": "m-1", "team_id": private, "user_id": live.world.users["Ana"], "is_manager": False}
    await live.world.db.apply(Writes().insert(Membership, **row))
    async with live.socket(ana.token, epoch=hello["epoch"], n=hello["n"]) as socket:
        again = await heard(socket)
        assert (again["type"], again["epoch"] == hello["epoch"]) == ("reset", False)


Deed = Callable[[Client, Client, dict[str, str]], Awaitable[Any]]
DEEDS: dict[str, Deed] = {
    "put into a team": lambda root, _, at: root.post(f"/api/v1/teams/{at['Search']}/members", {"user_id": at["Ana"]}),
    "taken out of one": lambda root, _, at: root.send("DELETE", f"/api/v1/teams/{at['Payments']}/members/{at['Ana']}"),
    "the team has another name": lambda root, _, at: root.send(
        "PUT", f"/api/v1/teams/{at['Payments']}", {"name": "Money"}, headers={"if-match": "1"}
    ),
    "another role": lambda root, _, at: root.send(
        "PATCH", f"/api/v1/users/{at['Ana']}", {"role": "viewer"}, headers={"if-match": "1"}
    ),
    "another language, by another device": lambda _, ana, __: ana.send(
        "PATCH", "/api/v1/me", {"language": "zh"}, headers={"if-match": "1"}
    ),
    "other rules": lambda _, ana, __: ana.send(
        "PUT", "/api/v1/me/notification-rules", RULES, headers={"if-match": "0"}
    ),
    "one phone less": lambda _, ana, __: _without_phone(ana),
}
RULES = {severity: [{"channel": "push", "delay_s": 0}] for severity in ("critical", "warning", "info")}


async def _without_phone(client: Client) -> Any:
    phone = (await client.get("/api/v1/me/devices"))["items"][0]
    return await client.send("DELETE", f"/api/v1/me/devices/{phone['id']}")


@pytest.mark.parametrize("deed", DEEDS)
async def test_whoever_changes_hears_of_it_and_nobody_else_does(live: Live, deed: str) -> None:
    world = live.world
    await world.add_team("Search")
    await world.add_person("Root", role="admin")
    await world.add_person("Bo", team="Payments" if deed != "the team has another name" else None)
    root, ana, bo = [await world.sign_in(name) for name in ("Root", "Ana", "Bo")]
    await live.feed.poll()
    async with live.socket(ana.token) as own, live.socket(bo.token) as other:
        await asyncio.gather(heard(own), heard(other))
        answer = await DEEDS[deed](root, ana, world.users | world.teams)
        assert answer is None or answer.status_code < 300, answer.text
        told = await heard(own)
        assert (told["kind"], told["id"]) == ("user", world.users["Ana"])
        await changes(live, None, "s-1")
        assert (await heard(other))["id"] == "s-1", "the first that others hear is what comes after"
