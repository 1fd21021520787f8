"""An installation as whole processes, whose pages go to a webhook on loopback, and the floods that are sent to it."""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from server.pipeline.run import lane_of
from tests.kit.fake_http import running as serving
from tests.kit.fake_webhook import FakeWebhook
from tests.kit.family import tree
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api, paged_by_webhook
from tests.kit.processes import answering, free_port, python, running, until
from tests.kit.stores import SECRET

CONNECTIONS = 16
FIRED_AT = "2026-11-21T03:00:00Z"


async def _nobody(*_: str) -> None:
    """Nothing was started yet."""


@dataclass
class StormSite:
    """One team, one responder with a webhook, a service grouped by the label `cluster`.

    `ways` are ingest paths by name; `pids` the processes by what they are, and `start` starts one that has ended.
    """

    api: Api
    port: int
    hook: FakeWebhook
    folder: Path
    pids: dict[str, int]
    service: str = ""
    flooding: str = ""
    ways: dict[str, str] = field(default_factory=dict[str, str])
    start: Callable[..., Awaitable[None]] = _nobody

    async def add_way(self, name: str) -> str:
        """Another Alertmanager integration of the service; returns its id."""
        wanted = {"name": name, "source": "alertmanager", "service_id": self.service}
        made = await self.api.call("POST", "/api/v1/integrations", wanted)
        self.ways[name] = f"/ingest/alertmanager/{made['key']}"
        return made["id"]

    async def add_neighbour(self) -> None:
        """A way `beside` in the same lane as the way `flood`."""
        while lane_of(await self.add_way("beside")) != lane_of(self.flooding):
            pass

    async def configure(self, *, levels: int, delay_s: int) -> None:
        await self.api.sign_in(**ADMIN)
        owner = await paged_by_webhook(self.api, self.hook.url(), levels=levels, delay_s=delay_s)
        self.hook.requests.clear()
        service = {"name": "shop", "grouping": {"by": "labels", "labels": ["cluster"]}}
        self.service = (await self.api.call("POST", "/api/v1/services", service | owner))["id"]
        self.flooding = await self.add_way("flood")

    def pages(self, word: str = "") -> list[Any]:
        """The pages that have arrived and hold the word, in order."""
        pages = [request for request in self.hook.requests if request.json["type"] == "notification.page"]
        return [request for request in pages if word.encode() in request.body]

    async def first_page(self, word: str, *, within_s: float = 120) -> float:
        """When the first page arrived that holds the word."""

        async def look() -> float | None:
            found = self.pages(word)
            return found[0].at if found else None

        return await until(f"a page about {word}", look, within_s=within_s)

    async def metric(self, name: str) -> float:
        """The sum of a metric over its labels; 0 when there is none yet."""
        text: str = (await _text(self.api, "/metrics")).decode()
        lines = [line for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    async def worked_through(self, *, within_s: float = 300) -> None:
        async def look() -> bool | None:
            waiting = (await self.api.call("GET", "/api/v1/events", params={"state": "waiting", "limit": 1}))["items"]
            return not waiting or None

        await until("everything accepted is worked through", look, within_s=within_s)


async def _text(api: Api, path: str) -> bytes:
    async with httpx.AsyncClient(base_url=api.url, timeout=20) as client:
        return (await client.get(path)).content


@contextlib.asynccontextmanager
async def storm_site(
    folder: Path,
    *,
    database_url: str | None = None,
    settings: Mapping[str, str] | None = None,
    processes: int = 1,
    in_one_family: bool = False,
    levels: int = 1,
    delay_s: int = 3600,
) -> AsyncIterator[StormSite]:
    """`serve` on SQLite; or so many API processes and workers on a migrated PostgreSQL database.

    `in_one_family`: on PostgreSQL `serve` has the engine too, and starts again whatever dies.
    `levels`, `delay_s`: of the policy, whose levels are all the same responder.
    """
    port, hook = free_port(), FakeWebhook()
    env = {
        "DATABASE_URL": database_url or f"sqlite:///{folder / 'storm.sqlite'}",
        "DOGWATCH_SECRET_KEY": SECRET,
        "DOGWATCH_PORT": str(port),
        "EGRESS_ALLOW_CIDRS": "127.0.0.0/8",
        "LOG_LEVEL": "error",
        **FIRST_ADMIN,
        **(settings or {}),
    }
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(serving(hook))
        pids: dict[str, int] = {}
        serve = ("serve", "--processes", str(processes))
        is_apart = database_url is not None and not in_one_family
        workers = {f"worker {n}": ("worker",) for n in range(1, processes + 1)} if is_apart else {}
        commands = {"serve": (*serve, "--api-only") if is_apart else serve, **workers}

        async def start(*names: str) -> None:
            for name in names:
                process = running(*python("server.cli", *commands[name]), log=folder / f"{name}.log", env=env)
                pids[name] = (await stack.enter_async_context(process)).pid
            await answering(f"http://127.0.0.1:{port}/health")

        await start(*commands)
        site = StormSite(Api(f"http://127.0.0.1:{port}"), port, hook, folder, pids, start=start)
        await site.configure(levels=levels, delay_s=delay_s)
        yield site


def body(cluster: str, names: Iterable[str], *, severity: str = "critical", status: str = "firing") -> bytes:
    """An Alertmanager webhook: one alert for each name, all of one cluster."""
    alerts = [
        {
            "status": status,
            "labels": {"alertname": "HighErrorRate", "cluster": cluster, "pod": name, "severity": severity},
            "annotations": {
                "summary": f"High 5xx ratio on {cluster}, {name}",
                "description": "the error budget burns " * 4,
            },
            "startsAt": FIRED_AT,
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example.com/graph",
            "fingerprint": f"{cluster}-{name}",
        }
        for name in names
    ]
    common = {
        "version": "4",
        "groupKey": "{}",
        "status": status,
        "receiver": "r",
        "externalURL": "http://am.example.com",
    }
    return json.dumps(
        common | {"groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "alerts": alerts}
    ).encode()


class Sender:
    """Posts bodies over keep-alive connections, and counts the answers by status."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers: dict[int, int] = {}

    async def all(self, path: str, bodies: Iterable[bytes], *, connections: int = CONNECTIONS) -> None:
        """Each body once, as fast as they are taken."""
        waiting = iter(bodies)

        async def one() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for each in waiting:
                await self._post(reader, writer, path, each)
            writer.close()

        await asyncio.gather(*(one() for _ in range(connections)))

    async def steadily(self, path: str, cluster: str, *, rate: float, seconds: float) -> None:
        """Distinct alerts of one cluster, one a request, `rate` a second."""
        began, total = time.monotonic(), int(rate * seconds)
        numbers = iter(range(total))

        async def one() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for n in numbers:
                await asyncio.sleep(max(0.0, began + n / rate - time.monotonic()))
                await self._post(reader, writer, path, body(cluster, [f"p{n}"]))
            writer.close()

        await asyncio.gather(*(one() for _ in range(CONNECTIONS)))

    async def _post(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, content: bytes
    ) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        status = int(answer[9:12])
        self.answers[status] = self.answers.get(status, 0) + 1


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes and of what they started, of those that have ended too."""
    total = 0
    for pid in (each for root in pids for each in tree(root)):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15]))
    return total / os.sysconf("SC_CLK_TCK")
