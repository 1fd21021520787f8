"""A week of the demo's history: real events through the real pipeline, under a clock that is moved."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from server.configuration.demo_account import Account
from server.incidents.current import load_incident
from server.incidents.verbs import acknowledge, resolve
from server.ingest.store import EventStore
from server.kernel.clock import ManualClock, from_us
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict
from server.kernel.ids import new_id
from server.pipeline.arrivals import NewEvent
from shared.domain.incidents.timeline import Who
from shared.wire.incidents import Resolve

SEED = 1755
DAYS = 7
Drain = Callable[[], Awaitable[None]]
Action = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Trouble:
    """Something that goes wrong now and then, and what people write when it is over."""

    integration: str
    check: str
    title: str
    severity: str
    times: int
    alerts: int = 1
    solved: str | None = None


TROUBLES = (
    Trouble("events checkout-api", "error-ratio", "Checkout errors above 5 % in eu-west", "critical", 3, 1,
            "Rolled the release back; the canary did not watch POST /checkout."),
    Trouble("events checkout-api", "latency", "Checkout p99 latency above 2 s", "warning", 7),
    Trouble("events checkout-api", "certificate", "Certificate pay.nordwind.example expires in 13 days", "info", 1),
    Trouble("pagerduty webhook-relay", "queue", "Payment webhooks delayed by 11 min", "critical", 2, 1,
            "One worker hung on a slow merchant; timeout lowered to 5 s."),
    Trouble("pagerduty webhook-relay", "restart", "Relay restarted after running out of memory", "warning", 5),
    Trouble("alertmanager network", "UplinkLost", "Uplink lost at sw-ams-2", "critical", 2, 46,
            "The carrier moved a fibre; traffic went over the second path."),
    Trouble("alertmanager network", "PacketLoss", "Packet loss above 2 % to fra-1", "warning", 6, 3),
    Trouble("alertmanager warehouse", "DiskFull", "Disk 91 % full on pg-warehouse-2", "warning", 4, 2),
    Trouble("alertmanager warehouse", "LoadLate", "Nightly load is 2 h late", "info", 5),
)  # fmt: skip


@dataclass
class History:
    """Plays the week: at each instant somebody sends, answers or ends something, and what falls due happens."""

    db: Database
    clock: ManualClock
    account: Account
    drain: Drain
    chance: random.Random

    async def play(self, end: datetime) -> None:
        """From the clock's time to `end`; everything but one acknowledged incident is over by then."""
        script: list[tuple[datetime, Action]] = []
        span_s = int((end - self.clock.now()).total_seconds())
        for trouble in TROUBLES:
            for _ in range(trouble.times):
                at = self.clock.now() + timedelta(seconds=self.chance.randrange(span_s - 6 * 3600))
                script += self._episode(trouble, at)
        script += self._still_open(end)
        for at, action in sorted(script, key=lambda each: each[0]):
            await self._until(at)
            await action()
            await self.drain()
        await self._until(end)

    async def _until(self, at: datetime) -> None:
        """Let time pass up to `at`, stopping wherever something falls due."""
        while True:
            next_us = await self.db.value("SELECT MIN(due_at) FROM due WHERE parked_at IS NULL")
            if next_us is None or from_us(next_us) > at:
                break
            self.clock.move_to(from_us(next_us))
            await self.drain()
        self.clock.move_to(at)

    def _episode(self, trouble: Trouble, at: datetime) -> list[tuple[datetime, Action]]:
        """Begin, acknowledge (mostly), end."""
        tag = f"{trouble.check}-{int(at.timestamp())}"
        answered_at = at + timedelta(seconds=self.chance.choice((25, 40, 70, 95, 150, 340)))
        over_at = answered_at + timedelta(minutes=self.chance.choice((4, 9, 17, 31, 55)))
        steps: list[tuple[datetime, Action]] = [(at, lambda: self._send(trouble, tag, ends=False))]
        if trouble.severity != "info" and self.chance.random() < 0.85:
            steps.append((answered_at, lambda: self._answer(trouble)))
        if trouble.solved is not None:
            steps.append((over_at, lambda: self._solve(trouble)))
        else:
            steps.append((over_at, lambda: self._send(trouble, tag, ends=True)))
        return steps

    def _still_open(self, end: datetime) -> list[tuple[datetime, Action]]:
        """What a visitor finds running: one that somebody has, and one that has recovered by half."""
        disk, loss = TROUBLES[7], TROUBLES[6]
        return [
            (end - timedelta(minutes=41), lambda: self._send(disk, "disk-now", ends=False)),
            (end - timedelta(minutes=38), lambda: self._answer(disk)),
            (end - timedelta(minutes=18), lambda: self._send(loss, "loss-now", ends=False)),
            (end - timedelta(minutes=14), lambda: self._answer(loss)),
        ]

    async def _send(self, trouble: Trouble, tag: str, *, ends: bool) -> None:
        now = self.clock.now()
        source, _, service = trouble.integration.partition(" ")
        event = NewEvent(
            id=new_id(now),
            integration_id=self.account.integrations[trouble.integration],
            received_at=now,
            headers={"content-type": "application/json", "user-agent": "dogwatch-demo"},
            body=msgspec.json.encode(_BODIES[source](trouble, tag, service, now, ends)),
            idem_key=None,
        )
        await EventStore(self.db).keep(event)

    async def _newest(self, trouble: Trouble) -> str | None:
        return await self.db.value(
            "SELECT id FROM incident WHERE title LIKE :title AND state <> 'resolved' ORDER BY number DESC LIMIT 1",
            title=trouble.title[:30] + "%",
        )

    async def _answer(self, trouble: Trouble) -> None:
        await self._act(trouble, lambda incident, by, now: acknowledge(self.db, incident, by=by, via="push", now=now))

    async def _solve(self, trouble: Trouble) -> None:
        def act(incident: Any, by: Who, now: datetime) -> Awaitable[Writes]:
            return resolve(self.db, incident, by=by, via="app", words=Resolve(method=trouble.solved), now=now)

        await self._act(trouble, act)

    async def _act(self, trouble: Trouble, act: Callable[[Any, Who, datetime], Awaitable[Writes]]) -> None:
        incident_id = await self._newest(trouble)
        if incident_id is None:
            return
        who = await self.db.value(
            "SELECT user_id FROM notification WHERE incident_id = :id ORDER BY created_at DESC LIMIT 1", id=incident_id
        )
        if who is None:
            return
        try:
            await self.db.apply(
                await act(await load_incident(self.db, incident_id), Who("user", who), self.clock.now())
            )
        except Conflict:
            return


def _events(trouble: Trouble, tag: str, service: str, now: datetime, ends: bool) -> dict[str, Any]:
    if ends:
        return {"action": "resolve", "dedup_key": tag}
    return {
        "title": trouble.title,
        "dedup_key": tag,
        "severity": trouble.severity,
        "check": trouble.check,
        "source": service,
        "description": "Seen by the synthetic checkout every 30 s.",
        "labels": {"region": "eu-west-1", "env": "prod", "release": f"{now:%Y.%m.%d}-4"},
        "links": [{"text": "Graph", "href": f"https://graphs.example.com/{service}/{trouble.check}"}],
    }


def _pagerduty(trouble: Trouble, tag: str, service: str, now: datetime, ends: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"event_action": "resolve" if ends else "trigger", "dedup_key": tag, "routing_key": "demo"}
    if not ends:
        body["payload"] = {
            "summary": trouble.title,
            "source": service,
            "severity": trouble.severity,
            "timestamp": now.isoformat(),
            "class": trouble.check,
            "component": "relay",
            "custom_details": {"queue_depth": 1800, "oldest_s": 660},
        }
    return body


def _alertmanager(trouble: Trouble, tag: str, service: str, now: datetime, ends: bool) -> dict[str, Any]:
    alerts = [_alert(trouble, tag, service, number, now, ends) for number in range(trouble.alerts)]
    return {
        "version": "4",
        "groupKey": f"{{}}:{{alertname={trouble.check}}}",
        "truncatedAlerts": 0,
        "status": "resolved" if ends else "firing",
        "receiver": "dogwatch",
        "groupLabels": {"alertname": trouble.check},
        "commonLabels": {"alertname": trouble.check, "severity": trouble.severity},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example.com",
        "alerts": alerts,
    }


def _alert(trouble: Trouble, tag: str, service: str, number: int, now: datetime, ends: bool) -> dict[str, Any]:
    return {
        "status": "resolved" if ends else "firing",
        "labels": {
            "alertname": trouble.check,
            "severity": trouble.severity,
            "instance": f"{service}-{number + 1:02}.example.com:9100",
            "site": "ams",
            "job": "node",
        },
        "annotations": {
            "summary": trouble.title if number == 0 else f"{trouble.check} on {service}-{number + 1:02}",
            "runbook_url": f"https://runbooks.example.com/{trouble.check}",
        },
        "startsAt": now.isoformat(),
        "endsAt": now.isoformat() if ends else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.com/graph?g0.expr=up",
        "fingerprint": f"{tag}-{number}",
    }


_BODIES: dict[str, Callable[[Trouble, str, str, datetime, bool], dict[str, Any]]] = {
    "events": _events,
    "pagerduty": _pagerduty,
    "alertmanager": _alertmanager,
}


def storm(count: int, now: datetime) -> bytes:
    """An Alertmanager body of `count` alerts, for the demo's storm."""
    trouble = Trouble("alertmanager network", "UplinkLost", "Uplink lost at sw-ams-2", "critical", 1, count)
    return msgspec.json.encode(_alertmanager(trouble, "storm", "network", now, False))
