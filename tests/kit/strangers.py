"""What strangers do to a server: each attack bounded, on loopback, and over when its block is left."""

import asyncio
import contextlib
import json
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, cast

import msgpack
from websockets.asyncio.client import ClientConnection, connect

HEAD = "Host: 127.0.0.1\r\n"
PAGE = {"_i": 2, "_c": "Page", "route": "/", "width": 1200, "height": 800, "platform": "linux", "web": True}
REGISTER_CLIENT = 1
REGISTRATION: bytes = b"\x00" + cast(Any, msgpack).packb(
    [REGISTER_CLIENT, {"session_id": "", "page_name": "", "page": PAGE}]
)


@dataclass
class Seen:
    """What came back, by status; 0 is a connection that ended without an answer."""

    statuses: Counter[int] = field(default_factory=Counter[int])

    @property
    def answers(self) -> int:
        return self.statuses.total()


class Attacker:
    """Opens connections to one port and asks over them without end."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen = Seen()

    @contextlib.asynccontextmanager
    async def loop(self, request: bytes, *, connections: int = 6) -> AsyncGenerator[Seen]:
        """The same request again and again over each connection."""
        tasks = [asyncio.create_task(self._again(request)) for _ in range(connections)]
        try:
            yield self.seen
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _again(self, request: bytes) -> None:
        while True:
            with contextlib.suppress(OSError, EOFError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    while True:
                        writer.write(request)
                        status, is_last = await read_answer(reader)
                        self.seen.statuses[status] += 1
                        if is_last:
                            break
                finally:
                    writer.close()

    @contextlib.asynccontextmanager
    async def held(self, start: bytes, *, connections: int) -> AsyncGenerator[list[asyncio.StreamReader]]:
        """As many connections as asked for, each with a beginning and nothing more."""
        opened: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        try:
            for _ in range(connections):
                with contextlib.suppress(OSError):
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    opened.append((reader, writer))
                    writer.write(start)
            yield [reader for reader, _ in opened]
        finally:
            for _, writer in opened:
                writer.close()

    async def endless(self, start: bytes, line: bytes, *, most: int = 8 * 2**20) -> tuple[int, int]:
        """Send `line` after `start` until somebody stops it; (status, bytes sent)."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answer = asyncio.create_task(read_answer(reader))
        sent = 0
        try:
            writer.write(start)
            with contextlib.suppress(OSError):
                while sent < most and not answer.done():
                    writer.write(line)
                    sent += len(line)
                    await writer.drain()
                    await asyncio.sleep(0)
            with contextlib.suppress(OSError, EOFError, TimeoutError):
                return (await asyncio.wait_for(answer, 5))[0], sent
            return 0, sent
        finally:
            answer.cancel()
            writer.close()

    @contextlib.asynccontextmanager
    async def sockets(self, path: str, *, count: int) -> AsyncGenerator[list[object]]:
        """WebSockets that say nothing."""
        async with contextlib.AsyncExitStack() as stack:
            opened: list[object] = []
            for _ in range(count):
                with contextlib.suppress(OSError, EOFError):
                    opened.append(await stack.enter_async_context(connect(f"ws://127.0.0.1:{self.port}{path}")))
            yield opened


async def register(url: str) -> ClientConnection:
    """A browser at the app's sign-in form, as far as its server can tell."""
    socket = await connect(url, max_size=None)
    await socket.send(REGISTRATION)
    await asyncio.wait_for(socket.recv(), 20)
    return socket


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """(status, whether the server closes); raises EOFError or OSError when nothing comes."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    elif (at := lower.find(b"content-length:")) >= 0:
        await reader.readexactly(int(lower[at + 15 : lower.index(b"\r\n", at)]))
    return int(head[9:12]), b"connection: close" in lower


def get(path: str, *headers: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\n{HEAD}{''.join(each + chr(13) + chr(10) for each in headers)}\r\n".encode()


def post(path: str, body: bytes, kind: str = "application/json", *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", HEAD.strip(), f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


FORM = post("/setup/x", b"a=1&" * 250_000, "application/x-www-form-urlencoded")
HALF_HEAD = b"GET /health HTTP/1.1\r\nX-a: "
DESCRIPTION = get("/schema/openapi.json")
BIG_PAGERDUTY = post(
    "/v2/enqueue",
    json.dumps({"routing_key": "x" * 32, "event_action": "trigger", "payload": {"a": [{"b": 1}] * 40_000}}).encode(),
)
ATTACKS: dict[str, tuple[bytes, int]] = {
    "description": (DESCRIPTION, 6),
    "form": (FORM, 6),
    "half heads": (HALF_HEAD, 1_100),
    "health": (get("/health"), 6),
    "health, 600 connections": (get("/health"), 600),
    "metrics": (get("/metrics"), 6),
    "assets": (get("/schema/assets/swagger-ui-bundle.js"), 6),
    "wrong token": (get("/api/v1/me", "Authorization: Bearer nobody"), 6),
    "unknown key": (post("/ingest/events/nobody", b'{"title": "x"}'), 6),
    "unknown key, 240 kB": (post("/ingest/alertmanager/nobody", b'{"title": "x"}' * 17_000), 6),
    "unknown routing key, 400 kB": (BIG_PAGERDUTY, 6),
    "sign-in": (post("/api/v1/auth/login", b'{"email": "a@example.com", "password": "wrong password"}'), 6),
    "sign-in, odd JSON": (post("/api/v1/auth/login", b'{"a": [' + b"[]," * 5_300 + b"1]}"), 6),
    "receipts, odd JSON": (post("/api/v1/receipts", b'{"a": [' + b"[]," * 21_000 + b"1]}"), 6),
    "calendar": (get("/api/v1/calendars/nobody.ics"), 6),
    "many parameters": (get("/health?" + "a&" * 14_000), 6),
    "long path": (get("/a" * 15_000), 6),
}


async def main(name: str, port: int) -> None:
    """Attack until ended."""
    request, connections = ATTACKS[name]
    attacker = Attacker(port)
    if name == "half heads":
        async with attacker.held(request, connections=connections):
            await asyncio.sleep(3600)
    async with attacker.loop(request, connections=connections):
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
