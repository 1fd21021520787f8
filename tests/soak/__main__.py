"""`python -m tests.soak [SCENARIO…]`: storms under kills and stops, on each store; ends with 1 when a promise broke.

SOAK_STORES, SOAK_SEED, SOAK_ALERTS, SOAK_KILLS, SOAK_SECONDS set how long; `make soak` runs all of it.
"""

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.kit.postgres import AS_INSTALLED, postgres_server
from tests.kit.redis import redis_server
from tests.kit.stores import postgres_settings
from tests.kit.storm_site import StormSite, storm_site
from tests.soak.checking import Found, Outside
from tests.soak.nemesis import Nemesis
from tests.soak.sending import Bundle, Ledger, send

STORES = os.environ.get("SOAK_STORES", "sqlite,postgres,postgres+redis").split(",")
SEED = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(1 << 32))
ALERTS = int(os.environ.get("SOAK_ALERTS", "10000"))
KILLS = int(os.environ.get("SOAK_KILLS", "200"))
SECONDS = float(os.environ.get("SOAK_SECONDS", "300"))
EACH, IN_A_GROUP = 5, 20
EVERY_S = 1.0
DISK_BYTES, BALLAST, BALLAST_BYTES = 48 << 20, "ballast.bin", 28 << 20


@dataclass
class Run:
    """One installation on one store, and who looks at it from outside."""

    site: StormSite
    outside: Outside
    nemesis: Nemesis

    async def send(self, bundles: list[Bundle], ledger: Ledger, *, per_second: float) -> None:
        await send(self.site.api.url, self.site.ways["flood"], bundles, ledger, per_second=per_second)

    async def checked(self, ledger: Ledger) -> Found:
        recovered_s = await self.outside.settled(ledger, since=asyncio.get_running_loop().time())
        return await self.outside.check(ledger, recovered_s)


def bundles(number: int, each: int, *, in_a_group: int = IN_A_GROUP) -> list[Bundle]:
    """So many alerts, each with a name of its own."""
    names = [(f"g{n // in_a_group}.", f"p{n}") for n in range(number)]
    return [
        Bundle(names[begin][0], tuple(name for _, name in names[begin : begin + each]))
        for begin in range(0, number, each)
    ]


async def kills(run: Run) -> Found:
    """Groups of twenty, in bodies of five, while any process dies once a second."""
    ledger, total = Ledger(), KILLS * EVERY_S
    sending = run.send(bundles(ALERTS, EACH), ledger, per_second=ALERTS / EACH / total)
    await asyncio.gather(sending, run.nemesis.kill(KILLS, every_s=EVERY_S))
    print(f"  {len(ledger.accepted)} accepted, sent again because of {dict(ledger.others)}")
    return await run.checked(ledger)


async def steady(run: Run) -> Found:
    """300 alerts a second, one a request, and a death every five seconds."""
    ledger, number = Ledger(), int(300 * SECONDS)
    sending = run.send(bundles(number, 1, in_a_group=300), ledger, per_second=300)
    await asyncio.gather(sending, run.nemesis.kill(int(SECONDS / 5), every_s=5))
    print(f"  {len(ledger.accepted)} accepted, sent again because of {dict(ledger.others)}")
    return await run.checked(ledger)


async def stops(run: Run) -> Found:
    """The engine stands still for longer than its leases, four times."""
    ledger = Ledger()
    sending = run.send(bundles(ALERTS // 5, EACH), ledger, per_second=ALERTS / 5 / EACH / 60)
    await asyncio.gather(sending, run.nemesis.stop(4))
    print(f"  {len(ledger.accepted)} accepted, sent again because of {dict(ledger.others)}")
    return await run.checked(ledger)


async def full(run: Run) -> Found:
    """The disk is full for ten seconds while alerts come; whoever sent them waits."""
    ballast = run.site.folder / BALLAST
    if not ballast.exists():
        print("  not run: it wants SQLite, and the right to mount a small disk")
        return Found()
    ledger = Ledger()
    sending = asyncio.create_task(run.send(bundles(ALERTS, EACH), ledger, per_second=100))
    while ledger.others["503"] < 20 and not sending.done():
        await asyncio.sleep(0.1)
    print(f"  full after {len(ledger.accepted)} accepted")
    await asyncio.sleep(10)
    ballast.unlink()
    await sending
    print(f"  {len(ledger.accepted)} accepted, sent again because of {dict(ledger.others)}")
    return await run.checked(ledger)


SCENARIOS: dict[str, Callable[[Run], Awaitable[Found]]] = {
    "kills": kills,
    "steady": steady,
    "stops": stops,
    "full": full,
}


@contextlib.asynccontextmanager
async def _installed(store: str, *, on_small_disk: bool) -> AsyncIterator[Run]:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dogwatch-soak-")))
        if on_small_disk and store == "sqlite":
            stack.enter_context(_small_disk(folder))
        url, settings = None, dict[str, str]()
        if store.startswith("postgres"):
            url = (await postgres_settings(stack.enter_context(postgres_server(AS_INSTALLED)))).database_url
        if store.endswith("redis"):
            settings["REDIS_URL"] = await stack.enter_async_context(redis_server(folder))
        started = storm_site(folder, database_url=url, settings=settings, processes=2, in_one_family=True)
        site = await stack.enter_async_context(started)
        yield Run(site, Outside(site, url), Nemesis(site.pids["serve"], random.Random(SEED)))


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """The folder is a disk that is more than half full of something that can be thrown away, if we may mount one."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder], check=False).returncode:
        yield
        return
    (folder / BALLAST).write_bytes(bytes(BALLAST_BYTES))
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


async def main(names: list[str]) -> int:
    broken = False
    print(f"seed {SEED}")
    for name in names or SCENARIOS:
        for store in STORES:
            began = time.monotonic()
            print(f"{name} on {store}:", flush=True)
            async with _installed(store, on_small_disk=name == "full") as run:
                found = await SCENARIOS[name](run)
                print(f"  {dict(run.nemesis.done)}: {found}; {time.monotonic() - began:.0f} s", flush=True)
                broken = broken or bool(found.missing or found.unpaged or found.skipped)
    return int(broken)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
