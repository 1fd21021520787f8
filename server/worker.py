"""An engine's process: alone over the same PostgreSQL rows as others, or the one that `serve` has beside it."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable

import structlog
import uvloop

from server.engine import Engine, running_engine
from server.kernel.errors import Unavailable
from server.kernel.ipc import Handler, Server, What
from server.kernel.ipc.frames import Reply
from server.kernel.limits.places import raise_descriptor_limit
from server.kernel.settings import SettingError, Settings
from server.paging_health.processes import decode_states, encode_states, state_of_this

log = structlog.get_logger()
OTHERS_WITHIN_S = 1.0
LINGERS_S = 5.0
"""How long an engine that is to end still takes the writes of processes that are ending too."""
LOOK_S = 0.05
BEAT_S = 1.0


def run_worker(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    if settings.is_sqlite:
        raise SettingError("DATABASE_URL", "SQLite means one engine, and `serve` starts it; use PostgreSQL for workers")
    uvloop.run(_work(settings, None, lambda: None))


def run_engine(settings: Settings, listening: socket.socket, ready: Callable[[], None]) -> None:
    """The same, and the processes beside it reach it at `listening`; `ready` is called each second from then on."""
    uvloop.run(_work(settings, listening, ready))


async def _work(settings: Settings, listening: socket.socket | None, ready: Callable[[], None]) -> None:
    raise_descriptor_limit()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    async with running_engine(settings) as engine:
        with contextlib.ExitStack() as stack:
            opened = None if listening is None else stack.enter_context(_opened(engine, listening))
            beating = asyncio.create_task(_beat(ready))
            await stopped.wait()
            if opened is not None:
                await _until_unused(opened)
            beating.cancel()
        if engine.has_failed:
            sys.exit(1)


async def _beat(ready: Callable[[], None]) -> None:
    """As long as this loop runs, whoever watches hears of it."""
    while True:
        ready()
        await asyncio.sleep(BEAT_S)


def _opened(engine: Engine, listening: socket.socket) -> Server:
    """Writes, news and the state of all processes, for those beside this one."""
    loop = asyncio.get_running_loop()

    def hurry() -> None:
        loop.call_soon_threadsafe(engine.db.hurry)

    def state(_: bytes, reply: Reply) -> None:
        asking = asyncio.get_running_loop().create_task(_states(engine, loop, opened, reply))
        asked.add(asking)
        asking.add_done_callback(asked.discard)

    asked: set[asyncio.Task[None]] = set()
    handlers: dict[What, Handler] = {What.STATE: state}
    if (takes := engine.db.takes_writes(hurry)) is not None:
        handlers[What.WRITE] = takes
    opened = Server(listening, handlers)
    engine.db.on_hurry(lambda: opened.signal(What.COMMIT))
    return opened


async def _states(engine: Engine, loop: asyncio.AbstractEventLoop, opened: Server, reply: Reply) -> None:
    """The engine's own state is told by its own loop: where that hangs, so does the answer."""

    async def mine() -> bytes:
        return encode_states([state_of_this(await engine.state())])

    try:
        found = [await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(mine(), loop))]
    except Unavailable:
        log.exception("engine.state_unknown")
        found = []
    found += await opened.ask_all(What.STATE, within_s=OTHERS_WITHIN_S)
    reply(encode_states([state for body in found for state in decode_states(body)]))


async def _until_unused(opened: Server) -> None:
    for _ in range(int(LINGERS_S / LOOK_S)):
        if not opened.is_used:
            return
        await asyncio.sleep(LOOK_S)
