"""Real processes for tests: started, waited for, ended by us alone."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx

T = TypeVar("T")
ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 120
"""How long a process is waited for before a test gives up: far longer than a busy machine takes."""
PLAIN = False
"""For clients of plain HTTP: reading the certificates of the world takes each of them 30 ms of the CPU."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def running(
    *command: str, log: Path, env: dict[str, str] | None = None
) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A process whose output goes to `log`; it is ended with its children on the way out."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | (env or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def python(module: str, *args: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *args)


async def until(what: str, look: Callable[[], Awaitable[T | None]], *, within_s: float = PATIENCE_S) -> T:
    """Poll until `look` finds something; fails naming what was waited for."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = await look()
        if found is not None and found is not False:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"{what}: not within {within_s} s")


async def answering(url: str, *, within_s: float = PATIENCE_S) -> None:
    """Wait until a server answers there."""

    async def look() -> bool | None:
        try:
            return (await client.get(url)).status_code < 500 or None
        except httpx.HTTPError:
            return None

    async with httpx.AsyncClient(verify=PLAIN, timeout=2) as client:
        await until(f"{url} answers", look, within_s=within_s)


def first_line(log: Path) -> Callable[[], Awaitable[str | None]]:
    """The first whole line of a process's output."""

    async def look() -> str | None:
        text = log.read_text("utf-8", "replace") if log.exists() else ""
        return text.split("\n")[0].strip() if "\n" in text else None

    return look
