"""A team with a schedule, over HTTP: who asks whom for cover, and what everybody is told."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from server.delivery.send import action_token
from tests.kit.world import World

V1 = "/api/v1"
COVERS = f"{V1}/cover-requests"
SCHEDULES = f"{V1}/schedules"
DAY = timedelta(days=1)


@dataclass
class Team:
    """Payments, with a watch from 04:00 to 04:00 that its people hold in turn, the first on 20 November."""

    world: World
    schedule_id: str = ""
    told_before: set[str] = field(default_factory=set[str])
    """The messages about the making of schedules, which no test here asks for."""

    @classmethod
    async def build(cls, world: World, *names: str, turns: tuple[str, ...] = (), **more: Any) -> "Team":
        team = cls(world)
        await world.add_team("Payments")
        await world.add_person("Root", role="admin")
        for name in names or ("Ana", "Bo", "Cy", "Di"):
            await world.add_person(name, team="Payments")
        team.schedule_id = await team.schedule("Watch", *(turns or ("Ana", "Bo")), **more)
        return team

    async def schedule(self, name: str, *turns: str, team: str = "Payments", **more: Any) -> str:
        layer = self.world.layer_of(*turns, **({"name": "l"} | more))
        made = await self.world.add_schedule(name, layer, team=team, by="Root", notices={"at_start": False})
        await self.world.settle()
        await self.world.let_stand(made.id)
        self.told_before = {id for (id,) in await self.world.db.values("SELECT id FROM delivery")}
        return made.id

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    async def send(self, name: str, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        answer = await (await self.world.client(name)).send(method, path, body, **query)
        assert answer.status_code < 500, answer.text
        return answer

    async def post(self, name: str, path: str, body: Any = None) -> Any:
        """What succeeds, and what it causes."""
        answer = await self.send(name, "POST", path, body)
        assert answer.is_success, answer.text
        await self.world.settle()
        return answer.json()

    async def refused(self, name: str, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Status, and the code with the field it is about."""
        answer = await self.send(name, method, path, body)
        problem = answer.json()
        errors = [f"{each['field']}: {each['code']}" if each["field"] else each["code"] for each in problem["errors"]]
        return answer.status_code, ", ".join(errors) or problem["code"]

    def hours(self, start: str, end: str) -> dict[str, str]:
        """`22 04:00` is that day and time of November."""
        return {"start": instant(start), "end": instant(end)}

    def until(self, at: str) -> timedelta:
        return datetime.fromisoformat(instant(at)) - self.now

    async def ask(self, name: str, *asked: str, start: str = "24 04:00", end: str = "25 04:00", **more: Any) -> Any:
        return await self.post(name, COVERS, self.request(*asked, start=start, end=end, **more))

    def request(self, *asked: str, start: str = "24 04:00", end: str = "25 04:00", **more: Any) -> dict[str, Any]:
        ids = [self.world.users.get(each, each) for each in asked]
        return {"schedule_id": self.schedule_id, "asked": ids, **self.hours(start, end), **more}

    async def answer(self, name: str, request: Any, verb: str, **hours: str) -> Any:
        body = {key: instant(value) for key, value in hours.items()} if verb == "accept" else None
        return await self.post(name, f"{COVERS}/{request['id']}/{verb}", body)

    async def read(self, request: Any, name: str = "Root") -> Any:
        return await (await self.world.client(name)).get(f"{COVERS}/{request['id']}")

    async def on_call(self, at: str | None = None) -> list[str]:
        query = {"at": instant(at)} if at else {}
        answer = await (await self.world.client("Root")).get(f"{SCHEDULES}/{self.schedule_id}/on-call", **query)
        return [entry["name"] for entry in answer["entries"]]

    async def told(self, name: str) -> list[str]:
        """The titles of the notices that a phone of theirs got, in order."""
        return [message["title"] for _, message in await self.notices(name)]

    async def notices(self, name: str) -> list[tuple[str, Any]]:
        rows = await self.world.db.values(
            "SELECT delivery.id, message FROM delivery JOIN address ON address.id = address_id"
            " WHERE user_id = :user AND delivery.channel = 'push' AND priority = 1 AND state = 'accepted'"
            " ORDER BY delivery.id",
            user=self.world.users[name],
        )
        return [(id, json.loads(message)) for id, message in rows if id not in self.told_before]

    async def press(self, name: str, verb: str) -> httpx.Response:
        """The button of the last notice that somebody got."""
        id, message = (await self.notices(name))[-1]
        token = action_token(self.world.engine.secrets, id, tuple(message["verbs"]), self.now + DAY)
        answer = await self.world.nobody.send("POST", f"{V1}/actions", {"token": token, "verb": verb})
        await self.world.settle()
        return answer

    async def audited(self, kind: str) -> list[str]:
        text = "SELECT verb FROM audit WHERE object_kind = :kind ORDER BY seq"
        return [verb for (verb,) in await self.world.db.values(text, kind=kind)]


def instant(text: str) -> str:
    day, time = text.split()
    return f"2026-11-{day}T{time}:00Z"
