"""Live updates: from a verb to the last of many open windows hearing of it, a scene of `bench.storms`."""

import asyncio
import contextlib
import json
import os
import statistics
import time

from websockets.asyncio.client import ClientConnection, connect

from tests.kit.installation import Api
from tests.kit.storm_site import Sender, StormSite, body, cpu_seconds

SOCKETS = int(os.environ.get("BENCH_SOCKETS", "500"))
WINDOWS, TRIES = 20, 10
PASSWORD = "a long enough password"


async def live(site: StormSite) -> None:
    """At a tenth of the windows and at all; people of the team have twenty each."""
    tokens = [await _token(site, n) for n in range(-(-SOCKETS // WINDOWS))]
    async with contextlib.AsyncExitStack() as stack:
        sockets: list[ClientConnection] = []
        for number in (SOCKETS // 10, SOCKETS):
            while len(sockets) < number:
                sockets.append(await stack.enter_async_context(_window(site, tokens[len(sockets) // WINDOWS])))
            await _tell_all(site, sockets)


async def _token(site: StormSite, n: int) -> str:
    """Somebody new in the team, signed in."""
    team = (await site.api.call("GET", "/api/v1/teams"))["items"][0]["id"]
    who = {"email": f"window{n}@example.com", "password": PASSWORD}
    await site.api.call("POST", "/api/v1/users", {"name": f"Window {n}", "team_ids": [team], **who})
    tokens = await Api(site.api.url).call("POST", "/api/v1/auth/login", who)
    return tokens["access_token"]


@contextlib.asynccontextmanager
async def _window(site: StormSite, token: str):
    async with connect(f"ws://127.0.0.1:{site.port}/api/v1/live", ping_interval=None) as socket:
        await socket.send(json.dumps({"token": token}))
        await socket.recv()
        yield socket


async def _tell_all(site: StormSite, sockets: list[ClientConnection]) -> None:
    """Somebody acknowledges an incident, again and again: when does the last window know?"""
    took: list[float] = []
    used = cpu_seconds(site.pids.values())
    for turn in range(TRIES):
        await Sender(site.port).all(site.ways["flood"], [body(f"live{len(sockets)}-{turn}.", ["p"])], connections=1)
        await site.first_page(f"live{len(sockets)}-{turn}.")
        await asyncio.sleep(1.5)
        await asyncio.gather(*(_quiet(socket) for socket in sockets))
        incident = await site.api.incident()
        assert incident is not None
        began = time.monotonic()
        hearing = [asyncio.create_task(_heard(socket, incident["id"])) for socket in sockets]
        await site.api.call("POST", f"/api/v1/incidents/{incident['id']}/acknowledge")
        await asyncio.gather(*hearing)
        took.append((time.monotonic() - began) * 1000)
    cpu_ms = (cpu_seconds(site.pids.values()) - used) * 1000 / TRIES
    print(
        f"  {len(sockets)} windows: all know {statistics.median(took):.0f} ms after the verb was sent, worst"
        f" {max(took):.0f}; {cpu_ms:.0f} ms CPU an incident with its page and its acknowledgement"
    )


async def _quiet(socket: ClientConnection) -> None:
    """Take what has come by now."""
    with contextlib.suppress(TimeoutError):
        while True:
            await asyncio.wait_for(socket.recv(), 0.02)


async def _heard(socket: ClientConnection, incident_id: str) -> None:
    async with asyncio.timeout(60):
        while incident_id not in str(await socket.recv()):
            pass
