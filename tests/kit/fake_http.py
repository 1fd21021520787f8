"""What the fake providers share: scripted replies, a log of requests, an HTTP/2 and an HTTP/1.1 server."""

import argparse
import asyncio
import contextlib
import json
import os
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from tests.kit.certificates import Authority


@dataclass
class Reply:
    """How one request is answered; the defaults are the provider's own success."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    delay_s: float = 0.0
    hang: bool = False
    goaway: bool = False
    drop: bool = False
    split: bool = False


@dataclass
class Request:
    """One request as it arrived, and the status it got (0 when it got none)."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int
    stream: int
    at: float
    status: int = 0

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Script:
    """What to answer: first the replies queued, then those for an address, then the usual one.

    `file` may hold `{"first": [reply…], "addresses": {address: reply}, "usual": reply}`; it is read again
    whenever it changes, so that another process can steer a running fake.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.first: list[Reply] = []
        self.addresses: dict[str, Reply] = {}
        self.usual: Reply | None = None
        self._file = file
        self._seen_ns = 0

    def next(self, address: str) -> Reply | None:
        self._reload()
        if self.first:
            return self.first.pop(0)
        return self.addresses.get(address, self.usual)

    def _reload(self) -> None:
        if self._file is None or not self._file.exists():
            return
        changed_ns = self._file.stat().st_mtime_ns
        if changed_ns == self._seen_ns:
            return
        self._seen_ns = changed_ns
        told = json.loads(self._file.read_text())
        self.first = [Reply(**each) for each in told.get("first", [])]
        self.addresses = {name: Reply(**each) for name, each in told.get("addresses", {}).items()}
        self.usual = Reply(**told["usual"]) if told.get("usual") else None


class Log:
    """Every request in memory and, when there is a file, as one JSON line appended to it."""

    def __init__(self, name: str, file: Path | None = None) -> None:
        self.name = name
        self.requests: list[Request] = []
        self._fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if file else -1

    def add(self, request: Request) -> None:
        self.requests.append(request)
        if self._fd >= 0:
            row = {"fake": self.name, **asdict(request), "body": request.body.decode("utf-8", "replace")}
            os.write(self._fd, (json.dumps({**row, "json": request.json}) + "\n").encode())


F = TypeVar("F", bound="Fake")
Respond = Callable[[Request], Reply]


class FakeServer:
    """Listens on loopback and counts connections; a subclass speaks the protocol."""

    def __init__(
        self, respond: Respond, tls: ssl.SSLContext | None = None, port: int = 0, *, host: str = "127.0.0.1"
    ) -> None:
        self.respond = respond
        self.host = host
        self.connections = 0
        self.closed = 0
        self.port = port
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, self.host, self.port, ssl=self._tls, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.spawn(self._guarded(reader, writer, self.connections))

    async def _guarded(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await self.serve(reader, writer, number)
        self.closed += 1
        writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        raise NotImplementedError


def _encoded(reply: Reply) -> bytes:
    if reply.body is None:
        return b""
    return reply.body.encode() if isinstance(reply.body, str) else json.dumps(reply.body).encode()


class Http1Server(FakeServer):
    """One request per connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        reply = self.respond(Request(method, path, headers, body, number, 1, time.time()))
        await asyncio.sleep(reply.delay_s)
        if reply.hang:
            await asyncio.sleep(3600)
        if reply.drop:
            return
        content = _encoded(reply)
        lines = [f"HTTP/1.1 {reply.status} Fake", f"content-length: {len(content)}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        await writer.drain()


class Http2Server(FakeServer):
    """HTTP/2 over TLS, many streams to a connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        conn.initiate_connection()
        writer.write(conn.data_to_send())
        open_requests: dict[int, Request] = {}
        while data := await reader.read(65536):
            for event in conn.receive_data(data):
                self._take(event, conn, writer, number, open_requests)
            writer.write(conn.data_to_send())
            await writer.drain()

    def _take(
        self,
        event: h2.events.Event,
        conn: h2.connection.H2Connection,
        writer: asyncio.StreamWriter,
        number: int,
        open_requests: dict[int, Request],
    ) -> None:
        if isinstance(event, h2.events.RequestReceived):
            headers = {str(k): str(v) for k, v in event.headers or []}
            stream = event.stream_id or 0
            method, path = headers.pop(":method"), headers.pop(":path")
            open_requests[stream] = Request(method, path, headers, b"", number, stream, time.time())
        elif isinstance(event, h2.events.DataReceived):
            open_requests[event.stream_id or 0].body += event.data or b""
            conn.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id or 0)
        elif isinstance(event, h2.events.StreamEnded):
            request = open_requests.pop(event.stream_id or 0)
            self.spawn(self._answer(conn, writer, request, self.respond(request)))

    async def _answer(
        self, conn: h2.connection.H2Connection, writer: asyncio.StreamWriter, request: Request, reply: Reply
    ) -> None:
        await asyncio.sleep(reply.delay_s)
        if reply.hang:
            return
        if reply.drop:
            writer.close()
            return
        with contextlib.suppress(h2.exceptions.ProtocolError, ConnectionError):
            if reply.goaway:
                conn.close_connection(last_stream_id=max(0, request.stream - 2))
                writer.write(conn.data_to_send())
                await writer.drain()
                writer.close()
                return
            await self._send(conn, writer, request.stream, reply)

    async def _send(
        self, conn: h2.connection.H2Connection, writer: asyncio.StreamWriter, stream: int, reply: Reply
    ) -> None:
        conn.send_headers(stream, [(":status", str(reply.status)), *reply.headers.items()])
        content = _encoded(reply)
        half = len(content) // 2
        for part in (content[:half], b"", content[half:]) if reply.split else (content,):
            conn.send_data(stream, part)
            writer.write(conn.data_to_send())
            await writer.drain()
            if reply.split:
                await asyncio.sleep(0.01)
        conn.end_stream(stream)
        writer.write(conn.data_to_send())


class Fake:
    """A provider on loopback; `script` says what it answers, `requests` what it was asked."""

    name = "fake"

    def __init__(self, *, log: Path | None = None, behaviour: Path | None = None) -> None:
        self.script = Script(behaviour)
        self.log = Log(self.name, log)

    @property
    def requests(self) -> list[Request]:
        return self.log.requests

    def answer(self, *replies: Reply) -> None:
        """Queues replies; when they are used up the fake succeeds again."""
        self.script.first += replies

    async def start(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError


@asynccontextmanager
async def running(fake: F) -> AsyncGenerator[F]:
    await fake.start()
    try:
        yield fake
    finally:
        await fake.stop()


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, help="file that every request is appended to, a JSON line each")
    parser.add_argument("--behaviour", type=Path, help="JSON file that says what to answer; see Script")
    return parser


def authority_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ca", type=Path, required=True, help="file of the authority, made when missing")


def authority_of(args: argparse.Namespace) -> Authority:
    return Authority.at(args.ca)


async def serve_for_ever(fake: Fake, port: Callable[[], int]) -> None:
    """Starts, prints the port as the first line, and stays."""
    await fake.start()
    print(port(), flush=True)
    await asyncio.Event().wait()
