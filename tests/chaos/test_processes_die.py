"""`serve` is an engine and processes that serve the API: either may be killed at any moment, and all end together."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.kit.family import another, members
from tests.kit.installation import ADMIN, FIRST_ADMIN
from tests.kit.paged import Paged, paged
from tests.kit.processes import PLAIN, answering, free_port, python, running, until


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Paged]:
    async with paged(tmp_path, delay_s=5) as found:
        yield found


async def test_a_page_leaves_while_whatever_serves_the_api_is_killed(server: Paged) -> None:
    assert await server.fire("accepted") == 202
    kills = 0
    while not server.has_left("accepted") or kills < 5:
        if (serving := members(server.pid).get("api")) is not None:
            os.kill(serving, signal.SIGKILL)
            kills += 1
        await asyncio.sleep(0.02)
        assert kills < 100, "the page did not leave"
    await answering(f"{server.api.url}/health")
    await server.page()


async def test_a_killed_engine_is_followed_by_another_that_pages_and_takes_writes(server: Paged) -> None:
    for round in range(3):
        engine = members(server.pid)["engine"]
        assert await server.fire(f"before {round}") == 202
        os.kill(engine, signal.SIGKILL)
        await until(f"the page of round {round}", lambda n=round: _true(server.has_left(f"before {n}")), within_s=10)
        assert await another(server.pid, "engine", engine) != engine
        await server.page(within_s=10)


async def test_while_the_engine_hangs_reads_go_on_writes_are_to_be_sent_again_and_it_is_replaced(
    server: Paged,
) -> None:
    engine = members(server.pid)["engine"]
    os.kill(engine, signal.SIGSTOP)
    try:
        async with httpx.AsyncClient(base_url=server.api.url, timeout=30, verify=PLAIN) as http:
            assert (await http.get("/health")).status_code == 200
            found = await http.get("/health/engine")
            assert (found.status_code, found.json()["status"]) == (503, "stuck")
            refused = await http.post(server.path, json={"title": "x", "dedup_key": "x"})
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert await another(server.pid, "engine", engine) != engine
        await server.page()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(engine, signal.SIGCONT)


async def test_whoever_waits_for_a_hung_engine_when_all_ends_is_told_to_come_again(server: Paged) -> None:
    """The write of each of them waits longer than the end does, and nobody knows whether it was done."""
    engine = members(server.pid)["engine"]
    os.kill(engine, signal.SIGSTOP)
    try:
        async with httpx.AsyncClient(base_url=server.api.url, timeout=30, verify=PLAIN) as http:
            event = {"title": "x", "dedup_key": "x"}
            imitated = {"routing_key": server.pagerduty_key, "event_action": "resolve", "dedup_key": "x"}
            asked = [
                *(asyncio.create_task(http.post(server.path, json=event)) for _ in range(8)),
                *(asyncio.create_task(http.post("/v2/enqueue", json=imitated)) for _ in range(2)),
                *(asyncio.create_task(http.post("/api/v1/auth/login", json=ADMIN)) for _ in range(2)),
            ]
            await asyncio.sleep(1)
            os.kill(server.pid, signal.SIGTERM)
            answers = await asyncio.gather(*asked)
        assert [answer.status_code for answer in answers] == [503] * len(asked)
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers)
        assert all(answer.headers["x-content-type-options"] == "nosniff" for answer in answers)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(engine, signal.SIGCONT)


@pytest.mark.parametrize("name", ["engine", "api"])
async def test_whoever_is_killed_while_all_starts_is_started_again(tmp_path: Path, name: str) -> None:
    port = free_port()
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite'}", "DOGWATCH_PORT": str(port)}
    async with running(*python("server.cli", "serve"), log=tmp_path / "log", env=env) as process:
        os.kill(await another(process.pid, name, 0), signal.SIGKILL)
        await answering(f"http://127.0.0.1:{port}/health")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_everything_in_time_and_nothing_stays(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite'}", "DOGWATCH_PORT": str(port), "TMPDIR": str(tmp_path)}
    async with running(*python("server.cli", "serve", "--processes", "2"), log=tmp_path / "log", env=env) as process:
        await answering(f"http://127.0.0.1:{port}/health")
        [socket_] = tmp_path.glob("dogwatch-*/engine.socket")
        assert socket_.stat().st_mode & 0o777 == 0o600
        await until("the second is there too", lambda: _true("api 2" in members(process.pid)))
        found = members(process.pid)
        assert set(found) == {"engine", "api 1", "api 2"}
        process.send_signal(number)
        assert await asyncio.to_thread(process.wait, 10) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in found.values())
    assert not list(tmp_path.glob("dogwatch-*"))


async def test_whoever_can_not_write_to_its_log_pages_all_the_same(tmp_path: Path) -> None:
    """As on a full disk: every line fails, also those about what fails."""
    async with paged(tmp_path, log=Path("/dev/full"), env={"LOG_LEVEL": "debug"}) as server:
        await server.page()
        engine = members(server.pid)["engine"]
        os.kill(engine, signal.SIGKILL)
        assert await another(server.pid, "engine", engine) != engine
        await server.page()


async def test_whoever_loses_their_parent_ends_too(tmp_path: Path) -> None:
    port = free_port()
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite'}", "DOGWATCH_PORT": str(port)}
    async with running(*python("server.cli", "serve"), log=tmp_path / "log", env=env) as process:
        await answering(f"http://127.0.0.1:{port}/health")
        found = members(process.pid)
        process.kill()
        await until("all are gone", lambda: _true(not any(Path(f"/proc/{pid}").exists() for pid in found.values())))


async def test_two_processes_serve_one_installation(tmp_path: Path) -> None:
    """Whoever answers knows what the other was told, and the metrics are those of all."""
    port = free_port()
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite'}", "DOGWATCH_PORT": str(port), **FIRST_ADMIN}
    async with running(*python("server.cli", "serve", "--processes", "2"), log=tmp_path / "log", env=env):
        url = f"http://127.0.0.1:{port}"
        await answering(f"{url}/health")
        clients = [httpx.AsyncClient(base_url=url, timeout=30, verify=PLAIN) for _ in range(8)]
        signed_in = await asyncio.gather(*(each.post("/api/v1/auth/login", json=ADMIN) for each in clients))
        token = f"Bearer {signed_in[0].json()['access_token']}"
        for client in clients:
            client.headers["authorization"] = token
        team = (await clients[0].post("/api/v1/teams", json={"name": "Ops"})).json()
        service = (await clients[1].post("/api/v1/services", json={"name": "s", "team_id": team["id"]})).json()
        wanted = {"name": "way", "source": "events", "service_id": service["id"]}
        way = (await clients[2].post("/api/v1/integrations", json=wanted)).json()
        bodies = [{"title": f"t{n}", "dedup_key": f"k{n}"} for n in range(8)]
        sent = await asyncio.gather(
            *(
                client.post(f"/ingest/events/{way['key']}", json=each)
                for client, each in zip(clients, bodies, strict=True)
            )
        )
        assert {answer.status_code for answer in sent} == {202}
        metrics = {(await client.get("/metrics")).text for client in clients}
        accepted = [
            line for text in metrics for line in text.splitlines() if line.startswith("dogwatch_events_accepted_total")
        ]
        assert {line.rpartition(" ")[2] for line in accepted} == {"8.0"}
        for client in clients:
            await client.aclose()


async def _true(found: bool) -> bool | None:
    return found or None
