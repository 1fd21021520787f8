"""A team with an incident on call and a status page to say so on."""

from dataclasses import dataclass
from typing import Any

import msgspec

from shared.wire import routes
from shared.wire.services import Service
from shared.wire.status_pages import StatusPage
from tests.kit.client import Client
from tests.kit.world import World


@dataclass
class Newsroom:
    """Ana manages the team, its page and its service; Bo answers; Pia may publish on the page and nothing else."""

    world: World
    page: StatusPage
    services: dict[str, Service]
    paths: dict[str, str]

    @classmethod
    async def build(cls, world: World) -> "Newsroom":
        await world.add_team("Payments")
        await world.add_person("Root", role="admin")
        await world.add_person("Ana", team="Payments", role="manager")
        await world.add_person("Bo", team="Payments")
        await world.add_person("Pia", role="viewer")
        page = await world.add_status_page("Nordwind", "Payments: Checkout, Payouts", "API")
        await world.add_grant("Pia", "status_events:edit", kind="status_page", id=page.id)
        policy = await world.add_policy("Bo")
        services, paths = dict[str, Service](), dict[str, str]()
        for name in ("checkout", "payouts"):
            services[name] = await world.add_service(name, policy=policy)
            integration = await world.add_integration(services[name], name=f"events {name}")
            paths[name] = integration.ingest_url.removeprefix(world.engine.settings.api_url)
        return cls(world, page, services, paths)

    async def fire(
        self, service: str = "checkout", *, key: str = "a", severity: str = "critical", **labels: str
    ) -> str:
        """The id of the incident that an alert opens."""
        alert = {"title": f"{service} {key}", "dedup_key": key, "check": key, "severity": severity, "labels": labels}
        answer = await self.world.nobody.send("POST", self.paths[service], alert)
        assert answer.status_code == 202, answer.text
        await self.world.settle()
        return await self.world.db.value("SELECT id FROM incident ORDER BY number DESC LIMIT 1")

    async def ana(self) -> Client:
        return await self.world.client("Ana")

    async def add_template(self, name: str = "Down", **more: Any) -> dict[str, Any]:
        body = {
            "name": name,
            "kind": "incident",
            "title": {"en": "Payments are failing", "zh": "支付失败"},
            "body": {"en": "We are looking into it."},
            "changes": self.world.update_of("investigating", Checkout="full_outage")["changes"],
            **more,
        }
        return await (await self.ana()).post(self.of_page(routes.STATUS_TEMPLATES), body)

    async def add_rule(self, template: dict[str, Any], *, services: str = "checkout", **more: Any) -> dict[str, Any]:
        ids = [self.services[name].id for name in services.split()]
        body = {"name": "Checkout is down", "service_ids": ids, "template_id": template["id"], **more}
        return await (await self.ana()).post(self.of_page(routes.STATUS_RULES), body)

    def of_page(self, route: str, **more: str) -> str:
        return route.format(status_page_id=self.page.id, **more)

    async def events(self) -> list[dict[str, Any]]:
        """The last first."""
        return (await (await self.ana()).get(self.of_page(routes.STATUS_EVENTS)))["items"]

    async def publish(self, incident: str, *, by: str = "Ana", **body: Any) -> Any:
        path = routes.INCIDENT_PUBLISH.format(incident_id=incident)
        return await (await self.world.client(by)).send("POST", path, {"status_page_id": self.page.id, **body})

    async def publications(self, incident: str, *, by: str = "Ana") -> list[dict[str, Any]]:
        path = routes.INCIDENT_PUBLICATIONS.format(incident_id=incident)
        return (await (await self.world.client(by)).get(path))["items"]

    async def proposals(self) -> list[dict[str, Any]]:
        return (await (await self.ana()).get(self.of_page(routes.STATUS_PROPOSALS)))["items"]

    async def told(self, incident: str) -> list[tuple[str, dict[str, Any], str]]:
        """What the timeline says of status pages, and by which kind of actor."""
        path = routes.INCIDENT_TIMELINE.format(incident_id=incident)
        entries = (await (await self.ana()).get(path))["items"]
        return [
            (each["kind"], each["args"], each["actor"]["kind"])
            for each in entries
            if each["kind"].startswith("status_")
        ]

    async def resolve(self, incident: str) -> None:
        await (await self.world.client("Bo")).post(routes.INCIDENT_RESOLVE.format(incident_id=incident), {})

    async def notices(self, name: str) -> list[tuple[str, str]]:
        """Titles and bodies of a person's notices, in their order."""
        rows = await self.world.db.values(
            "SELECT message FROM delivery JOIN address ON address.id = address_id"
            " WHERE user_id = :id AND priority > 0 ORDER BY delivery.id",
            id=self.world.users[name],
        )
        messages = [msgspec.json.decode(each) for (each,) in rows]
        return [
            (each["title"], each["body"]) for each in messages if "#" in each["body"] or "Nordwind" in each["title"]
        ]
