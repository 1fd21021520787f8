"""A million alerts, believable and always the same, and what people search for in them (`bench.sizes search`)."""

import os
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from server.accounts.access.actors import Actor
from server.incidents.alerts import insert_alerts
from server.kernel.database import Database, Writes
from server.kernel.ids import new_id
from server.pipeline.search import WantedAlerts
from server.tables.services import Integration, Service
from shared.domain.alerts import Severity
from shared.domain.pipeline.searching import SERVICE_LABEL, indexed_words
from tests.kit.world import START

ALERTS = int(os.environ.get("BENCH_ALERTS", "1000000"))
SEED = int(os.environ.get("BENCH_SEED", "1"))
AT_ONCE, SERVICES = 2_000, 40
CHECKS = ("HighLatency", "DiskWillFill", "PodCrashLooping", "ErrorBudgetBurn", "QueueTooLong", "CertificateExpires")
PLACES = ("eu-west-1", "us-east-1", "ap-south-1", "cn-north-1")


async def fill(db: Database, begin: int, end: int) -> None:
    """Alerts begin … end - 1; those before are there."""
    if begin == 0:
        await _services(db)
    chance = random.Random(SEED + begin)
    for first in range(begin, end, AT_ONCE):
        rows = [row(chance, n) for n in range(first, min(first + AT_ONCE, end))]
        writes = Writes()
        insert_alerts(writes, rows, db.dialect)
        await db.apply(writes)


async def _services(db: Database) -> None:
    writes = Writes()
    for n in range(SERVICES):
        common = {"created_at": START, "archived_at": None, "rev": 1, "name": f"service {n}"}
        empty = {"description": "", "policy_id": None, "grouping": "{}", "runbook_url": ""}
        writes.insert(Service, id=f"s{n}", team_id="t", **common, **empty)
        keys = {"config_enc": "", "key_hmac": f"h{n}", "key_enc": ""}
        writes.insert(Integration, id=f"i{n}", source="alertmanager", service_id=f"s{n}", **common, **keys)
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


def searches() -> Iterator[tuple[str, WantedAlerts]]:
    middle = START + timedelta(seconds=ALERTS * 5)
    yield "everything", WantedAlerts()
    yield "a common word", WantedAlerts(text="HighLatency")
    yield "a rare word", WantedAlerts(text="node-1234")
    yield "two words", WantedAlerts(text="DiskWillFill node-77")
    yield "Chinese", WantedAlerts(text="磁盘")
    yield "a word that nobody used", WantedAlerts(text="zebra")
    yield "a label", WantedAlerts(labels=(("instance", "node-42:9100"),))
    yield "word, service, severity", WantedAlerts(text="queue", service_ids=("s30",), severities=(Severity.CRITICAL,))
    yield "a rare service", WantedAlerts(service_ids=("s39",))
    yield "critical", WantedAlerts(severities=(Severity.CRITICAL,))
    yield "open ones", WantedAlerts(is_open=True)
    yield "dropped ones", WantedAlerts(outcomes=("dropped",))
    yield "an hour long ago", WantedAlerts(since=middle, until=middle + timedelta(hours=1))
    yield "a word, an hour long ago", WantedAlerts(text="ErrorBudget", since=middle, until=middle + timedelta(hours=1))


def actor_of(*teams: str) -> Actor:
    """An administrator of these teams."""
    ids = frozenset(teams)
    return Actor(user_id="u", name="u", role="admin", language="en", time_zone="UTC", team_ids=ids, visible_ids=ids)
