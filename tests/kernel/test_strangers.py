"""Strangers wait in line and send little; whoever has a key or a token of ours doesn't."""

import asyncio
from typing import Any

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from server.accounts.access.permissions import PUBLIC
from server.app import behind_the_line
from server.kernel.errors import TooManyRequests, Unavailable
from server.kernel.limits.strangers import READ_BYTES, SOCKETS, Line, Strangers, limited_by
from server.kernel.telemetry import REGISTRY
from tests.kit.world import World

WITHOUT_A_BODY = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
def front(world: World) -> ASGIApp:
    return behind_the_line(world.app, world.engine.settings)


def browser(front: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=front), base_url="http://localhost")  # pyright: ignore[reportArgumentType] as Litestar types it


async def full(line: Line) -> list[Any]:
    return [await line.turn("203.0.113.9") for _ in range(line.at_once)]


async def test_addresses_take_turns_however_many_one_has_waiting() -> None:
    line, came = Line(at_once=1, waiting=20, waiting_each=5), list[str]()
    first = await line.turn("a")

    async def wait(address: str) -> None:
        turn = await line.turn(address)
        came.append(address)
        turn.end()
        turn.end()

    waiting = [asyncio.create_task(wait(address)) for address in "aaaaabbc"]
    await asyncio.sleep(0)
    with pytest.raises(TooManyRequests):
        await line.turn("a")
    gone = asyncio.create_task(wait("c"))
    await asyncio.sleep(0)
    gone.cancel()
    first.end()
    await asyncio.gather(*waiting)
    assert "".join(came) == "abcabaaa"
    for _ in range(3):
        (await line.turn("a")).end()


async def test_when_all_have_too_many_waiting_the_next_comes_later() -> None:
    line = Line(at_once=1, waiting=2, waiting_each=2)
    turn = await line.turn("a")
    waiting = [asyncio.create_task(line.turn(address)) for address in "ab"]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await line.turn("c")
    assert refused.value.retry_after_s
    turn.end()
    for task in waiting:
        (await task).end()


@pytest.mark.parametrize(
    ("address", "key"), [("198.51.100.7", "198.51.100.7"), ("2001:db8::1:2:3:4", "2001:db8::/64"), ("testclient",) * 2]
)
def test_limits_count_by_what_one_customer_has(address: str, key: str) -> None:
    assert limited_by(address) == key


async def test_who_signed_in_is_answered_while_strangers_wait(world: World, front: ASGIApp) -> None:
    await world.add_person("Ana")
    ana = await world.sign_in("Ana")
    async with browser(front) as http:
        mine = {"authorization": f"Bearer {ana.token}"}
        assert (await http.get("/api/v1/me", headers=mine)).status_code == 200
        turns = await full(world.parts.strangers.line)
        assert (await http.get("/api/v1/me", headers=mine)).status_code == 200
        stranger = asyncio.create_task(http.get("/api/v1/me", headers={"authorization": "Bearer x"}))
        _, pending = await asyncio.wait([stranger], timeout=0.1)
        assert pending
        for turn in turns:
            turn.end()
        assert (await stranger).status_code == 401
        await world.http.post("/api/v1/auth/logout", headers=mine)
        assert (await http.get("/api/v1/me", headers=mine)).status_code == 401
        assert not world.parts.strangers.knows(ana.token or "")


def public(world: World) -> list[tuple[str, HTTPRouteHandler]]:
    found = [(route.path, each) for route in world.app.routes for each in getattr(route, "route_handlers", ())]
    return [(path, each) for path, each in found if each.opt.get("permission") == PUBLIC]


async def test_every_public_handler_says_how_much_it_reads_of_a_stranger(world: World) -> None:
    reading = {
        f"{method} {path}": each.resolve_request_max_body_size()
        for path, each in public(world)
        if isinstance(each, HTTPRouteHandler)
        for method in each.http_methods - WITHOUT_A_BODY
    }
    assert len(reading) >= 10
    assert {name: most for name, most in reading.items() if not most or most > READ_BYTES} == {}


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_no_public_route_takes_more_of_a_stranger_than_it_may(world: World, front: ASGIApp, kind: str) -> None:
    await world.settle()
    async with browser(front) as http:
        for path, each in public(world):
            if isinstance(each, HTTPRouteHandler):
                address = path.replace("{token:str}", "dwx_x").replace("{name:str}", "x").replace("{path:str}", "x")
                for method in each.http_methods:
                    body = b'{"a": "' + b"x" * (READ_BYTES + 1_000) + b'"}'
                    answer = await http.request(method, address, content=body, headers={"content-type": kind})
                    told = (method, path, answer.status_code)
                    assert answer.status_code in ((200, 204, 404, 405) if method in WITHOUT_A_BODY else (404, 413)), (
                        told
                    )


async def test_a_stranger_with_thousands_of_parameters_is_refused(front: ASGIApp) -> None:
    async with browser(front) as http:
        assert (await http.get("/health?" + "a&" * 1_000)).status_code == 400


async def test_what_is_too_much_is_counted_by_reason(front: ASGIApp) -> None:
    def counted(reason: str) -> float:
        return REGISTRY.get_sample_value("dogwatch_requests_refused_total", {"reason": reason}) or 0.0

    before = {reason: counted(reason) for reason in ("too_large", "too_many_parameters")}
    async with browser(front) as http:
        assert (await http.post("/api/v1/auth/login", json={"email": "x" * 20_000})).status_code == 413
        await http.get("/health?" + "a&" * 1_000)
    assert {reason: counted(reason) - was for reason, was in before.items()} == {
        "too_large": 1,
        "too_many_parameters": 1,
    }


def test_of_the_sockets_that_have_not_signed_in_the_oldest_goes_first() -> None:
    strangers, opened = Strangers(), list[Any]()
    for n in range(SOCKETS + 1):
        opened.append(strangers.unproven(n))
        gone = opened[-1].__enter__()
        assert gone == (0 if n == SOCKETS else None)
    for each in opened:
        each.__exit__(None, None, None)
    assert not strangers.sockets
