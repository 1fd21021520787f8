"""Processes of one machine over a socket: questions and answers, whoever dies."""

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from threading import Thread

import pytest

from server.kernel.database import Database, Writes, open_database
from server.kernel.errors import Stale, Unavailable
from server.kernel.ipc import Client, Handlers, Server, What
from server.kernel.ipc.frames import LARGEST, Reply
from server.kernel.settings import Settings
from server.kernel.tables import Change, Due
from tests.kernel.test_database import NOW, due


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as found:
        found.bind(str(tmp_path / "s"))
        found.listen()
        yield found


def path_of(listening: socket.socket) -> Path:
    return Path(listening.getsockname())


def echo(body: bytes, reply: Reply) -> None:
    reply(body)


def silence(_: bytes, __: Reply) -> None:
    """Never answers."""


@contextlib.asynccontextmanager
async def line(listening: socket.socket, handlers: Handlers | None = None) -> AsyncIterator[Client]:
    async with Client(path_of(listening), handlers or {}) as client:
        yield client


async def test_many_questions_at_once_get_their_own_answers_whatever_their_size(listening: socket.socket) -> None:
    bodies = [bytes([n % 256]) * size for n, size in enumerate((0, 1, 70_000, 3_000_000, *range(200)))]
    with Server(listening, {What.STATE: echo}):
        async with line(listening) as client:
            assert await asyncio.gather(*(client.call(What.STATE, body) for body in bodies)) == bodies


async def test_a_question_before_anybody_listens_is_answered_when_somebody_does(listening: socket.socket) -> None:
    async with line(listening) as client:
        asked = asyncio.create_task(client.call(What.STATE, b"early"))
        await asyncio.sleep(0.1)
        with Server(listening, {What.STATE: echo}):
            assert await asked == b"early"


async def test_whoever_waits_when_the_other_side_ends_is_told_and_the_next_question_is_answered(
    listening: socket.socket,
) -> None:
    async with line(listening) as client:
        with Server(listening, {What.STATE: silence}) as first:
            asked = [asyncio.create_task(client.call(What.STATE, b"?")) for _ in range(3)]
            while not first.is_used:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
        for each in asked:
            with pytest.raises(Unavailable, match="went away"):
                await each
        with Server(listening, {What.STATE: echo}):
            assert await client.call(What.STATE, b"again") == b"again"


async def test_somebody_who_comes_and_goes_at_once_is_unavailable_too(listening: socket.socket) -> None:
    """Whoever waited for them is woken after they have gone."""
    gone = Thread(target=lambda: [listening.accept()[0].close() for _ in range(20)], daemon=True)
    async with line(listening) as client:
        asked = [asyncio.create_task(client.call(What.STATE, within_s=2)) for _ in range(20)]
        await asyncio.sleep(0)
        gone.start()
        for each in asked:
            with pytest.raises(Unavailable):
                await each


async def test_a_body_too_large_for_a_frame_costs_nobody_else_the_line(listening: socket.socket) -> None:
    with Server(listening, {What.STATE: echo}):
        async with line(listening) as client:
            await client.call(What.STATE)
            large, other = await asyncio.gather(
                client.call(What.STATE, bytes(LARGEST + 1)), client.call(What.STATE, b"other"), return_exceptions=True
            )
            assert (isinstance(large, Unavailable), other) == (True, b"other")


async def test_no_answer_in_time_is_unavailable(listening: socket.socket) -> None:
    async with line(listening) as client:
        with pytest.raises(Unavailable):
            await client.call(What.STATE, within_s=0.05)
        with Server(listening, {What.STATE: silence}), pytest.raises(Unavailable, match="in time"):
            await client.call(What.STATE, within_s=0.05)


async def test_the_side_that_listens_notes_and_asks_too(listening: socket.socket) -> None:
    heard = asyncio.Event()
    found: asyncio.Future[list[bytes]] = asyncio.get_running_loop().create_future()
    here = asyncio.get_running_loop()

    def news(_: bytes, __: Reply) -> None:
        heard.set()

    async with line(listening, {What.COMMIT: news, What.STATE: echo}) as client:
        asking: list[asyncio.Task[None]] = []

        def ask(_: bytes, reply: Reply) -> None:
            async def all_of_them() -> None:
                answers = await server.ask_all(What.STATE, within_s=5)
                here.call_soon_threadsafe(found.set_result, answers)
                reply(b"")

            asking.append(asyncio.get_running_loop().create_task(all_of_them()))

        server = Server(listening, {What.WRITE: ask})
        with server:
            await client.call(What.WRITE)
            assert await found == [b""]
            server.signal(What.COMMIT)
            await asyncio.wait_for(heard.wait(), 30)


async def test_what_is_no_frame_of_ours_ends_the_connection_and_not_the_server(listening: socket.socket) -> None:
    with Server(listening, {What.STATE: echo}):
        for junk in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", (LARGEST + 1).to_bytes(4) + b"\0" * 20, b"\0" * 9 + b"\x63"):
            reader, writer = await asyncio.open_unix_connection(str(path_of(listening)))
            writer.write(junk)
            assert await asyncio.wait_for(reader.read(), 30) == b""
            writer.close()
        async with line(listening) as client:
            assert await client.call(What.STATE, b"still") == b"still"


@pytest.fixture
async def beside(settings: Settings, db: Database, listening: socket.socket) -> AsyncIterator[Database]:
    """The database as a process sees it that doesn't have the writer; hurries set `hurried`."""
    hurried.clear()
    takes = db.takes_writes(lambda: hurried.append(1))
    assert takes is not None
    with Server(listening, {What.WRITE: takes}):
        async with line(listening) as client:
            remote = await open_database(settings, writer=client)
            yield remote
            await remote.close()


hurried: list[int] = []


async def test_what_is_handed_over_is_committed_and_read_at_once(beside: Database, db: Database) -> None:
    rows = [due(str(n), error={"at": [n]}) for n in range(300)]
    writes = Writes().insert_many(Due, rows).sql("DELETE FROM due WHERE id IN :ids", ids=("1", "2"), expect=2)
    writes.insert(Change, kind="incident", object_id="é 中", rev=1, team_id=None, changed_at=NOW)
    writes.sql("UPDATE counter SET value = value + 2 WHERE name = 'incident' RETURNING value, name")
    answers = await beside.apply(writes)
    assert answers[-1] == (["value", "name"], [(2, "incident")])
    for each in (beside, db):
        assert await each.value("SELECT COUNT(*) FROM due") == 298
        assert await each.value("SELECT object_id FROM change") == "é 中"


async def test_bytes_and_names_of_kinds_go_over_as_they_are(beside: Database) -> None:
    class Name(str):
        __slots__ = ()

    writes = Writes().sql("UPDATE due SET id = id WHERE id = :a OR id = :b RETURNING id", a=b"\0\xff", b=Name("x"))
    assert await beside.apply(writes) == [(["id"], [])]


async def test_a_missed_guard_writes_nothing_and_a_bug_is_no_stale(beside: Database) -> None:
    await beside.apply(Writes().insert(Due, **due("a")))
    with pytest.raises(Stale):
        await beside.apply(Writes().insert(Due, **due("b")).update(Due, {"id": "a", "fence": 7}, attempts=1))
    with pytest.raises(Stale):
        await beside.apply(Writes().insert(Due, **due("b", ref="a")))
    with pytest.raises(sqlite3.DatabaseError, match="nothing_like_it"):
        await beside.apply(Writes().sql("UPDATE nothing_like_it SET a = 1"))
    assert await beside.values("SELECT id, attempts FROM due") == [("a", 0)]


async def test_what_arms_due_work_hurries_the_process_that_does_it(beside: Database) -> None:
    await beside.apply(Writes().insert(Due, **due("a")))
    assert hurried == []
    writes = Writes().insert(Due, **due("b"))
    writes.hurries = True
    await beside.apply(writes)
    assert hurried == [1]


async def test_a_process_beside_the_writer_can_not_write_by_itself(beside: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await beside.values("DELETE FROM due RETURNING id")
