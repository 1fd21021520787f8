"""A service with one integration of every source, and bodies that they take."""

from dataclasses import dataclass
from typing import Any

from tests.kit.world import Client, World

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
    """Keys and ids by source; the people behind."""

    world: World
    manager: Client
    service_id: str
    keys: dict[str, str]
    ids: dict[str, str]

    async def send(self, path: str, body: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.world.nobody.send("POST", path, body, headers=named)

    def path(self, source: str) -> str:
        return f"/ingest/{source}/{self.keys[source]}"

    async def events(self) -> int:
        return await self.world.db.value("SELECT COUNT(*) FROM event")

    async def incidents(self, **query: Any) -> list[Any]:
        await self.world.settle()
        return (await self.manager.get("/api/v1/incidents", limit=200, **query))["items"]


async def make_ways(world: World) -> Ways:
    team = await world.add_team("Payments")
    await world.add_user("Mia", team="Payments", role="manager")
    await world.add_user("Ana", team="Payments")
    manager = await world.sign_in("Mia")
    levels = [{"targets": [{"kind": "user", "id": world.users["Ana"]}], "delay_s": 300}]
    policy = await manager.post("/api/v1/escalation-policies", {"name": "P", "team_id": team, "levels": levels})
    service = await manager.post("/api/v1/services", {"name": "checkout", "team_id": team, "policy_id": policy["id"]})
    keys, ids = {}, {}
    for source in ("events", "pagerduty", "alertmanager"):
        made = await manager.post(
            "/api/v1/integrations", {"name": source, "source": source, "service_id": service["id"]}
        )
        keys[source], ids[source] = made["key"], made["id"]
    return Ways(world, manager, service["id"], keys, ids)
