"""Somebody leaves who is on call, asked for cover, holds an incident, manages a team and has a feed, and comes back.

Each two of these together, and all of them at once: nobody is lost, nobody is told nonsense, and the past stays.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import combinations
from typing import Any

import icalendar
import pytest

from tests.kit.world import World

pytestmark = pytest.mark.store
V1 = "/api/v1"
DAY = timedelta(days=1)


class Life:
    """Ana and her colleagues; `had` is what each part of her life made."""

    def __init__(self, world: World) -> None:
        self.world, self.had = world, dict[str, Any]()

    async def build(self) -> None:
        world = self.world
        await world.add_team("Payments")
        await world.add_person("Root", role="admin")
        for name in ("Ana", "Bo", "Cy"):
            await world.add_person(name, team="Payments")
        self.watch = (await world.add_schedule("Watch", world.layer_of("Bo", "Cy"))).id
        service = await world.add_service(policy=await world.add_policy("schedule:Watch", "Bo"))
        self.integration = await world.add_integration(service)

    async def post(self, name: str, path: str, body: object = None) -> Any:
        answer = await (await self.world.client(name)).send("POST", path, body or {})
        assert answer.is_success, answer.text
        await self.world.settle()
        return answer.json() if answer.content else None

    async def fire(self, key: str) -> str:
        event = {"title": key, "dedup_key": key, "severity": "critical"}
        await self.world.nobody.send("POST", f"/ingest/events/{self.integration.key}", event)
        await self.world.settle()
        found = (await (await self.world.client("Bo")).get(f"{V1}/incidents"))["items"]
        return str(next(each["id"] for each in found if each["title"] == key))

    async def on_call(self, id: str, at: Any) -> list[str]:
        client = await self.world.client("Root")
        found = await client.get(f"{V1}/schedules/{id}/on-call", at=at.isoformat().replace("+00:00", "Z"))
        return [each["name"] for each in found["entries"]]

    # What she has

    async def is_on_call(self) -> None:
        self.had["rota"] = (await self.world.add_schedule("Nights", self.world.layer_of("Ana", "Bo", unit="week"))).id

    async def stands_in(self) -> None:
        start = self.world.clock.now() + DAY
        self.had["promise"] = await self.world.add_override(self.watch, "Ana", start=start, end=start + DAY)

    async def asks_for_cover(self) -> None:
        own = (await self.world.add_schedule("Own", self.world.layer_of("Ana"))).id
        start = (self.world.clock.now() + 3 * DAY).isoformat()
        end = (self.world.clock.now() + 4 * DAY).isoformat()
        body = {"schedule_id": own, "start": start, "end": end, "asked": [self.world.users["Bo"]]}
        self.had["request"] = (await self.post("Ana", f"{V1}/cover-requests", body))["id"]

    async def holds_an_incident(self) -> None:
        self.had["incident"] = await self.fire("held")
        await self.post("Ana", f"{V1}/incidents/{self.had['incident']}/acknowledge")

    async def manages_a_team(self) -> None:
        client = await self.world.client("Root")
        path = f"{V1}/teams/{self.world.teams['Payments']}/members/{self.world.users['Ana']}"
        answer = await client.send("DELETE", path)
        assert answer.is_success, answer.text
        body = {"user_id": self.world.users["Ana"], "is_manager": True}
        await self.post("Root", f"{V1}/teams/{self.world.teams['Payments']}/members", body)
        self.had["team"] = True

    async def has_a_feed(self) -> None:
        self.had["feed"] = (await self.post("Ana", f"{V1}/me/calendar-feed"))["url"]

    # What must be true

    async def check_gone(self) -> None:
        world, now = self.world, self.world.clock.now()
        for id in (self.watch, self.had.get("rota")):
            if id is not None:
                for day in range(20):
                    found = await self.on_call(id, now + day * DAY)
                    assert found, f"nobody is on call on day {day}"
                    assert "Ana" not in found
        if "request" in self.had:
            found = await (await world.client("Bo")).get(f"{V1}/cover-requests/{self.had['request']}")
            assert (found["state"], found["closed_because"], found["can"]) == ("cancelled", "left", [])
        if "incident" in self.had:
            found = await (await world.client("Bo")).get(f"{V1}/incidents/{self.had['incident']}")
            assert (found["state"], found["acknowledged_by"]) == ("triggered", None)
        before = len(await world.paged())
        await self.fire("later")
        await world.advance(seconds=60)
        assert set((await world.paged())[before:]) - {"Ana"}, "somebody else is paged"
        assert "Ana" not in (await world.paged())[before:]

    async def check_back(self, past: list[list[str]], ahead: list[list[str]]) -> None:
        assert await self.answers(-10, 0) == past, "the past stays"
        assert await self.answers(0, 20) == ahead, "coming back is no edit"
        client = await self.world.sign_in("Ana")
        mine = await client.get(f"{V1}/me/on-call")
        assert (mine["watches"], mine["next"]) == ([], None)
        assert (await client.get(f"{V1}/me"))["name"] == "Ana"
        if "feed" in self.had:
            answer = await self.world.nobody.send("GET", "/" + self.had["feed"].split("/", 3)[3])
            assert answer.status_code == 200, answer.text
            events: list[Any] = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
            assert [each for each in events if each.end > self.world.clock.now()] == [], "the feed is what is theirs"

    async def answers(self, first: int, last: int) -> list[list[str]]:
        now, ids = self.world.clock.now(), [self.watch, *filter(None, [self.had.get("rota")])]
        return [await self.on_call(id, now + day * DAY) for id in ids for day in range(first, last)]


Part = Callable[[Life], Awaitable[None]]
PARTS: dict[str, Part] = {
    "on call": Life.is_on_call,
    "stands in": Life.stands_in,
    "asks for cover": Life.asks_for_cover,
    "holds an incident": Life.holds_an_incident,
    "manages a team": Life.manages_a_team,
    "has a feed": Life.has_a_feed,
}
TOGETHER = [*combinations(PARTS, 2), tuple(PARTS)]


@pytest.mark.parametrize("parts", TOGETHER, ids=" and ".join)
async def test_whoever_leaves_leaves_nothing_behind_and_comes_back_to_nothing_changed(
    world: World, parts: tuple[str, ...]
) -> None:
    life = Life(world)
    await life.build()
    for part in parts:
        await PARTS[part](life)
    world.clock.advance(timedelta(hours=7))
    await life.post("Root", f"{V1}/users/{world.users['Ana']}/deactivate", {"takers": {"*": world.users["Cy"]}})
    await life.check_gone()
    world.clock.advance(8 * DAY)
    await world.settle()
    past, ahead = await life.answers(-10, 0), await life.answers(0, 20)
    await life.post("Root", f"{V1}/users/{world.users['Ana']}/reactivate")
    await life.check_back(past, ahead)
