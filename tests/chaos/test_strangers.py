"""A real server under what strangers do to it: pages leave meanwhile, and whoever asks too much is told so."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bench.load import resident_mib
from mobile_app.visitors import CROWDED, MOST
from tests.kit.paged import Paged, paged
from tests.kit.processes import answering, free_port, python, running, until
from tests.kit.strangers import (
    BIG_PAGERDUTY,
    DESCRIPTION,
    FORM,
    HALF_HEAD,
    Attacker,
    get,
    post,
    read_answer,
    register,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = 1_100
LOGIN = post("/api/v1/auth/login", b'{"email": "a@example.com", "password": "a wrong password"}')
DEEP = post("/api/v1/receipts", b'{"a": [' + b"[]," * 10_000 + b"1]}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Paged]:
    """With no more descriptors than most shells give, and no way to raise them."""
    async with paged(tmp_path_factory.mktemp("strangers"), descriptors=(1024, 1024), delay_s=15) as made:
        await made.page()
        yield made


LOOPS: dict[str, tuple[bytes, int, set[int]]] = {
    "description": (DESCRIPTION, 6, {200}),
    "form": (FORM, 6, {404}),
    "crowd": (get("/health"), 60, {200, 429}),
    "routing key": (BIG_PAGERDUTY, 6, {404, 429}),
    "sign-in": (LOGIN, 6, {401, 429}),
    "odd JSON": (DEEP, 6, {400}),
}


@pytest.mark.parametrize(("request_", "connections", "statuses"), LOOPS.values(), ids=LOOPS)
async def test_a_page_leaves_while_strangers_ask_in_a_loop(
    server: Paged, request_: bytes, connections: int, statuses: set[int]
) -> None:
    attacker = Attacker(server.port)
    async with attacker.loop(request_, connections=connections) as seen:
        await until("the attack is on", lambda: _true(seen.answers >= 6))
        before = seen.answers
        await server.page()
        await until("it went on beside the page", lambda: _true(seen.answers > before))
    assert seen.statuses.keys() <= statuses | {0}, seen.statuses


async def test_pages_leave_while_half_requests_stand(server: Paged) -> None:
    """The second level's page is due in the middle of it, and needs descriptors of its own."""
    failed_before = server.log.read_text().count("delivery.failed")
    async with Attacker(server.port).held(HALF_HEAD, connections=MANY) as held:
        assert len(held) == MANY
        for _ in range(3):
            await server.page()
        assert await server.fire("in the middle") == 202
        await until("the first level's page left", lambda: _true(server.has_left("in the middle")))
        assert len(os.listdir(f"/proc/{server.api_pid}/fd")) < 1024 - 200, "what is kept for the engine"
        async with asyncio.timeout(20):
            first, last = await read_answer(held[0]), await read_answer(held[-1])
        assert (first[0], last[0]) == (503, 408), "the oldest made room, the others took too long"
    assert server.log.read_text().count("delivery.failed") == failed_before
    assert await server.metric('dogwatch_requests_refused_total{reason="no_place"}') > 0
    assert await server.metric('dogwatch_requests_refused_total{reason="head_timeout"}') > 0
    assert "connections.refused" in server.log.read_text(), "the log names the cause"


@pytest.mark.parametrize("line", [b"x-a: " + b"y" * 16_000 + b"\r\n", b"y" * 16_000])
async def test_a_head_without_end_costs_no_memory(server: Paged, line: bytes) -> None:
    before = resident_mib(server.api_pid)
    attacker = Attacker(server.port)
    found = await asyncio.gather(*(attacker.endless(b"GET /health HTTP/1.1\r\nX-a: ", line) for _ in range(4)))
    assert {status for status, _ in found} == {431}
    assert resident_mib(server.api_pid) - before < 20
    await server.page()


async def test_the_front_door_of_sockets_is_small(server: Paged) -> None:
    async with Attacker(server.port).sockets("/api/v1/live", count=80) as opened:
        assert len(opened) == 80
        await server.page()
        crowded = 'dogwatch_requests_refused_total{reason="sockets_waiting"}'
        assert await server.metric(crowded) >= 80 - 64


async def test_a_known_sender_at_the_attackers_address_is_never_refused_for_it(server: Paged) -> None:
    """A storm of unknown keys from 127.0.0.1, where the known sender is too."""
    attacker = Attacker(server.port)
    async with attacker.loop(post("/ingest/events/nobody", b"{}"), connections=60) as seen:
        await until("the attack is on", lambda: _true(seen.answers >= 100))
        sent = [await server.fire(f"known {n}") for n in range(20)]
        event = {"routing_key": server.pagerduty_key, "event_action": "trigger"}
        event |= {"payload": {"summary": "known by its body", "source": "x", "severity": "critical"}}
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(post("/v2/enqueue", json.dumps(event).encode()))
        sent.append((await read_answer(reader))[0])
        writer.close()
    assert sent == [202] * 21
    assert 429 in seen.statuses


async def test_few_strangers_stand_at_the_apps_sign_in_form(tmp_path: Path) -> None:
    """Each costs the app's process almost a megabyte; the next one makes the first go."""
    port, log = free_port(), tmp_path / "app.log"
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'dogwatch.sqlite'}", "DOGWATCH_APP_PORT": str(port)}
    async with running(*python("server.cli", "app"), log=log, env=env):
        await answering(f"http://127.0.0.1:{port}/")
        sockets = [await register(f"ws://127.0.0.1:{port}/ws") for _ in range(MOST + 5)]
        await asyncio.wait_for(asyncio.gather(*(each.wait_closed() for each in sockets[:5])), 20)
        assert {each.close_code for each in sockets[:5]} == {CROWDED}
        assert all(each.close_code is None for each in sockets[5:])
        status, _ = await Attacker(port).endless(b"GET / HTTP/1.1\r\nX-a: ", b"y" * 16_000)
        assert status == 431, "the same limits on heads as the server's"
        for each in sockets:
            each.transport.abort()
    assert "Unhandled error" not in log.read_text()


async def _true(is_so: bool) -> bool | None:
    return is_so or None
