"""A team with a manager, responders and a policy made of a few words."""

from dataclasses import dataclass
from typing import Any

from tests.kit.world import Client, World

EVENT = {"title": "Checkout errors", "dedup_key": "checkout", "severity": "critical"}


@dataclass
class House:
    """Team Payments: Mia manages it; `people` respond."""

    world: World
    manager: Client
    service: Any
    integration: Any
    policy: Any | None

    @classmethod
    async def build(cls, world: World, *people: str, policy: Any = None) -> "House":
        await world.add_team("Payments")
        await world.add_user("Mia", team="Payments", role="manager")
        for name in people:
            await world.add_user(name, team="Payments")
        manager = await world.sign_in("Mia")
        saved = await manager.post("/api/v1/escalation-policies", policy(world)) if policy else None
        body = {"name": "checkout", "team_id": world.teams["Payments"], "policy_id": saved["id"] if saved else None}
        service = await manager.post("/api/v1/services", body)
        way_in = {"name": "curl", "source": "events", "service_id": service["id"]}
        integration = await manager.post("/api/v1/integrations", way_in)
        return cls(world, manager, service, integration, saved)

    async def send(self, **change: Any) -> None:
        event = {**EVENT, **change}
        answer = await self.world.nobody.send("POST", f"/ingest/events/{self.integration['key']}", event)
        assert answer.status_code == 202

    async def fire(self, **change: Any) -> None:
        await self.send(**change)
        await self.world.settle()

    async def item(self) -> Any:
        """The newest incident, read by somebody whose token is fresh."""
        self.manager = await self.world.sign_in("Mia")
        item = (await self.manager.get("/api/v1/incidents"))["items"][0]
        return await self.manager.get(f"/api/v1/incidents/{item['id']}")

    async def told(self) -> list[tuple[str, Any]]:
        """(kind, args) of the newest incident's timeline, without what providers answered."""
        item = await self.item()
        entries = (await self.manager.get(f"/api/v1/incidents/{item['id']}/timeline"))["items"]
        return [(entry["kind"], entry["args"]) for entry in entries if entry["kind"] != "page_accepted"]

    async def act(self, name: str, verb: str, body: Any = None, **headers: str) -> Any:
        client = await self.world.sign_in(name)
        id = (await client.get("/api/v1/incidents"))["items"][0]["id"]
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        return await client.send("POST", f"/api/v1/incidents/{id}/{verb}", body, headers=sent)


def policy_of(*levels: str, rounds: int = 1, delay_s: int = 60, **ids: str) -> Any:
    """`Ana+Bo` is a level of two people, `team:Payments` a team; names in `ids` are targets of other kinds."""

    def made(world: World) -> dict[str, Any]:
        def target(word: str) -> dict[str, str]:
            if word.startswith("team:"):
                return {"kind": "team", "id": world.teams[word.removeprefix("team:")]}
            if word.startswith("schedule:"):
                return {"kind": "schedule", "id": ids[word.removeprefix("schedule:")]}
            return {"kind": "user", "id": world.users[word]}

        return {
            "name": "Payments",
            "team_id": world.teams["Payments"],
            "rounds": rounds,
            "levels": [{"targets": [target(w) for w in level.split("+")], "delay_s": delay_s} for level in levels],
        }

    return made
