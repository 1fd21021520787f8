"""An installation to be harmed: on which store, with which clock, and what can be done to it."""

import asyncio
import contextlib
import random
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.kit.postgres import AS_INSTALLED, PostgresServer, running_postgres
from tests.kit.processes import free_port
from tests.kit.redis import RedisServer
from tests.kit.stores import postgres_settings
from tests.kit.storm_site import StormSite, storm_site
from tests.soak.checking import Found, Outside
from tests.soak.nemesis import Nemesis
from tests.soak.sending import Bundle, Ledger, send

DISK_BYTES, BALLAST, BALLAST_BYTES = 48 << 20, "ballast.bin", 28 << 20
FAKETIME = "/usr/lib/*/faketime/libfaketime.so.1"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a scenario wants: a disk that can be full, a clock that can be set, and how long a level is waited for."""

    small_disk: bool = False
    own_clock: bool = False
    levels: int = 1
    delay_s: int = 3600


@dataclass
class Run:
    """One installation on one store, and who looks at it from outside."""

    site: StormSite
    outside: Outside
    nemesis: Nemesis
    postgres: PostgresServer | None = None
    redis: RedisServer | None = None
    clock: Path | None = None
    ballast: Path | None = None

    async def send(self, bundles: list[Bundle], ledger: Ledger, *, per_second: float) -> None:
        await send(self.site.api.url, self.site.ways["flood"], bundles, ledger, per_second=per_second)

    async def checked(self, ledger: Ledger, *, within_s: float = 120) -> Found:
        print(f"  {len(ledger.accepted)} accepted, sent again because of {dict(ledger.others)}", flush=True)
        began = asyncio.get_running_loop().time()
        recovered_s = await self.outside.settled(ledger, since=began, within_s=within_s)
        return await self.outside.check(ledger, recovered_s)

    def set_clock(self, hours: float) -> None:
        """How far the machine's clock is off from now on, for the installation only."""
        assert self.clock
        self.clock.write_text(f"{hours * 3600:+.0f}\n")


@contextlib.asynccontextmanager
async def installed(store: str, wanted: Wanted, seed: int) -> AsyncIterator[Run]:
    """`store` is sqlite, postgres or postgres+redis; what can't be had here is None in the run."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dogwatch-soak-")))
        ballast = None
        if wanted.small_disk and store == "sqlite" and stack.enter_context(_small_disk(folder)):
            ballast = folder / BALLAST
        postgres = redis = url = clock = None
        settings = dict[str, str]()
        if store.startswith("postgres"):
            postgres = stack.enter_context(running_postgres(AS_INSTALLED))
            url = (await postgres_settings(postgres.url)).database_url
        if store.endswith("redis"):
            redis = await stack.enter_async_context(RedisServer(free_port(), folder))
            settings["REDIS_URL"] = redis.url
        if wanted.own_clock and store == "sqlite" and (library := next(Path("/").glob(FAKETIME[1:]), None)):
            clock = folder / "clock"
            clock.write_text("+0\n")
            settings |= _clock_of(library, clock)
        started = storm_site(
            folder,
            database_url=url,
            settings=settings,
            processes=2,
            in_one_family=True,
            levels=wanted.levels,
            delay_s=wanted.delay_s,
        )
        site = await stack.enter_async_context(started)
        yield Run(
            site, Outside(site, url), Nemesis(site.pids["serve"], random.Random(seed)), postgres, redis, clock, ballast
        )


def _clock_of(library: Path, file: Path) -> Mapping[str, str]:
    """Only the wall clock lies: what counts seconds since boot goes on as it does when somebody sets the time."""
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """The folder is a disk that is more than half full of something that can be thrown away, if we may mount one."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder], check=False).returncode:
        yield False
        return
    (folder / BALLAST).write_bytes(bytes(BALLAST_BYTES))
    try:
        yield True
    finally:
        subprocess.run(["umount", folder], check=True)
