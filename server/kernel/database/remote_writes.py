"""Writes that one process hands to the process that has SQLite's writer, and what became of them."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from server.kernel.clock import machine_time
from server.kernel.database.sqlite import SqliteStore
from server.kernel.database.sqlite_readers import Answer, Readers, connect_beside
from server.kernel.database.statements import Priority, Statement, Writes, compile_write
from server.kernel.errors import Stale, Unavailable
from server.kernel.ipc import Client, What
from server.kernel.ipc.frames import Reply


class Handed(Struct, frozen=True, array_like=True):
    """All of these statements or none."""

    priority: Priority
    hurries: bool
    statements: list[Statement]


class Outcome(Struct, frozen=True, array_like=True):
    """`text` says why it is anything but done."""

    is_: Literal["done", "stale", "unavailable", "refused"]
    text: str = ""
    answers: list[Answer] = []


def _plain(value: Any) -> Any:
    """A name that is a kind of its own is text to a driver, and here too."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_plain)
_HANDED = msgspec.msgpack.Decoder(Handed)
_OUTCOME = msgspec.msgpack.Decoder(Outcome)


class RemoteStore:
    """Reads SQLite's file, and hands what is to be written to the process that writes it."""

    dialect = "sqlite"

    def __init__(self, path: Path, client: Client) -> None:
        self._client = client
        self._readers = Readers(lambda: connect_beside(path))

    async def fetch(self, text: str, values: Sequence[Any], priority: Priority) -> Answer:  # noqa: ARG002 one pool for all
        return await self._readers.fetch(text, values)

    async def apply(self, writes: Writes, priority: Priority) -> list[Answer]:
        statements = [compile_write(write, "sqlite") for write in writes]
        handed = _ENCODER.encode(Handed(priority, writes.hurries, statements))
        outcome = _OUTCOME.decode(await self._client.call(What.WRITE, handed))
        match outcome.is_:
            case "done":
                return outcome.answers
            case "stale":
                raise Stale(outcome.text)
            case "unavailable":
                raise Unavailable(outcome.text)
            case "refused":
                raise sqlite3.DatabaseError(outcome.text)

    async def sample_time(self) -> Any:
        return machine_time()

    async def close(self) -> None:
        self._readers.close()


class Taker:
    """Gives the writer what other processes hand over; `hurry` is called when some of it armed due work."""

    def __init__(self, store: SqliteStore, hurry: Callable[[], None]) -> None:
        self._store, self._hurry = store, hurry

    def take(self, body: bytes, reply: Reply) -> None:
        handed = _HANDED.decode(body)
        try:
            self._store.queue(handed.statements, handed.priority, partial(self._answer, handed.hurries, reply))
        except Unavailable as error:
            self._answer(False, reply, error)

    def _answer(self, hurries: bool, reply: Reply, told: list[Answer] | Exception) -> None:
        if hurries and not isinstance(told, Exception):
            self._hurry()
        reply(_ENCODER.encode(_outcome(told)))


def _outcome(told: list[Answer] | Exception) -> Outcome:
    match told:
        case Stale():
            return Outcome("stale", str(told))
        case Unavailable():
            return Outcome("unavailable", str(told))
        case Exception():
            return Outcome("refused", f"{type(told).__name__}: {told}")
        case answers:
            return Outcome("done", answers=answers)
