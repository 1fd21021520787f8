"""A server of its own whose only person is paged by webhook; the receiver is on loopback too."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.kit.family import members
from tests.kit.installation import ADMIN, FIRST_ADMIN, Api, paged_by_webhook
from tests.kit.processes import answering, first_line, free_port, python, running, until
from tests.kit.strangers import post, read_answer


@dataclass
class Paged:
    """`path` takes events of a known key."""

    api: Api
    port: int
    pid: int
    path: str
    pagerduty_key: str
    log: Path
    _hooks: Path
    _count: "itertools.count[int]" = field(default_factory=itertools.count)

    async def fire(self, title: str) -> int:
        """Send an event as a monitoring system would, over a new connection; the status of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(post(self.path, json.dumps({"title": title, "dedup_key": title}).encode()))
            return (await read_answer(reader))[0]
        finally:
            writer.close()

    @property
    def api_pid(self) -> int:
        """The process that strangers meet."""
        return members(self.pid)["api"]

    def has_left(self, title: str) -> bool:
        """Whether the receiver has got this page."""
        return f'"{title}"'.encode() in self._hooks.read_bytes().replace(b"\\", b"") if self._hooks.exists() else False

    async def page(self, *, within_s: float = 30) -> float:
        """Seconds from sending an event to its page at the receiver. A refusal by 503 is sent again, as senders do."""
        title, began = f"page {next(self._count)}", time.monotonic()
        while (status := await self._fired(title)) != 202:
            assert status in (0, 503), status
            assert time.monotonic() - began < within_s, "the event was never taken"
            await asyncio.sleep(0.05)
        while not self.has_left(title):
            assert time.monotonic() - began < within_s, f"{title} did not leave within {within_s} s"
            await asyncio.sleep(0.005)
        return time.monotonic() - began

    async def _fired(self, title: str) -> int:
        try:
            return await self.fire(title)
        except (OSError, EOFError):
            return 0

    async def metric(self, name: str) -> float:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        text = (await reader.read()).decode()
        writer.close()
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


@contextlib.asynccontextmanager
async def paged(
    folder: Path,
    *,
    descriptors: tuple[int, int] | None = None,
    delay_s: int = 3600,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> AsyncGenerator[Paged]:
    """`descriptors`: the soft and the hard limit that the server starts with; levels follow each other by delay_s."""
    hooks, port, log = folder / "hooks.jsonl", free_port(), log or folder / "serve.log"
    async with running(*python("tests.kit.fake_webhook", "--log", str(hooks)), log=folder / "hook.log"):
        hook = await until("the receiver listens", first_line(folder / "hook.log"))
        settings = {
            "DATABASE_URL": f"sqlite:///{folder / 'dogwatch.sqlite'}",
            "DOGWATCH_PORT": str(port),
            "EGRESS_ALLOW_CIDRS": "127.0.0.0/8",
            **FIRST_ADMIN,
            **(env or {}),
        }
        limit = f"ulimit -Sn {descriptors[0]} && ulimit -Hn {descriptors[1]} && " if descriptors else ""
        command = ("sh", "-c", f'{limit}exec "$@"', "sh", *python("server.cli", "serve"))
        async with running(*command, log=log, env=settings) as process:
            await answering(f"http://127.0.0.1:{port}/health")
            api = await Api(f"http://127.0.0.1:{port}").sign_in(**ADMIN)
            keys = await _configure(api, f"http://127.0.0.1:{hook}/hook", delay_s)
            path = f"/ingest/events/{keys['events']}"
            yield Paged(api, port, process.pid, path, keys["pagerduty"], log, hooks)


async def _configure(api: Api, hook: str, delay_s: int) -> dict[str, str]:
    service = {"name": "shop", "grouping": {"by": "none"}}
    service |= await paged_by_webhook(api, hook, delay_s=delay_s, levels=3)
    service_id = (await api.call("POST", "/api/v1/services", service))["id"]
    keys: dict[str, str] = {}
    for source in ("events", "pagerduty"):
        wanted = {"name": source, "source": source, "service_id": service_id}
        keys[source] = (await api.call("POST", "/api/v1/integrations", wanted))["key"]
    return keys
