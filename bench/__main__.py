"""`make bench`: what is measured, on SQLite and PostgreSQL, with the aim beside. Compare within one run only.

`python -m bench storms|sizes|schedules|watches|publishing|start` is a part of it; `bench.strangers` stands by itself.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench import publishing, schedules, sizes, storms, watches
from tests.kit.processes import answering, free_port, python, running
from tests.kit.storm_site import cpu_seconds

STARTS = int(os.environ.get("BENCH_STARTS", "3"))


async def start() -> None:
    """From nothing to an answer of `serve` on SQLite: a new file, and one that is there."""
    with tempfile.TemporaryDirectory(prefix="dogwatch-bench-") as folder:
        for what, number in (("with a new database", 1), ("with one that is there", STARTS)):
            runs = [await _start(Path(folder)) for _ in range(number)]
            wall, cpu = (statistics.median(each) for each in zip(*runs, strict=True))
            print(f"cold start {what}: answers after {wall:.2f} s, {cpu:.2f} s CPU")


async def _start(folder: Path) -> tuple[float, float]:
    port = free_port()
    env = {"DATABASE_URL": f"sqlite:///{folder / 'start.sqlite'}", "DOGWATCH_PORT": str(port), "LOG_LEVEL": "error"}
    began = time.monotonic()
    async with running(*python("server.cli", "serve"), log=folder / "serve.log", env=env) as process:
        await answering(f"http://127.0.0.1:{port}/health")
        return time.monotonic() - began, cpu_seconds([process.pid])


PARTS: dict[str, Callable[[], Awaitable[None]]] = {
    "start": start,
    "storms": lambda: storms.play(list(storms.SCENES)),
    "sizes": lambda: sizes.main([]),
    "schedules": schedules.main,
    "watches": watches.main,
    "publishing": publishing.main,
}


async def main(names: list[str]) -> None:
    for name in names or PARTS:
        await PARTS[name]()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
