"""`python -m bench.million`: the first page of searches in a million alerts, in an SQLite file made for it."""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from server.accounts.actors import Actor
from server.kernel.database import Database, Writes, open_database
from server.kernel.ids import new_id
from server.kernel.settings import Settings
from server.pipeline.search import Wanted, search_alerts
from server.pipeline.word_index import insert_alerts
from server.tables.migrate import bind_tables, engine_for, migrate
from server.tables.services import Integration, Service
from shared.domain.alerts import Severity
from shared.domain.searching import SERVICE_LABEL, indexed_words
from tests.kit.world import START

ALERTS = int(os.environ.get("BENCH_ALERTS", "1000000"))
SEED = int(os.environ.get("BENCH_SEED", "1"))
AT_ONCE, SERVICES, TRIES = 2_000, 40, 7
CHECKS = ("HighLatency", "DiskWillFill", "PodCrashLooping", "ErrorBudgetBurn", "QueueTooLong", "CertificateExpires")
PLACES = ("eu-west-1", "us-east-1", "ap-south-1", "cn-north-1")


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dogwatch-million-") as folder:
        settings = Settings(database_url=f"sqlite:///{Path(folder) / 'million.sqlite'}")
        bind_tables(engine_for(settings))
        await migrate(settings)
        db = await open_database(settings)
        began = time.perf_counter()
        await fill(db)
        print(f"{ALERTS} alerts written in {time.perf_counter() - began:.0f} s, seed {SEED}")
        for name, wanted in searches():
            await report(db, name, wanted)
        await db.close()


async def fill(db: Database) -> None:
    writes = Writes()
    for n in range(SERVICES):
        common = {"created_at": START, "archived_at": None, "rev": 1, "name": f"service {n}"}
        empty = {"description": "", "policy_id": None, "grouping": "{}", "runbook_url": ""}
        writes.insert(Service, id=f"s{n}", team_id="t", **common, **empty)
        keys = {"config_enc": "", "key_hmac": f"h{n}", "key_enc": ""}
        writes.insert(Integration, id=f"i{n}", source="alertmanager", service_id=f"s{n}", **common, **keys)
    await db.apply(writes)
    chance = random.Random(SEED)
    for begin in range(0, ALERTS, AT_ONCE):
        rows = [row(chance, begin + n) for n in range(min(AT_ONCE, ALERTS - begin))]
        writes = Writes()
        insert_alerts(writes, rows, db.dialect)
        await db.apply(writes)


def row(chance: random.Random, n: int) -> dict[str, Any]:
    at = START + timedelta(seconds=n * 10)
    service = min(int(chance.expovariate(0.15)), SERVICES - 1)
    check = chance.choice(CHECKS)
    host = f"node-{chance.randrange(3000)}"
    labels = {"alertname": check, "instance": f"{host}:9100", "region": chance.choice(PLACES), "env": "prod"}
    title = f"{check} on {host}" if n % 20 else f"{host} 磁盘已满"
    return {
        "id": new_id(at),
        "integration_id": f"i{service}",
        "key_hash": f"{n:x}",
        "dedup_key": f"{check}-{host}-{n}",
        "service_id": f"s{service}",
        "incident_id": f"incident {n // 3}" if n % 10 else None,
        "severity": chance.choices(list(Severity), (1, 6, 3))[0],
        "title": title,
        "description": f"The check {check} has been failing for more than five minutes on {host}. " * 3,
        "check_name": check,
        "source": host,
        "labels": labels,
        "links": (),
        "details": {},
        "count": 1,
        "received_at": at,
        "starts_at": at,
        "last_at": at,
        "closed_at": at + timedelta(minutes=5) if n < ALERTS - 500 else None,
        "silenced_by": None,
        "dropped_by": "rule" if n % 10 == 0 else None,
        "rule_ids": (),
        "words": indexed_words((title, check, host), labels | {SERVICE_LABEL: f"s{service}"}, {}),
        "first_event_id": "",
        "last_event_id": "",
        "rev": 1,
    }


def searches() -> Iterator[tuple[str, Wanted]]:
    middle = START + timedelta(seconds=ALERTS * 5)
    yield "everything", Wanted()
    yield "a common word", Wanted(text="HighLatency")
    yield "a rare word", Wanted(text="node-1234")
    yield "two words", Wanted(text="DiskWillFill node-77")
    yield "Chinese", Wanted(text="磁盘")
    yield "a word that nobody used", Wanted(text="zebra")
    yield "a label", Wanted(labels=(("instance", "node-42:9100"),))
    yield "word, service, severity", Wanted(text="queue", service_ids=("s30",), severities=(Severity.CRITICAL,))
    yield "a rare service", Wanted(service_ids=("s39",))
    yield "critical", Wanted(severities=(Severity.CRITICAL,))
    yield "open ones", Wanted(is_open=True)
    yield "dropped ones", Wanted(outcomes=("dropped",))
    yield "an hour long ago", Wanted(since=middle, until=middle + timedelta(hours=1))
    yield "a word, an hour long ago", Wanted(text="ErrorBudget", since=middle, until=middle + timedelta(hours=1))


async def report(db: Database, name: str, wanted: Wanted) -> None:
    teams = frozenset({"t"})
    actor = Actor(
        user_id="u", name="u", role="admin", language="en", time_zone="UTC", team_ids=teams, visible_ids=teams
    )
    spans: list[float] = []
    page = await search_alerts(db, actor, Wanted(service_ids=("none",)), limit=1, cursor=None)
    for _ in range(TRIES):
        began = time.perf_counter()
        page = await search_alerts(db, actor, wanted, limit=50, cursor=None)
        msgspec.json.encode(page)
        spans.append((time.perf_counter() - began) * 1000)
    print(f"{name:26} {len(page.items):3} found  first {spans[0]:7.1f} ms  median {statistics.median(spans):7.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
