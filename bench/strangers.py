"""`python -m bench.strangers`: how long a page takes beside each thing that strangers may do to the server."""

import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.load import cpu_seconds, memory_mib
from tests.kit.paged import Paged, paged
from tests.kit.processes import python, running
from tests.kit.strangers import ATTACKS

PAGES = 5


async def main(wanted: list[str]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="dogwatch-strangers-"))
    try:
        async with paged(folder, descriptors=(1024, 1024)) as server:
            await server.page()
            print(f"{'beside':30} {'page after, s (median, worst)':32} {'CPU':>5} {'memory':>8}")
            await _measure("nothing", server)
            for name in wanted or ATTACKS:
                async with running(*python("tests.kit.strangers", name, str(server.port)), log=folder / "attack.log"):
                    await asyncio.sleep(2)
                    await _measure(name, server)
                await asyncio.sleep(1)
            await _measure("nothing, afterwards", server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _measure(name: str, server: Paged) -> None:
    before, began = cpu_seconds(server.pid), time.monotonic()
    pages = sorted([await server.page(within_s=120) for _ in range(PAGES)])
    share = (cpu_seconds(server.pid) - before) / (time.monotonic() - began)
    figures = f"{pages[len(pages) // 2]:.2f}, {pages[-1]:.2f}"
    print(f"{name:30} {figures:32} {share:5.0%} {memory_mib(server.pid):5.0f} MiB", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
