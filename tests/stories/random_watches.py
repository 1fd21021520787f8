"""People who give, take, cover, edit, archive and leave in any order, and what must be true of watches afterwards."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from server.kernel.database import Writes
from tests.kit.world import World

V1 = "/api/v1"
COVERS = f"{V1}/cover-requests"
NAMES = ("Ana", "Bo", "Cy", "Di", "Ed")
BEGIN = datetime(2027, 3, 26, 9, tzinfo=UTC)
"""Two days before clocks in Berlin change."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Shift = tuple[str, str, str, str | None]


@dataclass
class Watches:
    """One life of a team's schedules; `told` says what was done, for whoever reads a failure."""

    world: World
    chance: random.Random
    told: list[str] = field(default_factory=list[str])
    schedules: list[str] = field(default_factory=list[str])
    archived: list[str] = field(default_factory=list[str])
    past: dict[str, list[Shift]] = field(default_factory=dict[str, list[Shift]])
    done: set[str] = field(default_factory=set[str])
    gone: set[str] = field(default_factory=set[str])
    until: datetime = BEGIN
    count: int = 0

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    async def build(self) -> None:
        self.world.clock.move_to(BEGIN - HOUR)
        await self.world.add_team("Payments")
        approval = self.chance.random() < 0.5
        await self.world.db.apply(Writes().sql("UPDATE team SET covers_need_approval = :on", on=approval))
        await self.world.add_person("Root", role="admin")
        for name in NAMES:
            await self.world.add_person(name, team="Payments")
        await self.make_schedule()
        await self.make_schedule()
        self.world.clock.move_to(BEGIN)

    async def step(self) -> None:
        deeds: tuple[tuple[Callable[[], Awaitable[None]], int], ...] = (
            (self.ask, 5), (self.answer, 8), (self.override, 4), (self.cancel, 2), (self.give, 3), (self.take, 4),
            (self.edit, 4), (self.time_off, 2), (self.leave, 1), (self.come_back, 1), (self.archive, 1),
            (self.both_at_once, 3), (self.wait, 5),
        )  # fmt: skip
        deed = self.chance.choices([each for each, _ in deeds], [weight for _, weight in deeds])[0]
        await deed()
        await self.world.settle()
        await self.check()

    async def send(self, name: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        client = await self.world.client(name)
        answer = await client.send(method, path, body, headers=headers)
        if answer.status_code == 401 and name not in self.gone:
            answer = await (await self.world.sign_in(name)).send(method, path, body, headers=headers)
        self.told.append(f"{self.now:%d %H:%M} {name} {method} {path} {body} -> {answer.status_code}")
        assert answer.status_code < 500, answer.text
        if answer.is_success:
            self.done.add(f"{method} {path.rpartition('/')[2]}")
        return answer

    async def get(self, path: str, **query: Any) -> Any:
        return await (await self.world.client("Root")).get(path, **query)

    @property
    def here(self) -> list[str]:
        return [name for name in NAMES if name not in self.gone]

    # What people do

    async def make_schedule(self) -> None:
        self.count += 1
        turns = self.chance.sample(self.here, min(3, len(self.here)))
        roles = [f"{a}/primary+{b}/backup" for a, b in zip(turns, [*turns[1:], turns[0]], strict=True)]
        unit = self.chance.choice(("day", "day", "week"))
        layer = self.world.layer_of(
            *(roles if self.chance.random() < 0.5 else turns),
            unit=unit,
            start="2027-03-20T02:30",
            rotation={"unit": unit, "every": 1, "order": self.chance.choice(("listed", "fair"))},
        )
        made = await self.world.add_schedule(
            f"Watch {self.count}", layer, team="Payments", by="Root", zone="Europe/Berlin"
        )
        self.schedules.append(made.id)
        self.past[made.id] = []

    def hours(self, most: int = 96) -> dict[str, str]:
        start = self.now.replace(minute=0) + self.chance.randint(1, most) * HOUR
        return {"start": start.isoformat(), "end": (start + self.chance.randint(1, 30) * HOUR).isoformat()}

    async def ask(self) -> None:
        schedule = self.chance.choice(self.schedules)
        ahead = [
            each for each in await self.shifts(schedule, self.now + HOUR, self.now + 5 * DAY) if each[2] in self.here
        ]
        if not ahead:
            return
        start, end, name, _ = self.chance.choice(ahead)
        asked = [each for each in self.chance.sample(self.here, min(2, len(self.here))) if each != name]
        ids = [self.world.users[each] for each in asked]
        if ids:
            await self.send(name, "POST", COVERS, {"schedule_id": schedule, "start": start, "end": end, "asked": ids})

    async def answer(self) -> None:
        found = [each for each in (await self.get(COVERS, limit=200))["items"] if each["state"] in ("open", "accepted")]
        if not found:
            return
        request = self.chance.choice(found)
        verb = self.chance.choice(("accept", "accept", "accept", "decline", "approve", "reject", "cancel"))
        asked = [each["user"]["name"] for each in request["asked"]]
        name = "Root" if verb in ("approve", "reject", "cancel") else self.chance.choice(asked)
        body: Any = None
        if verb == "accept":
            middle = (datetime.fromisoformat(request["end"]) - HOUR / 2).isoformat()
            body = {} if self.chance.random() < 0.6 else {"start": request["start"], "end": middle}
        if name in ("Root", *self.here):
            await self.send(name, "POST", f"{COVERS}/{request['id']}/{verb}", body)

    async def override(self) -> None:
        schedule, taker = self.chance.choice(self.schedules), self.chance.choice(self.here)
        other = self.world.users[self.chance.choice(NAMES)]
        scope = self.chance.choice(
            ({"kind": "all"}, {"kind": "role", "role_id": "primary"}, {"kind": "person", "user_id": other})
        )
        body = {**self.hours(), "user_id": self.world.users[taker], "scope": scope}
        await self.send("Root", "POST", f"{V1}/schedules/{schedule}/overrides", body)

    async def cancel(self) -> None:
        schedule = self.chance.choice(self.schedules)
        found = (await self.get(f"{V1}/schedules/{schedule}/overrides"))["items"]
        if found:
            await self.send("Root", "DELETE", f"{V1}/schedules/{schedule}/overrides/{self.chance.choice(found)['id']}")

    async def give(self) -> None:
        schedule = self.chance.choice(self.schedules)
        holders = [name for name in await self.on_call(schedule) if name in self.here]
        if holders:
            until = (self.now + self.chance.choice((1, 5, 30)) * HOUR).isoformat()
            body = {"to_user_id": self.world.users[self.chance.choice(self.here)], "until": until}
            await self.send(self.chance.choice(holders), "POST", f"{V1}/schedules/{schedule}/give", body)

    async def take(self) -> None:
        schedule = self.chance.choice(self.schedules)
        holders = await self.on_call(schedule)
        body = {"from_user_id": self.world.users[self.chance.choice(holders)] if holders else None}
        await self.send(self.chance.choice(self.here), "POST", f"{V1}/schedules/{schedule}/take", body)

    async def edit(self) -> None:
        """Saved at once: whoever is on call at this moment stays."""
        schedule = self.chance.choice(self.schedules)
        found = await self.get(f"{V1}/schedules/{schedule}")
        body = {name: found[name] for name in ("name", "team_id", "time_zone", "overlap", "layers", "notices")}
        changed = self.chance.choice(("groups", "hours", "overlap", "layer", "zone"))
        if changed == "groups":
            self.chance.shuffle(body["layers"][-1]["groups"])
        elif changed == "hours":
            body["layers"][-1]["rotation"]["unit"] = self.chance.choice(("hour", "day", "week"))
        elif changed == "overlap":
            body["overlap"] = "top_layer" if body["overlap"] == "union" else "union"
        elif changed == "zone":
            body["time_zone"] = self.chance.choice(("Europe/Berlin", "Asia/Kolkata"))
        else:
            body["layers"].insert(0, self.world.layer_of(self.chance.choice(self.here), start="2027-03-25T08:00"))
        before = set(await self.on_call(schedule))
        answer = await self.send("Root", "PUT", f"{V1}/schedules/{schedule}", body, **{"if-match": str(found["rev"])})
        after = set(await self.on_call(schedule))
        assert before <= after if changed == "layer" and answer.is_success else before == after, (
            changed,
            before,
            after,
        )

    async def time_off(self) -> None:
        await self.send(self.chance.choice(self.here), "POST", f"{V1}/me/time-off", self.hours())

    async def leave(self) -> None:
        if len(self.here) < 4:
            return
        name = self.chance.choice(self.here)
        taker = self.chance.choice([each for each in self.here if each != name])
        body = {"takers": {"*": self.world.users[taker]}}
        answer = await self.send("Root", "POST", f"{V1}/users/{self.world.users[name]}/deactivate", body)
        if answer.is_success:
            self.gone.add(name)

    async def come_back(self) -> None:
        if self.gone:
            name = self.chance.choice(sorted(self.gone))
            await self.world.sign_in("Root")
            answer = await self.send("Root", "POST", f"{V1}/users/{self.world.users[name]}/reactivate", {})
            if answer.is_success:
                self.gone.discard(name)

    async def archive(self) -> None:
        schedule = self.chance.choice(self.schedules)
        rev = (await self.get(f"{V1}/schedules/{schedule}"))["rev"]
        answer = await self.send("Root", "DELETE", f"{V1}/schedules/{schedule}", **{"if-match": str(rev)})
        if answer.is_success:
            self.schedules.remove(schedule)
            self.archived.append(schedule)
            await self.make_schedule()

    async def both_at_once(self) -> None:
        """Two changes at one moment: whichever is first, the other is refused or decides again."""
        deeds = (self.answer, self.answer, self.take, self.give, self.override, self.cancel, self.ask)
        one, other = self.chance.sample(deeds, 2)
        await asyncio.gather(one(), other())

    async def wait(self) -> None:
        self.world.clock.move_to(self.now + self.chance.choice((HOUR / 4, 3 * HOUR, 11 * HOUR, 26 * HOUR)))

    # What must be true

    async def check(self) -> None:
        for schedule in (*self.schedules, *self.archived):
            await self.check_past(schedule)
        for schedule in self.archived:
            assert await self.on_call(schedule) == []
        for schedule in self.schedules:
            found = await self.shifts(schedule, self.now, self.now + 20 * DAY)
            assert not {name for _, _, name, _ in found} - set(self.here), "nobody is on call whose account has ended"
        await self.check_pages(self.chance.choice(self.schedules))
        await self.check_requests()
        self.until = self.now

    async def check_past(self, schedule: str) -> None:
        """What has been said of the time before the last look stays, whatever was done since."""
        if self.until > BEGIN:
            assert await self.shifts(schedule, BEGIN, self.until) == self.past[schedule], "the past stays"
        if self.now > BEGIN:
            self.past[schedule] = await self.shifts(schedule, BEGIN, self.now)

    async def check_pages(self, schedule: str) -> None:
        """A walk by the cursor says what the whole answer says, also over the day on which clocks change."""
        whole = await self.shifts(schedule, self.now, self.now + 12 * DAY)
        walked = await self.shifts(schedule, self.now, self.now + 12 * DAY, limit=self.chance.randint(1, 5))
        assert walked == whole

    async def check_requests(self) -> None:
        """Whatever is open is ahead, about hours that its requester holds, and asks somebody who is there."""
        for each in (await self.get(COVERS, limit=200))["items"]:
            waits = each["state"] == "open" or (each["state"] == "accepted" and each["needs_approval"])
            if not waits:
                continue
            assert datetime.fromisoformat(each["start"]) > self.now, each
            assert each["schedule"]["id"] in self.schedules, each
            assert each["requester"]["name"] in self.here, each
            assert {one["user"]["name"] for one in each["asked"]} & set(self.here), each
            start, end = (datetime.fromisoformat(each[edge]) for edge in ("start", "end"))
            shifts = await self.shifts(each["schedule"]["id"], start, end)
            held = [one for one in shifts if one[2] == each["requester"]["name"]]
            first, last = min(one[0] for one in held), max(one[1] for one in held)
            assert (first, last) == (each["start"], each["end"]), "what others have at its edges is cut off"

    async def on_call(self, schedule: str) -> list[str]:
        found = await self.get(f"{V1}/schedules/{schedule}/on-call")
        return [each["name"] for each in found["entries"]]

    async def shifts(self, schedule: str, start: datetime, end: datetime, *, limit: int = 1000) -> list[Shift]:
        """Joined over the pages of the answer, whoever's source they are of."""
        names = {id: name for name, id in self.world.users.items()}
        found: list[Any] = []
        cursor: str | None = None
        for _ in range(1000):
            query = {"from": start.isoformat(), "to": end.isoformat(), "limit": limit}
            page = await self.get(
                f"{V1}/schedules/{schedule}/shifts", **query, **({"cursor": cursor} if cursor else {})
            )
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert cursor is None
        return joined([(each["start"], each["end"], names[each["user_id"]], each["role_id"]) for each in found])


def joined(found: list[Shift]) -> list[Shift]:
    """Pieces that touch and have the same person and role are one."""
    whole: list[Shift] = []
    last: dict[tuple[str, str | None], int] = {}
    for start, end, name, role in sorted(found, key=lambda each: (each[0], each[1], each[2], each[3] or "")):
        place = last.get((name, role))
        if place is not None and whole[place][1] >= start:
            whole[place] = (whole[place][0], max(whole[place][1], end), name, role)
        else:
            last[name, role] = len(whole)
            whole.append((start, end, name, role))
    return sorted(whole, key=lambda each: (each[0], each[2], each[3] or ""))
