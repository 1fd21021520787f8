"""How the processes of this installation are: the engine's health, and everybody's metrics."""

import os
from collections.abc import Awaitable, Callable

import msgspec
import structlog
from msgspec import Struct

from server.kernel.clock import Clock, to_us
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.ipc import Client, What
from server.kernel.telemetry import Family, families

log = structlog.get_logger()
WITHIN_S = 3.0


class EngineState(Struct, frozen=True):
    """Whether its loops came round lately, and what its auditor found."""

    is_running: bool
    problems: list[str] = []
    repairs: int = 0


class ProcessState(Struct, frozen=True):
    """One process; `engine` is what it says of the engine in it."""

    pid: int
    families: list[Family]
    engine: EngineState | None = None


_STATES = msgspec.msgpack.Decoder(list[ProcessState])


def state_of_this(engine: EngineState | None = None) -> ProcessState:
    return ProcessState(pid=os.getpid(), families=families(), engine=engine)


def decode_states(body: bytes) -> list[ProcessState]:
    return _STATES.decode(body)


def encode_states(states: list[ProcessState]) -> bytes:
    return msgspec.msgpack.encode(states)


async def is_database_reached(db: Database) -> bool:
    """Whether this process does."""
    try:
        await db.value("SELECT 1")
    except Exception:
        log.exception("health.database_unreachable")
        return False
    return True


class Beside:
    """What a process that serves the API knows of the others: over the line to the engine, or none but the rows."""

    def __init__(self, engine: Callable[[], Awaitable[EngineState]], line: Client | None = None) -> None:
        self._engine, self._line = engine, line

    async def engine(self) -> EngineState:
        if self._line is None:
            return await self._engine()
        found = [each.engine for each in await self._states() if each.engine is not None]
        return found[0] if found else EngineState(is_running=False)

    async def families(self) -> list[list[Family]]:
        """The metrics of every other process that answers."""
        return [each.families for each in await self._states() if each.pid != os.getpid()]

    async def _states(self) -> list[ProcessState]:
        if self._line is None:
            return []
        try:
            return decode_states(await self._line.call(What.STATE, within_s=WITHIN_S))
        except Unavailable:
            return []


async def is_every_lane_held(db: Database, clock: Clock) -> bool:
    """Whether somebody works, as far as the rows say."""
    text = "SELECT COUNT(*) FROM lane WHERE leased_until <= :now"
    return await db.value(text, now=to_us(clock.now())) == 0
