"""Status pages: how long a page takes beside publishing to many subscribers, and how many visitors one core serves."""

import asyncio
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from shared.wire import routes
from tests.kit.family import tree
from tests.kit.postgres import AS_INSTALLED, postgres_server
from tests.kit.processes import free_port, python, running, until
from tests.kit.stores import postgres_settings
from tests.kit.storm_site import Sender, StormSite, body, cpu_seconds, storm_site

SUBSCRIBERS = int(os.environ.get("BENCH_SUBSCRIBERS", "2000"))
RATE, SECONDS = 100, 20
REQUESTS, VISITORS = 20_000, 16
ENGINES = os.environ.get("BENCH_ENGINES", "sqlite,postgres").split(",")


async def main() -> None:
    for engine in ENGINES:
        print(f"publishing on {engine}:", flush=True)
        async with _site(engine) as (site, letters):
            page = await _page(site.api)
            print(f"  alone: {await _beside(site, 'alone')}", flush=True)
            publishing = asyncio.create_task(_publish(site.api, page))
            told = await _beside(site, "publishing")
            published = await publishing
            print(f"  beside {published} updates to {SUBSCRIBERS} subscribers: {told}", flush=True)
            print(
                f"  letters by then: {len(letters.read_text().splitlines())} of {published * SUBSCRIBERS}", flush=True
            )
            await _visit(site, page["slug"])


@contextlib.asynccontextmanager
async def _site(engine: str) -> AsyncIterator[tuple[StormSite, Path]]:
    with tempfile.TemporaryDirectory(prefix="dogwatch-publishing-") as folder, contextlib.ExitStack() as stack:
        url, port, letters = None, free_port(), Path(folder) / "letters.jsonl"
        if engine == "postgres":
            url = (await postgres_settings(stack.enter_context(postgres_server(AS_INSTALLED)))).database_url
        settings = {
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "SMTP_FROM": "dogwatch@example.com",
            "STATUS_FOLDER": f"{folder}/status",
        }
        relay = python("tests.kit.fake_smtp", "--port", str(port), "--log", str(letters))
        async with (
            running(*relay, log=Path(folder) / "relay.log"),
            storm_site(Path(folder), database_url=url, settings=settings) as site,
        ):
            yield site, letters


async def _page(api: Any) -> dict[str, Any]:
    """With a component that may fail, and its subscribers taken from a table."""
    team = (await api.call("GET", "/api/v1/teams"))["items"][0]["id"]
    page = await api.call("POST", routes.STATUS_PAGES, {"name": "Nordwind", "slug": "nordwind", "team_id": team})
    path = routes.STATUS_COMPONENTS.format(status_page_id=page["id"])
    groups = [{"components": [{"name": {"en": "Checkout"}}]}]
    made = await api.call("PUT", path, {"groups": groups}, headers={"if-match": f'"{page["rev"]}"'})
    table = "email\n" + "\n".join(f"reader{n}@example.com" for n in range(SUBSCRIBERS))
    await api.call("POST", routes.STATUS_SUBSCRIBERS_CSV.format(status_page_id=page["id"]), {"csv": table})
    return page | {"component": made["groups"][0]["components"][0]["id"]}


async def _publish(api: Any, page: dict[str, Any]) -> int:
    """An event, and an update of it each second; how many were published."""
    changes = [{"component_id": page["component"], "impact": "full_outage"}]
    first = {"status": "investigating", "body": {"en": "Looking."}, "changes": changes}
    path = routes.STATUS_EVENTS.format(status_page_id=page["id"])
    event = await api.call("POST", path, {"kind": "incident", "title": {"en": "Cards fail"}, "updates": [first]})
    updates = routes.STATUS_UPDATES.format(status_page_id=page["id"], status_event_id=event["id"])
    for number in range(SECONDS - 2):
        await asyncio.sleep(1)
        await api.call("POST", updates, {"status": "identified", "body": {"en": f"Still at it, {number}."}})
    return SECONDS - 1


async def _beside(site: StormSite, word: str) -> str:
    """What a new critical group's page takes while others stream, from being sent until the webhook has it."""
    if "beside" not in site.ways:
        await site.add_neighbour()
    stream = asyncio.create_task(
        Sender(site.port).steadily(site.ways["flood"], f"{word}-calm", rate=RATE, seconds=SECONDS)
    )
    took: list[float] = []
    used = cpu_seconds(site.pids.values())
    for number in range(SECONDS - 1):
        cluster = f"{word}-new{number}."
        began = time.time()
        await Sender(site.port).all(site.ways["beside"], [body(cluster, ["p"])], connections=1)
        took.append((await site.first_page(cluster) - began) * 1000)
        await asyncio.sleep(max(0.0, 1 - took[-1] / 1000))
    await stream
    share = (cpu_seconds(site.pids.values()) - used) / SECONDS
    return (
        f"page after {statistics.median(took):.0f} ms, worst {max(took):.0f}, beside {RATE} alerts a second;"
        f" CPU {share:.0%} of a core"
    )


async def _visit(site: StormSite, slug: str) -> None:
    """The server on one core, its visitors on the other."""
    head = f"GET {routes.STATUS_SITES}/{slug}/ HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    for pid in {each for root in site.pids.values() for each in tree(root)}:
        os.sched_setaffinity(pid, {0})
    os.sched_setaffinity(0, {1})
    await until("the site is shown", lambda: _shown(site.port, head), within_s=20)
    took: list[float] = []
    left = iter(range(REQUESTS))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        for _ in left:
            began = time.perf_counter()
            writer.write(head)
            await _answer(reader)
            took.append((time.perf_counter() - began) * 1000)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(VISITORS)))
    rate = REQUESTS / (time.perf_counter() - began)
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)))
    slowest = sorted(took)[int(len(took) * 0.99)]
    print(f"  visitors on one core: {rate:.0f} a second, p99 {slowest:.1f} ms (aim 500 and 50)", flush=True)


async def _shown(port: int, head: bytes) -> bool | None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    status = await _answer(reader)
    writer.close()
    return status == 200 or None


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    return int(head[9:12])
