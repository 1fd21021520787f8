"""A service with one integration of every source, and bodies that they take."""

from dataclasses import dataclass
from typing import Any

from shared.wire.services import Integration, Service
from tests.kit.client import Client
from tests.kit.world import World

EVENT: dict[str, Any] = {"title": "Disk full on db-1", "severity": "critical", "dedup_key": "disk-db-1"}
PAGERDUTY_V2_BODY: dict[str, Any] = {
    "event_action": "trigger",
    "dedup_key": "disk-db-1",
    "payload": {"summary": "Disk full on db-1", "source": "db-1", "severity": "critical", "class": "disk"},
}
PAGERDUTY_V1_BODY: dict[str, Any] = {
    "event_type": "trigger",
    "incident_key": "disk-db-1",
    "description": "Disk full on db-1",
    "client": "nagios",
}


def alert(name: str, instance: str, *, status: str = "firing", severity: str = "critical") -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": name, "instance": instance, "severity": severity},
        "annotations": {"summary": f"{name} on {instance}"},
        "startsAt": "2026-11-21T03:10:00Z",
        "endsAt": "2026-11-21T03:11:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.com/graph",
        "fingerprint": f"{name}-{instance}",
    }


def notification(*alerts: dict[str, Any], status: str = "firing") -> dict[str, Any]:
    """What Alertmanager's webhook posts, version 4."""
    return {
        "version": "4",
        "groupKey": "{}:{}",
        "status": status,
        "receiver": "dogwatch",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example.com",
        "truncatedAlerts": 0,
        "alerts": list(alerts),
    }


@dataclass
class Ways:
    """A way in of every source, and its team's manager."""

    world: World
    manager: Client
    service: Service
    integrations: dict[str, Integration]

    async def send(self, path: str, body: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.world.nobody.send("POST", path, body, headers=named)

    def path(self, source: str) -> str:
        return f"/ingest/{source}/{self.integrations[source].key}"

    async def events(self) -> int:
        return await self.world.db.value("SELECT COUNT(*) FROM event")

    async def incidents(self, **query: Any) -> list[Any]:
        await self.world.settle()
        return (await self.manager.get("/api/v1/incidents", limit=200, **query))["items"]


async def make_ways(world: World) -> Ways:
    await world.add_team("Payments")
    await world.add_person("Mia", team="Payments", role="manager")
    await world.add_person("Ana", team="Payments")
    service = await world.add_service(policy=await world.add_policy("Ana", delay_s=300))
    sources = ("events", "pagerduty", "alertmanager")
    integrations = {source: await world.add_integration(service, source) for source in sources}
    return Ways(world, await world.client("Mia"), service, integrations)
