"""The live socket: greets, resumes where it stopped, waits longer after each failure."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from websockets.utils import accept_key

from phone.base.api.errors import SignedOut
from phone.base.api.live import ANSWERS_WITHIN_S, ASK_EVERY_S, TOKEN_ENDED, Live
from shared.wire.live import Ping, Reset
from tests.kit.fake_api import FakeLive, FakeSocket


class Listener:
    """Remembers what the socket told, and how long it waited."""

    def __init__(self, server: FakeLive) -> None:
        self.changes: list[tuple[str, str]] = []
        self.resets = 0
        self.states: list[bool] = []
        self.waits: list[float] = []
        self.renewals = 0
        self.at = 0.0
        self.live = Live(
            lambda: "https://api.test",
            self._token,
            renew=self._renew,
            connect=server.connect,
            sleep=self._sleep,
            seconds=lambda: self.at,
        )
        self.live.changed = lambda kind, ident: self.changes.append((kind, ident))
        self.live.reset = self._reset
        self.live.connected = self.states.append

    async def _token(self) -> str:
        return f"access-{self.renewals}"

    async def _renew(self) -> None:
        self.renewals += 1

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

    def _reset(self) -> None:
        self.resets += 1


@pytest.fixture
def server() -> FakeLive:
    return FakeLive()


@pytest.fixture
async def listener(server: FakeLive) -> AsyncGenerator[Listener]:
    listener = Listener(server)
    listener.live.start()
    await settled()
    yield listener
    listener.live.stop()


async def settled() -> None:
    for _ in range(12):
        await asyncio.sleep(0)


async def test_the_first_message_carries_the_token_and_the_first_greeting_loads_everything(
    server: FakeLive, listener: Listener
) -> None:
    assert server.sockets[0].first == {"token": "access-0", "epoch": None, "n": None}
    assert listener.states == [True]
    assert listener.resets == 1


async def test_changes_are_told(server: FakeLive, listener: Listener) -> None:
    server.say("incident", "inc-1")
    await settled()
    assert listener.changes == [("incident", "inc-1")]


async def test_a_lost_connection_resumes_where_it_stopped(server: FakeLive, listener: Listener) -> None:
    server.say("incident", "inc-1")
    await settled()
    server.sockets[0].close(1006)
    await settled()
    assert server.sockets[0].first == {"token": "access-0", "epoch": "e1", "n": 1}
    assert listener.states == [True, False, True]
    assert listener.resets == 1


async def test_a_reset_loads_everything_and_takes_the_new_place(server: FakeLive, listener: Listener) -> None:
    server.sockets[0].put(Reset(epoch="e2", n=40))
    server.sockets[0].put(Ping(n=41))
    await settled()
    server.refuse = True
    server.sockets[0].close(1006)
    await settled()
    assert listener.resets == 2
    assert listener.live._epoch == "e2"
    assert listener.live._n == 41


async def test_an_ended_token_is_renewed_before_the_next_greeting(server: FakeLive, listener: Listener) -> None:
    server.sockets[0].close(TOKEN_ENDED)
    await settled()
    assert server.sockets[0].first["token"] == "access-1"


async def test_each_failure_waits_longer_up_to_five_seconds(server: FakeLive, listener: Listener) -> None:
    server.refuse = True
    server.sockets[0].close(1006)
    for _ in range(12):
        await settled()
    assert len(listener.waits) > 7
    for i, waited in enumerate(listener.waits):
        longest = min(5, 2**i)
        assert longest / 2 <= waited <= longest


async def test_tries_that_hang_follow_each_other_within_five_seconds(
    server: FakeLive, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[float] = []

    @asynccontextmanager
    async def hang(url: str) -> AsyncGenerator[FakeSocket]:
        began.append(listener.at)
        listener.at += 4.5
        raise TimeoutError
        yield FakeSocket(server)

    async def sleep(seconds: float) -> None:
        listener.at += seconds
        await asyncio.sleep(0)

    monkeypatch.setattr(listener.live, "_connect", hang)
    monkeypatch.setattr(listener.live, "_sleep", sleep)
    server.sockets[0].close(1006)
    for _ in range(12):
        await settled()
    assert len(began) > 7
    assert all(after - before <= 5.01 for before, after in pairwise(began))


async def test_the_end_of_the_session_ends_the_listening(server: FakeLive) -> None:
    ended: list[bool] = []

    async def no_token() -> str:
        raise SignedOut

    async def renew() -> None: ...

    live = Live(lambda: "http://api.test", no_token, renew=renew, connect=server.connect)
    live.signed_out = lambda: ended.append(True)
    live.start()
    await settled()
    assert ended == [True]


async def test_a_server_that_stands_still_with_its_connections_open_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stand_still(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in request.splitlines() if line.lower().startswith("sec-websocket-key"))
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n".encode()
        )
        await asyncio.Event().wait()

    monkeypatch.setattr("phone.base.api.live.ASK_EVERY_S", 0.05)
    monkeypatch.setattr("phone.base.api.live.ANSWERS_WITHIN_S", 0.05)
    server = await asyncio.start_server(stand_still, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    silent, lost = asyncio.Event(), asyncio.Event()

    async def token() -> str:
        return "access"

    async def renew() -> None: ...

    live = Live(lambda: f"http://127.0.0.1:{port}", token, renew=renew)
    live.silent = silent.set
    live.connected = lambda is_live: None if is_live else lost.set()
    live.start()
    await silent.wait()
    await lost.wait()
    live.stop()
    server.close()


def test_what_stands_still_is_noticed_within_about_five_seconds() -> None:
    assert ASK_EVERY_S + ANSWERS_WITHIN_S <= 5
