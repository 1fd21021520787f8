"""`python -m bench.storms [NAME…]`: how soon pages leave while alerts pour in, on SQLite and PostgreSQL."""

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.aims import aim
from bench.costs import costs, engine_of
from bench.live import live
from tests.kit.postgres import AS_INSTALLED, postgres_server
from tests.kit.stores import postgres_settings
from tests.kit.storm_site import Sender, StormSite, body, cpu_seconds, storm_site

RATES = tuple(float(rate) for rate in os.environ.get("BENCH_RATES", "20,100,300").split(","))
SECONDS = float(os.environ.get("BENCH_SECONDS", "20"))
SIZES = tuple(int(size) for size in os.environ.get("BENCH_SIZES", "1000,3000,10000").split(","))
INCIDENTS = tuple(int(number) for number in os.environ.get("BENCH_INCIDENTS", "200,2000").split(","))
BACKLOG = int(os.environ.get("BENCH_BACKLOG", "50000"))
ENGINES = os.environ.get("BENCH_ENGINES", "sqlite,postgres").split(",")
PROCESSES = int(os.environ.get("BENCH_PROCESSES", "1"))
"""That serve the API; and on PostgreSQL as many workers."""
SETTINGS = {"REDIS_URL": os.environ["BENCH_REDIS_URL"]} if "BENCH_REDIS_URL" in os.environ else {}
BATCH, TRIES = 100, 20


def names(size: int, *, first: int = 0) -> list[str]:
    return [f"p{n}" for n in range(first, first + size)]


def batches(cluster: str, size: int) -> list[bytes]:
    return [body(cluster, names(BATCH, first=n)) for n in range(0, size, BATCH)]


async def steady(site: StormSite) -> None:
    """Distinct alerts of one group, one a request."""
    for rate in RATES:
        cluster, sender, began = f"steady-{rate:.0f}", Sender(site.port), time.time()
        pouring = asyncio.create_task(sender.steadily(site.ways["flood"], cluster, rate=rate, seconds=SECONDS))
        first = await _first(site, cluster, began)
        await pouring
        await site.worked_through()
        print(f"  steady {rate:.0f}/s for {SECONDS:.0f} s: first page {first}; answers {sender.answers}")


async def storm(site: StormSite) -> None:
    """One group in bodies of 100, as fast as they are taken."""
    for size in SIZES:
        cluster, sender, began = f"storm-{size}", Sender(site.port), time.time()
        used = cpu_seconds(site.pids.values())
        pouring = asyncio.create_task(sender.all(site.ways["flood"], batches(cluster, size)))
        first = await _first(site, cluster, began)
        await pouring
        taken = time.time() - began
        await site.worked_through()
        cpu_ms = (cpu_seconds(site.pids.values()) - used) * 1000 / size
        print(
            f"  storm of {size}: first page {first}; accepted after {taken:.1f} s, worked through after"
            f" {time.time() - began:.1f} s; {cpu_ms:.2f} ms CPU an alert; answers {sender.answers}"
        )


async def many(site: StormSite) -> None:
    """Many incidents for one responder: what a page costs while more and more of them wait."""
    for number in INCIDENTS:
        run, sender, began = f"many{number}x", Sender(site.port), time.time()
        used, before = cpu_seconds(site.pids.values()), len(site.pages())
        await sender.all(site.ways["flood"], [body(f"{run}{n}", ["p"]) for n in range(number)])

        for _ in range(1200):
            if len(site.pages()) - before >= number:
                break
            await asyncio.sleep(0.1)
        cpu_ms = (cpu_seconds(site.pids.values()) - used) * 1000 / number
        arrived = [request.at - began for request in site.pages()[before:]]
        print(
            f"  {number} incidents of one responder: {len(arrived)} pages, first after {min(arrived):.2f} s,"
            f" last after {max(arrived):.1f} s; {cpu_ms:.1f} ms CPU each, alert to page"
        )


async def backlog(site: StormSite) -> None:
    """Pages of others, new critical groups of the flooding integration, and verbs, while accepted alerts wait."""
    await site.add_neighbour()
    sender = Sender(site.port)
    await sender.all(site.ways["flood"], batches("backlog", BACKLOG))
    print(f"  {BACKLOG} accepted alerts wait; answers {sender.answers}")
    found: dict[str, list[float]] = {"other integration": [], "new critical group": [], "verb": []}
    for turn in range(4):
        for what, way in (("other integration", "beside"), ("new critical group", "flood")):
            began, cluster = time.time(), f"{way}-{turn}-new"
            await Sender(site.port).all(site.ways[way], [body(cluster, ["p"])], connections=1)
            found[what].append(await site.first_page(cluster, within_s=300) - began)
        incident = (await site.api.call("GET", "/api/v1/incidents", params={"state": "triggered", "limit": 1}))[
            "items"
        ][0]
        began = time.time()
        await site.api.call("POST", f"/api/v1/incidents/{incident['id']}/acknowledge")
        found["verb"].append(time.time() - began)
    for what, seconds in found.items():
        print(f"    {what}: median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s")
    began = time.time()
    await site.worked_through(within_s=600)
    print(f"    worked through {time.time() - began:.1f} s later")


async def latency(site: StormSite) -> None:
    """From sending an event of a new group to its page at the webhook, nothing else going on."""
    took: list[float] = []
    for n in range(TRIES):
        await asyncio.sleep(0.3)
        began = time.time()
        await Sender(site.port).all(site.ways["flood"], [body(f"latency-{n}.", ["p"])], connections=1)
        found = None
        while found is None:
            await asyncio.sleep(0.001)
            found = next(iter(site.pages(f"latency-{n}.")), None)
        took.append((found.at - began) * 1000)
    took.sort()
    p95 = took[int(TRIES * 0.95) - 1]
    wanted = aim("latency", engine_of(site))
    print(f"  event to webhook: p50 {statistics.median(took):.0f} ms, p95 {p95:.0f} ms{wanted}, {TRIES} tries")


async def _first(site: StormSite, cluster: str, began: float) -> str:
    try:
        seconds = await site.first_page(cluster, within_s=120) - began
        return f"{seconds:.2f} s{aim('first page', engine_of(site))}"
    except AssertionError:
        return "none in 120 s"


SCENES: dict[str, Callable[[StormSite], Awaitable[None]]] = {
    "steady": steady, "storm": storm, "many": many, "backlog": backlog, "costs": costs, "latency": latency,
    "live": live,
}  # fmt: skip


async def play(names: Sequence[str]) -> None:
    """Each scene on a fresh installation."""
    for engine in ENGINES:
        for name in names:
            print(f"{name} on {engine}:", flush=True)
            async with _site(engine) as site:
                await SCENES[name](site)


@contextlib.asynccontextmanager
async def _site(engine: str) -> AsyncIterator[StormSite]:
    with tempfile.TemporaryDirectory(prefix="dogwatch-storms-") as folder, contextlib.ExitStack() as stack:
        url = None
        if engine == "postgres":
            url = (await postgres_settings(stack.enter_context(postgres_server(AS_INSTALLED)))).database_url
        async with storm_site(Path(folder), database_url=url, settings=SETTINGS, processes=PROCESSES) as site:
            if url is not None:
                site.pids["postgres"] = _postmaster(url)
            yield site


def _postmaster(url: str) -> int:
    """The database server's first process."""
    folder = parse_qs(urlsplit(url).query)["host"][0]
    return int((Path(folder) / "data" / "postmaster.pid").read_text().splitlines()[0])


if __name__ == "__main__":
    asyncio.run(play(sys.argv[1:] or list(SCENES)))
