"""A bounded HTTP/1.1 load on loopback: raw connections, bodies made before the clock starts."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tests.kit.family import tree
from tests.kit.storm_site import cpu_seconds as cpu_of_trees

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Load:
    """What one run reached; CPU is the server's own, per event."""

    events: int
    seconds: float
    cpu_us_per_event: float
    refused: int

    @property
    def per_second(self) -> float:
        return self.events / self.seconds


def request(port: int, path: str, body: bytes) -> bytes:
    """One POST as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


async def drive(
    port: int,
    requests: Sequence[bytes],
    *,
    events_each: int,
    connections: int,
    pid: int,
    until_done: Callable[[], Awaitable[None]] | None = None,
) -> Load:
    """Send every request once over `connections` keep-alive connections; CPU counts until the work is done."""
    waiting = iter(requests)
    refused = 0

    async def client() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for each in waiting:
            writer.write(each)
            refused += not await _is_accepted(reader)
        writer.close()

    before, began = cpu_seconds(pid), time.monotonic()
    await asyncio.gather(*(client() for _ in range(connections)))
    seconds = time.monotonic() - began
    if until_done is not None:
        await until_done()
    events = len(requests) * events_each
    return Load(events, seconds, (cpu_seconds(pid) - before) / events * 1e6, refused)


async def _is_accepted(reader: asyncio.StreamReader) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    if length:
        await reader.readexactly(length)
    return head[9:10] == b"2"


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of all below it."""
    return cpu_of_trees([pid])


def resident_mib(pid: int) -> float:
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * PAGE_BYTES / 2**20


def memory_mib(pid: int) -> float:
    """What a process and all below it hold, pages that they share counted once."""
    return sum(_own_share_kib(each) for each in tree(pid)) / 1024


def _own_share_kib(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
