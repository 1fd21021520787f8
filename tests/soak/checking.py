"""What became of all that was accepted, read from the database and the receiver; Dogwatch is not asked."""

import asyncio
import contextlib
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Any

import asyncpg

from tests.kit.fake_webhook import FakeWebhook
from tests.kit.storm_site import StormSite
from tests.soak.sending import Ledger

NAMED = re.compile(r"ratio on (\S+), ")


@dataclass(frozen=True)
class Found:
    """Figures of one run; the first four must be 0."""

    missing: int = 0
    unpaged: int = 0
    skipped: int = 0
    early: int = 0
    twice: int = 0
    pages: int = 0
    recovered_s: float = 0.0

    @property
    def is_broken(self) -> bool:
        return bool(self.missing or self.unpaged or self.skipped or self.early)

    def __str__(self) -> str:
        share = self.twice / max(1, self.pages)
        return (
            f"missing {self.missing}, groups without a page {self.unpaged}, steps skipped {self.skipped},"
            f" too early {self.early};"
            f" {self.pages} pages, sent twice {self.twice} ({share:.2%}); recovered after {self.recovered_s:.1f} s"
        )


def pages_of(hook: FakeWebhook) -> dict[str, list[float]]:
    """When each group was paged about there, in seconds since 1970, each message once."""
    arrived: dict[str, list[float]] = {}
    seen = set[str]()
    for request in hook.requests:
        found = NAMED.search(request.body.decode())
        if request.json["type"] == "notification.page" and found and request.headers["webhook-id"] not in seen:
            seen.add(request.headers["webhook-id"])
            arrived.setdefault(found[1], []).append(request.at)
    return arrived


@dataclass
class Outside:
    """Reads the database by itself."""

    site: StormSite
    url: str | None

    async def rows(self, text: str) -> list[tuple[Any, ...]]:
        if self.url is None:
            return await asyncio.to_thread(self._sqlite, text)
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(text)]
        finally:
            await connection.close()

    def _sqlite(self, text: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{self.site.folder / 'storm.sqlite'}?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(text).fetchall()
        finally:
            connection.close()

    async def change(self, text: str, seconds: float) -> int:
        """Write where `{us}` stands so many microseconds, while nothing runs; the number of rows."""
        text = text.format(us=int(seconds * 1_000_000))
        if self.url is None:
            with contextlib.closing(sqlite3.connect(self.site.folder / "storm.sqlite")) as connection, connection:
                return connection.execute(text).rowcount
        connection = await asyncpg.connect(self.url)
        try:
            return int((await connection.execute(text)).split()[-1])
        finally:
            await connection.close()

    async def settled(self, ledger: Ledger, *, since: float, within_s: float = 120) -> float:
        """Seconds from `since` until nothing waits and every group was paged about, or until time is up."""
        loop = asyncio.get_running_loop()
        end, last = loop.time() + within_s, since
        while loop.time() < end:
            (waiting,) = (await self.rows("SELECT COUNT(*) FROM event WHERE parsed_at IS NULL"))[0]
            last = loop.time()
            if not waiting and not ledger.groups - self.paged_groups():
                break
            await asyncio.sleep(0.2)
        return last - since

    def paged_groups(self) -> set[str]:
        return set(pages_of(self.site.hook))

    async def check(self, ledger: Ledger, recovered_s: float) -> Found:
        kept = {key for (key,) in await self.rows("SELECT dedup_key FROM alert")}
        missing = sum(f"{cluster}-{name}" not in kept for cluster, name in ledger.accepted)
        skipped = await self.rows(
            "SELECT incident_id, cycle FROM escalation_step GROUP BY incident_id, cycle"
            " HAVING COUNT(*) <> MAX(step) + 1"
        )
        ids = Counter(page.headers["webhook-id"] for page in self.site.pages())
        return Found(
            missing=missing,
            unpaged=len(ledger.groups - self.paged_groups()),
            skipped=len(skipped),
            twice=sum(ids.values()) - len(ids),
            pages=len(ids),
            recovered_s=recovered_s,
        )
