"""`make bench`: ingest, accept to incident, event to provider-accept, idle memory. Compare within one run only."""

import asyncio
import contextlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx

from bench import payloads, schedules
from bench.load import Load, drive, memory_mib, request
from tests.kit.certificates import Authority
from tests.kit.processes import answering, first_line, free_port, python, running, until

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SINGLES = int(os.environ.get("BENCH_SINGLES", "6000"))
BATCHES = int(os.environ.get("BENCH_BATCHES", "200"))
BATCH, CONNECTIONS, TRIES = 100, 32, 20
ADMIN = {"email": "bench@example.com", "password": "a long enough password"}
ALERTMANAGER = "/usr/bin/prometheus-alertmanager"


async def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="dogwatch-bench-"))
    try:
        async with contextlib.AsyncExitStack() as open_things:
            ours = await open_things.enter_async_context(_dogwatch(folder))
            bare = await open_things.enter_async_context(_bare(folder))
            peer = await open_things.enter_async_context(_alertmanager(folder))
            await asyncio.sleep(2)
            print(f"idle memory: dogwatch {memory_mib(ours['pid']):.0f} MiB (all processes of `serve`, SQLite)")
            await _latencies(ours)
            await _ingest(ours, bare, peer)
        await schedules.main()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def _dogwatch(folder: Path) -> AsyncIterator[dict[str, Any]]:
    """Server on SQLite with a fake FCM, one person, one service with two integrations."""
    ca, credentials, pushes, port = folder / "ca.pem", folder / "fcm.json", folder / "pushes.jsonl", free_port()
    Authority.at(ca)
    fake = python("tests.kit.fake_fcm", "--log", str(pushes), "--ca", str(ca), "--credentials", str(credentials))
    async with running(*fake, log=folder / "fcm.log"):
        fcm = await until("the fake FCM listens", first_line(folder / "fcm.log"))
        env = {
            "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite'}",
            "DOGWATCH_PORT": str(port),
            "DOGWATCH_ADMIN_EMAIL": ADMIN["email"],
            "DOGWATCH_ADMIN_PASSWORD": ADMIN["password"],
            "FCM_CREDENTIALS": str(credentials),
            "FCM_ENDPOINT": f"https://localhost:{fcm}",
            "SSL_CERT_FILE": str(ca),
            "LOG_LEVEL": "error",
        }
        async with running(*python("server.cli", "serve"), log=folder / "serve.log", env=env) as process:
            await answering(f"http://127.0.0.1:{port}/health")
            paths = await _configure(f"http://127.0.0.1:{port}")
            yield {"port": port, "pid": process.pid, "pushes": pushes, **paths}


async def _configure(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:

        async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = await http.post(f"/api/v1/{path}", json=body)
            answer.raise_for_status()
            return answer.json()

        tokens = await post("auth/login", ADMIN)
        http.headers["authorization"] = f"Bearer {tokens['access_token']}"
        me = (await http.get("/api/v1/me")).json()
        await post("me/devices", {"name": "phone", "platform": "android", "value": "bench"})
        team = await post("teams", {"name": "Bench"})
        level = {"targets": [{"kind": "user", "id": me["id"]}], "delay_s": 3600}
        policy = await post("escalation-policies", {"name": "Bench", "team_id": team["id"], "levels": [level]})
        base = {"team_id": team["id"], "policy_id": policy["id"]}
        paged = await post("services", base | {"name": "paged", "grouping": {"by": "none"}})
        grouped = await post("services", base | {"name": "grouped"})
        paths = {"auth": dict(http.headers)["authorization"]}
        for name, source, service in (
            ("latency", "events", paged),
            ("single", "events", grouped),
            ("batch", "alertmanager", grouped),
        ):
            made = await post("integrations", {"name": name, "source": source, "service_id": service["id"]})
            paths[name] = f"/ingest/{source}/{made['key']}"
        return paths


@contextlib.asynccontextmanager
async def _bare(folder: Path) -> AsyncIterator[dict[str, Any]]:
    port = free_port()
    async with running(*python("bench.bare", str(port)), log=folder / "bare.log") as process:
        await answering(f"http://127.0.0.1:{port}/")
        yield {"port": port, "pid": process.pid}


@contextlib.asynccontextmanager
async def _alertmanager(folder: Path) -> AsyncIterator[dict[str, Any] | None]:
    """Debian's Alertmanager with a receiver that does nothing; None where it isn't installed."""
    if not Path(ALERTMANAGER).exists():
        print("alertmanager: not run (install prometheus-alertmanager)")
        yield None
        return
    config, port = folder / "am.yml", free_port()
    config.write_text("route: {receiver: none, group_by: [cluster]}\nreceivers: [{name: none}]\n")
    command = (
        ALERTMANAGER, f"--config.file={config}", f"--storage.path={folder / 'am'}", "--cluster.listen-address=",
        f"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
    )  # fmt: skip
    async with running(*command, log=folder / "am.log") as process:
        await answering(f"http://127.0.0.1:{port}/-/ready")
        yield {"port": port, "pid": process.pid}


async def _latencies(ours: dict[str, Any]) -> None:
    """From the moment an event is sent, nothing else going on."""
    accepted: list[float] = []
    opened: list[float] = []
    pushed: list[float] = []
    headers = {"authorization": ours["auth"]}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ours['port']}", headers=headers, timeout=20) as http:
        for n in range(TRIES):
            title, began = f"High 5xx ratio on lat-{n}", time.monotonic()
            answer = await http.post(ours["latency"], content=payloads.event("lat", n))
            answer.raise_for_status()
            accepted.append(time.monotonic() - began)
            while not (await http.get("/api/v1/incidents", params={"q": title, "limit": 1})).json()["items"]:
                await asyncio.sleep(0.001)
            opened.append(time.monotonic() - began)
            needle = title.encode()
            while needle not in (ours["pushes"].read_bytes() if ours["pushes"].exists() else b""):
                await asyncio.sleep(0.001)
            pushed.append(time.monotonic() - began)
    for name, found in (
        ("event to 202", accepted),
        ("event to committed incident (seen by the API)", opened),
        ("event to provider-accept", pushed),
    ):
        found.sort()
        p95 = found[int(len(found) * 0.95) - 1]
        print(f"{name}: p50 {statistics.median(found) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms, {TRIES} tries")


async def _ingest(ours: dict[str, Any], bare: dict[str, Any], peer: dict[str, Any] | None) -> None:
    for name, make in (("single events", _singles), (f"batches of {BATCH}", _batches)):
        runs: dict[str, list[Load]] = {}
        for turn in range(ROUNDS):
            for who, target in (("bare handler", bare), ("alertmanager", peer), ("dogwatch", ours)):
                if target is not None:
                    requests, size = make(who, target, f"r{turn}")
                    load = await drive(
                        target["port"],
                        requests,
                        events_each=size,
                        connections=CONNECTIONS,
                        pid=target["pid"],
                        until_done=(lambda: _drained(ours)) if who == "dogwatch" else None,
                    )
                    runs.setdefault(who, []).append(load)
                    await asyncio.sleep(1)
        _tell(name, runs)


def _singles(who: str, target: dict[str, Any], run: str) -> tuple[list[bytes], int]:
    makers: dict[str, Callable[[int], tuple[str, bytes]]] = {
        "bare handler": lambda n: ("/", payloads.event(run, n)),
        "alertmanager": lambda n: ("/api/v2/alerts", payloads.alertmanager(run, n, 1)),
        "dogwatch": lambda n: (target["single"], payloads.event(run, n)),
    }
    return [request(target["port"], *makers[who](n)) for n in range(SINGLES)], 1


def _batches(who: str, target: dict[str, Any], run: str) -> tuple[list[bytes], int]:
    makers: dict[str, Callable[[int], tuple[str, bytes]]] = {
        "bare handler": lambda n: ("/", payloads.webhook(run, n * BATCH, BATCH)),
        "alertmanager": lambda n: ("/api/v2/alerts", payloads.alertmanager(run, n * BATCH, BATCH)),
        "dogwatch": lambda n: (target["batch"], payloads.webhook(run, n * BATCH, BATCH)),
    }
    return [request(target["port"], *makers[who](n)) for n in range(BATCHES)], BATCH


async def _drained(ours: dict[str, Any]) -> None:
    """Until the engine has worked through what was accepted."""
    began = time.monotonic()
    headers = {"authorization": ours["auth"]}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ours['port']}", headers=headers, timeout=20) as http:

        async def look() -> bool | None:
            waiting = await http.get("/api/v1/events", params={"state": "waiting", "limit": 1})
            return not waiting.json()["items"] or None

        await until("the engine is done", look, within_s=300)
    print(f"  worked through after {time.monotonic() - began:.1f} s")


def _tell(name: str, runs: dict[str, list[Load]]) -> None:
    """Medians, and what ours is to each of the others."""
    print(f"{name}:")
    ours = statistics.median(load.cpu_us_per_event for load in runs["dogwatch"])
    for who, loads in runs.items():
        cpu = statistics.median(load.cpu_us_per_event for load in loads)
        rate = statistics.median(load.per_second for load in loads)
        refused = sum(load.refused for load in loads)
        ratio = "" if who == "dogwatch" else f"; dogwatch costs {ours / cpu:.2f} times that CPU"
        print(f"  {who}: {cpu:.0f} us CPU/event, {rate:.0f} events/s, refused {refused}{ratio}")


if __name__ == "__main__":
    asyncio.run(main())
