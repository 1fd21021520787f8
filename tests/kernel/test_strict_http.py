"""Connections within limits: what is too long, too slow or one too many is told so and closed; work goes on."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from server.kernel.limits import places as limits
from server.kernel.limits.listening import Config, Server
from server.kernel.limits.places import Places, places_within
from server.kernel.limits.strict_http import place_of
from tests.kit.strangers import Attacker, get, post, read_answer

WITHIN_S = 10.0


class Site:
    """A small application: /slow answers when told to, /known marks the connection, the rest read the body."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.slow = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        place = place_of(scope)
        assert place is not None
        place.is_known = scope["path"] == "/known"
        if scope["path"] == "/slow":
            self.slow += 1
            await self.go.wait()
        message = {"more_body": True}
        while message.get("more_body") and scope["path"] != "/early":
            message = await receive()
            if message["type"] == "http.disconnect":
                return
        body = b"x" * (64 * 2**20 if scope["path"] == "/huge" else 2)
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds become tenths."""
    for name, seconds in {"SWEEP_S": 0.05, "HEAD_S": 1.0, "BODY_S": 1.0, "UNREAD_S": 0.5, "ENDING_S": 0.5}.items():
        monkeypatch.setattr(limits, name, seconds)


@contextlib.asynccontextmanager
async def serving(site: Site, most: int = 50) -> AsyncIterator[tuple[int, Places]]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = Config(site, places=Places(most), lifespan="off", log_level="error")
    server = Server(config)
    task = asyncio.create_task(server._serve([listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield listening.getsockname()[1], config.places
    site.go.set()
    server.should_exit = server.force_exit = True
    await task


async def ask(port: int, request: bytes) -> tuple[int, bool]:
    """(status, whether it closes); (0, True) when it closes without a word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        async with asyncio.timeout(WITHIN_S):
            return await read_answer(reader)
    except EOFError:
        return 0, True
    finally:
        writer.close()


CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get("/"), 200),
        (get("/" + "a" * 16_000), 200),
        (get("/" + "a" * 17_000), 414),
        (get("/", *(f"x-{n}: y" for n in range(90))), 200),
        (get("/", *(f"x-{n}: y" for n in range(101))), 431),
        (get("/", "x: " + "y" * 31_000), 200),
        (get("/", "x: " + "y" * 33_000), 431),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 33_000, 431),
        (b"GET / HTTP/1.1\r\nX-a: ", 408),
        (b"", 0),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12", 408),
        (b"POST /known HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12", 503),
        (b"\x16\x03\x01\x02\x00", 400),
        (CHUNKED + b"1\r\na\r\n" * 1_000 + b"0\r\n\r\n", 200),
        (CHUNKED + b"1\r\na\r\n" * 2_000, 400),
        (CHUNKED + b"0\r\n" + b"a: b\r\n" * 200, 431),
    ],
)  # fmt: skip
async def test_what_is_too_much_is_told_so(request_: bytes, status: int) -> None:
    async with serving(Site()) as (port, _):
        assert (await ask(port, request_))[0] == status


@pytest.mark.parametrize("line", [b"x: " + b"y" * 16_000 + b"\r\n", b"a: b\r\n" * 2_000, b"y" * 16_000])
async def test_a_head_without_end_is_refused_at_once(line: bytes) -> None:
    async with serving(Site()) as (port, _):
        status, sent = await Attacker(port).endless(b"GET / HTTP/1.1\r\nHost: x\r\nx-a: ", line)
        assert (status, sent < 4 * 2**20) == (431, True)


async def test_many_requests_on_one_connection_wait_a_few_at_a_time() -> None:
    site = Site()
    site.go.set()
    async with serving(site) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(get("/slow") * 10)
        assert [(await read_answer(reader))[0] for _ in range(10)] == [200] * 10
        writer.close()
        assert (await ask(port, get("/") * 2_000))[0] in (200, 429)
        assert (await ask(port, get("/")))[0] == 200


async def test_an_early_answer_arrives_although_the_body_was_not_read() -> None:
    async with serving(Site()) as (port, _):
        assert (await ask(port, post("/early", b"x" * 900_000)))[0] == 200


async def test_an_answer_that_nobody_reads_is_given_up() -> None:
    async with serving(Site()) as (port, places):
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        cast(asyncio.Transport, writer.transport).pause_reading()
        writer.write(get("/huge"))
        await _until(lambda: len(places) == 1)
        await _until(lambda: len(places) == 0)
        writer.close()


async def test_the_oldest_half_request_makes_room_and_work_goes_on() -> None:
    site = Site()
    async with serving(site, most=8) as (port, places):
        working = [asyncio.create_task(ask(port, get("/slow"))) for _ in range(3)]
        await _until(lambda: site.slow == 3)
        attacker = Attacker(port)
        async with attacker.held(b"GET / HTTP/1.1\r\nX-a: ", connections=30) as held:
            assert [await ask(port, get("/")) for _ in range(5)] == [(200, False)] * 5, "there is always room"
            assert len(places) <= 8
            async with asyncio.timeout(WITHIN_S):
                assert (await read_answer(held[0]))[0] == 503, "the first of them was told why"
            site.go.set()
            assert [(await task)[0] for task in working] == [200] * 3, "nothing that was being answered was ended"


async def test_slow_bodies_of_strangers_make_room_before_known_senders_do() -> None:
    async with serving(Site(), most=4) as (port, _):
        kept, writing = await asyncio.open_connection("127.0.0.1", port)
        writing.write(b"POST /known HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12")
        await asyncio.sleep(0.05)
        slow = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12"
        async with Attacker(port).held(slow, connections=10):
            assert (await ask(port, get("/")))[0] == 200
            writing.write(b"34567890")
            assert (await read_answer(kept))[0] == 200
        writing.close()


@pytest.mark.parametrize(("descriptors", "most"), [(1_048_576, 2_048), (1024, 704), (400, 200), (256, 128)])
def test_descriptors_are_left_for_the_engine(descriptors: int, most: int) -> None:
    assert places_within(descriptors) == most


async def _until(look: Any) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not look():
            await asyncio.sleep(0.01)


SOCKET = (
    b"GET %s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: %s\r\n\r\n"
)


class NoSockets(Site):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.slow += 1
        if scope["path"] == "/waits":
            await asyncio.Event().wait()
        await send({"type": "websocket.close"})


@pytest.mark.parametrize(("version", "status"), [(b"13", 403), (b"12", 400)])
async def test_who_gets_no_socket_has_the_headers_of_every_answer(version: bytes, status: int) -> None:
    async with serving(NoSockets()) as (port, _):
        head = await handshake(port, SOCKET % (b"/", version))
    assert int(head[9:12]) == status
    assert b"x-content-type-options: nosniff" in head.lower()
    assert b"frame-ancestors 'none'" in head


async def test_a_socket_that_waits_when_the_process_ends_may_try_again() -> None:
    site = NoSockets()
    async with serving(site) as (port, _):
        asked = asyncio.create_task(handshake(port, SOCKET % (b"/waits", b"13")))
        while not site.slow:
            await asyncio.sleep(0.01)
    assert int((await asked)[9:12]) == 503


async def handshake(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    async with asyncio.timeout(WITHIN_S):
        head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return head
