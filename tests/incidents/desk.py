"""A team with people who work on incidents, over HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from tests.escalation.house import House
from tests.kit.world import World

LONG = 3600


@dataclass
class Desk:
    """Team Payments: Mia manages it, Ana, Bo and Cy respond; the policy pages Ana, then Bo, then Cy."""

    world: World
    house: House

    @classmethod
    async def build(cls, world: World, *, delay_s: int = LONG) -> "Desk":
        levels = people = ("Ana", "Bo", "Cy")
        return cls(world, await House.build(world, *people, levels=levels, delay_s=delay_s))

    async def fire(self, key: str = "checkout", **change: Any) -> Any:
        """An alert's incident."""
        await self.house.fire(dedup_key=key, check=key, **change)
        return (await self.items("Mia"))[0]

    async def open(self, name: str = "Ana", **body: Any) -> Any:
        """Open one by hand, and let its first step be taken."""
        answer = await (await self.world.client(name)).post("/api/v1/incidents", {"title": "Trouble", **body})
        await self.world.settle()
        return answer

    async def send(self, name: str, incident: Any, verb: str, body: Any = None, **headers: str) -> httpx.Response:
        client = await self.world.client(name)
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        answer = await client.send("POST", f"/api/v1/incidents/{incident['id']}/{verb}", body, headers=sent)
        assert answer.status_code < 500, answer.text
        return answer

    async def act(self, name: str, incident: Any, verb: str, body: Any = None) -> Any:
        """Use a verb that is legal, and let what it causes happen."""
        answer = await self.send(name, incident, verb, body)
        assert answer.status_code == 200, answer.text
        await self.world.settle()
        return answer.json()

    async def refused(self, name: str, incident: Any, verb: str, body: Any = None) -> tuple[int, str]:
        answer = await self.send(name, incident, verb, body)
        problem = answer.json()
        errors = problem.get("errors") or []
        return answer.status_code, errors[0]["field"] if errors else problem.get("code", "")

    async def read(self, incident: Any, name: str = "Mia") -> Any:
        return await (await self.world.client(name)).get(f"/api/v1/incidents/{incident['id']}")

    async def items(self, name: str = "Mia", **query: Any) -> list[Any]:
        return (await (await self.world.client(name)).get("/api/v1/incidents", **query))["items"]

    async def told(self, incident: Any) -> list[tuple[str, Any]]:
        """(kind, args) of its timeline, without what providers answered."""
        path = f"/api/v1/incidents/{incident['id']}/timeline"
        entries = (await (await self.world.client("Mia")).get(path, limit=200))["items"]
        return [(entry["kind"], entry["args"]) for entry in entries if entry["kind"] != "page_accepted"]

    async def audited(self, incident: Any) -> list[str]:
        """The verbs that the audit trail has of it."""
        rows = await self.world.db.values(
            "SELECT verb FROM audit WHERE object_id = :id ORDER BY seq", id=incident["id"]
        )
        return [verb for (verb,) in rows]

    async def notices(self) -> list[tuple[str, str]]:
        """(person, text) of the messages that are no pages and say something."""
        rows = await self.world.db.values(
            "SELECT user_account.name, delivery.message FROM delivery JOIN address ON address.id = delivery.address_id"
            " JOIN user_account ON user_account.id = address.user_id WHERE delivery.priority = 1 ORDER BY delivery.id"
        )
        said = [(name, msgspec.json.decode(message)) for name, message in rows]
        return [(name, message["body"]) for name, message in said if message["kind"] != "cleared"]
