"""`python -m tests.soak [SCENARIO…]`: storms under every harm, on each store; ends with 1 when a promise broke.

SOAK_STORES, SOAK_SEED, SOAK_ALERTS, SOAK_KILLS, SOAK_SECONDS set how long; `make soak` runs all of it.
"""

import asyncio
import os
import random
import sys
import time

from tests.soak.installed import installed
from tests.soak.scenarios import SCENARIOS

STORES = os.environ.get("SOAK_STORES", "sqlite,postgres,postgres+redis").split(",")
SEED = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(1 << 32))


async def main(names: list[str]) -> int:
    broken = False
    print(f"seed {SEED}")
    for name in names or SCENARIOS:
        scenario, wanted = SCENARIOS[name]
        for store in STORES:
            began = time.monotonic()
            print(f"{name} on {store}:", flush=True)
            async with installed(store, wanted, SEED) as run:
                found = await scenario(run)
                if found is None:
                    print("  not run: it wants another store, or what only root may do (a small disk), or faketime")
                    continue
                print(f"  {dict(run.nemesis.done)}: {found}; {time.monotonic() - began:.0f} s", flush=True)
                broken = broken or found.is_broken
    return int(broken)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
