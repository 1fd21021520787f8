"""A sender as Alertmanager is one: whatever isn't answered 202 is sent again, and what was is written down."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from tests.kit.storm_site import body

AGAIN_S = 0.2
CONNECTIONS = 12


@dataclass(frozen=True)
class Bundle:
    """The alerts of one request, all of one group."""

    cluster: str
    names: tuple[str, ...]


@dataclass
class Ledger:
    """What was answered 202 and when, by (group, name); and every other answer, by status or as `lost`."""

    accepted: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    others: Counter[str] = field(default_factory=Counter[str])

    @property
    def groups(self) -> set[str]:
        return {cluster for cluster, _ in self.accepted}


async def send(url: str, path: str, bundles: Sequence[Bundle], ledger: Ledger, *, per_second: float) -> None:
    """Each bundle until it is accepted, begun at so many a second."""
    began, waiting = time.monotonic(), iter(enumerate(bundles))

    async def one() -> None:
        async with httpx.AsyncClient(base_url=url, timeout=15) as client:
            for n, bundle in waiting:
                await asyncio.sleep(max(0.0, began + n / per_second - time.monotonic()))
                await _until_accepted(client, path, bundle, ledger)

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


async def _until_accepted(client: httpx.AsyncClient, path: str, bundle: Bundle, ledger: Ledger) -> None:
    content = body(bundle.cluster, bundle.names)
    while True:
        try:
            status = (await client.post(path, content=content)).status_code
        except httpx.HTTPError:
            ledger.others["lost"] += 1
        else:
            if status == 202:
                ledger.accepted |= {(bundle.cluster, name): time.time() for name in bundle.names}
                return
            ledger.others[str(status)] += 1
        await asyncio.sleep(AGAIN_S)
