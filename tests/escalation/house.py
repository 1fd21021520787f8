"""A team with a manager, responders, a service and its policy."""

from dataclasses import dataclass
from typing import Any

from shared.wire.escalation_policies import EscalationPolicy
from shared.wire.services import Integration, Service
from tests.kit.client import Client
from tests.kit.world import World

EVENT = {"title": "Checkout errors", "dedup_key": "checkout", "severity": "critical"}


@dataclass
class House:
    """Team Payments: Mia manages it; `people` respond."""

    world: World
    manager: Client
    service: Service
    integration: Integration
    policy: EscalationPolicy | None

    @classmethod
    async def build(cls, world: World, *people: str, levels: tuple[str, ...] = (), **policy: Any) -> "House":
        await world.add_team("Payments")
        await world.add_person("Mia", team="Payments", role="manager")
        for name in people:
            await world.add_person(name, team="Payments")
        return await cls.of(world, *levels, **policy)

    @classmethod
    async def of(cls, world: World, *levels: str, **policy: Any) -> "House":
        """Of people who are there already; without levels there is no policy."""
        saved = await world.add_policy(*levels, name="Payments", **policy) if levels else None
        service = await world.add_service(policy=saved)
        integration = await world.add_integration(service, name="curl")
        return cls(world, await world.client("Mia"), service, integration, saved)

    async def page_by(self, *levels: str, **policy: Any) -> None:
        """From now on another policy."""
        saved = await self.world.add_policy(*levels, **policy)
        body = {"name": self.service.name, "team_id": self.service.team_id, "policy_id": saved.id}
        await self.manager.put(f"/api/v1/services/{self.service.id}", body, rev=self.service.rev)

    async def send(self, **change: Any) -> None:
        event = {**EVENT, **change}
        answer = await self.world.nobody.send("POST", f"/ingest/events/{self.integration.key}", event)
        assert answer.status_code == 202

    async def fire(self, **change: Any) -> None:
        await self.send(**change)
        await self.world.settle()

    async def item(self) -> Any:
        """The newest incident, read by somebody whose token is fresh."""
        self.manager = await self.world.client("Mia")
        item = (await self.manager.get("/api/v1/incidents"))["items"][0]
        return await self.manager.get(f"/api/v1/incidents/{item['id']}")

    async def told(self) -> list[tuple[str, Any]]:
        """(kind, args) of the newest incident's timeline, without what providers answered."""
        item = await self.item()
        entries = (await self.manager.get(f"/api/v1/incidents/{item['id']}/timeline"))["items"]
        return [(entry["kind"], entry["args"]) for entry in entries if entry["kind"] != "page_accepted"]

    async def act(self, name: str, verb: str, body: Any = None, **headers: str) -> Any:
        client = await self.world.client(name)
        id = (await client.get("/api/v1/incidents"))["items"][0]["id"]
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        return await client.send("POST", f"/api/v1/incidents/{id}/{verb}", body, headers=sent)
