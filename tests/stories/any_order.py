"""A source, people and silences that do anything in any order, beside a model of what must be true afterwards."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from server.kernel.clock import from_us
from tests.chaos.mortal import Died, Fate, MortalWorld
from tests.ingest.ways import Ways
from tests.kit.client import Client

KEYS = tuple(f"{host}-{check}" for host in ("db", "web") for check in ("disk", "load"))
RANK = {"critical": 3, "warning": 2, "info": 1}
VERBS = ("acknowledge", "acknowledge", "unacknowledge", "snooze", "unsnooze", "resolve", "reopen", "undo", "escalate")


@dataclass
class Said:
    """What the source last said of a key, and whether a person has closed it since."""

    is_firing: bool = False
    severity: str = "warning"
    is_closed: bool = False


@dataclass
class Hush:
    """A silence: what it covers, as a key of conditions and a value; nothing means everything."""

    id: str
    rev: int
    on: tuple[str, str] | None
    starts_at: datetime
    ends_at: datetime

    def covers(self, key: str, said: Said, now: datetime) -> bool:
        if not self.starts_at <= now < self.ends_at:
            return False
        host = key.split("-", 1)[0]
        return self.on is None or self.on in {("labels.host", host), ("severity", said.severity)}


@dataclass
class AnyOrder:
    """One life of an installation; `told` says what was done, for whoever reads a failure."""

    ways: Ways
    world: MortalWorld
    chance: random.Random
    said: dict[str, Said] = field(default_factory=lambda: {key: Said() for key in KEYS})
    hushes: list[Hush] = field(default_factory=list[Hush])
    held: set[str] = field(default_factory=set[str])
    forced: set[str] = field(default_factory=set[str])
    by_word: set[str] = field(default_factory=set[str])
    closed: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    is_other_acked: bool = False
    told: list[str] = field(default_factory=list[str])
    seen: set[str] = field(default_factory=set[str])

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    async def client(self) -> Client:
        if (await self.ways.manager.send("GET", "/api/v1/me")).status_code == 401:
            self.ways.manager = await self.world.sign_in("Mia")
        return self.ways.manager

    async def step(self) -> None:
        """Something happens, everything that follows from it happens, and all must be well."""
        deeds = (
            (self.fire, 9), (self.recover, 5), (self.source_acknowledges, 2), (self.use_verb, 9), (self.silence, 2),
            (self.change_silence, 2), (self.edit, 1), (self.merge, 3), (self.wait, 6), (self.wait_out, 2),
        )  # fmt: skip
        deed = self.chance.choices([each for each, _ in deeds], [weight for _, weight in deeds])[0]
        await deed()

    async def settle(self) -> None:
        """In as many lives as it takes."""
        fate = self.world.fate
        if self.chance.random() < 0.2:
            fate.commit, fate.moment = fate.commits + self.chance.randint(1, 4), self.chance.choice(("before", "after"))
        await self.surely(self.world.settle)
        self.world.clock.move_to(self.now + timedelta(microseconds=2))
        await self.surely(self.world.settle)
        self.world.fate.commit = None
        await self.check()

    async def surely(self, action: Callable[[], Awaitable[Any]]) -> Any:
        while True:
            try:
                return await self.world.live(action)
            except Died:
                self.told.append("  died")
                await self.world.restart(Fate())

    async def fire(self) -> None:
        keys = self.chance.sample(KEYS, self.chance.choice((1, 1, 1, 2, 3)))
        await self._send([(key, "firing", self.chance.choice(tuple(RANK))) for key in keys])

    async def recover(self) -> None:
        keys = self.chance.sample(KEYS, self.chance.choice((1, 1, 2)))
        news = [(key, "resolved", self.said[key].severity) for key in keys]
        if self.chance.random() < 0.3:
            other = self.chance.choice([key for key in KEYS if key not in keys])
            news.insert(self.chance.randint(0, len(news)), (other, "firing", self.chance.choice(tuple(RANK))))
        await self._send(news)

    async def _send(self, news: list[tuple[str, str, str]]) -> None:
        self.told.append(f"{self.now:%H:%M:%S} {news}")
        alerts = [
            {
                "status": status,
                "fingerprint": key,
                "labels": {"alertname": key.split("-", 1)[1], "host": key.split("-", 1)[0], "severity": severity},
            }
            for key, status, severity in news
        ]
        answer = await self.ways.send(self.ways.path("alertmanager"), {"alerts": alerts})
        assert answer.status_code < 300, answer.text
        for key, status, severity in news:
            said = self.said[key]
            if status == "firing":
                self.said[key] = Said(is_firing=True, severity=severity)
            else:
                said.is_firing = False
        await self.settle()

    async def source_acknowledges(self) -> None:
        """By another way in, whose one alert is of no key's."""
        action = self.chance.choice(("trigger", "acknowledge", "acknowledge", "resolve"))
        self.told.append(f"{self.now:%H:%M:%S} the other source: {action}")
        body = {"title": "Other", "check": "other", "dedup_key": "other", "action": action, "severity": "warning"}
        assert (await self.ways.send(self.ways.path("events"), body)).status_code == 202
        if action == "acknowledge":
            text = "SELECT incident_id FROM alert WHERE dedup_key = 'other' AND closed_at IS NULL"
            self.held |= {id for (id,) in await self.world.db.values(text) if id is not None}
        self.is_other_acked = action == "acknowledge" or (self.is_other_acked and action == "trigger")
        await self.settle()

    async def _incident(self, *states: str) -> Any | None:
        items = (await (await self.client()).get("/api/v1/incidents", limit=200))["items"]
        found = [item for item in items if (not states or item["state"] in states) and item["merged_into"] is None]
        return self.chance.choice(found[:6]) if found else None

    async def use_verb(self) -> None:
        verb = self.chance.choice(VERBS)
        item = await self._incident(*(("resolved",) if verb == "reopen" else ()))
        if item is None:
            return
        body = {"snooze": {"seconds": self.chance.choice((60, 120, 300))}, "resolve": {}, "escalate": {}}.get(verb)
        keys = await self._open_keys(item["id"])
        answer = await (await self.client()).send("POST", f"/api/v1/incidents/{item['id']}/{verb}", body)
        self.told.append(f"{self.now:%H:%M:%S} {verb} #{item['number']} {item['state']}: {answer.status_code}")
        assert answer.status_code in (200, 409), answer.text
        if answer.status_code == 200:
            self._note(verb, item, keys, answer.json())
        await self.settle()

    def _note(self, verb: str, item: Any, keys: set[str], after: Any) -> None:
        (self.held.add if after["state"] == "acknowledged" else self.held.discard)(item["id"])
        if verb == "resolve":
            self.closed[item["id"]] = keys
            for key in keys & set(KEYS):
                self.said[key].is_closed = True
        if item["state"] == "resolved" and after["state"] != "resolved":
            for key in self.closed.pop(item["id"], set()) & set(KEYS):
                self.said[key].is_closed = False
            if after["open_alert_count"] == 0:
                self.by_word.add(item["id"])
        if verb == "escalate" and item["silenced_until"] is not None:
            self.forced.add(item["id"])

    async def silence(self) -> None:
        on = self.chance.choice((None, ("labels.host", "db"), ("labels.host", "web"), ("severity", "warning")))
        await self._save_silence(None, on, timedelta(seconds=self.chance.choice((60, 120, 400))))

    async def change_silence(self) -> None:
        running = [hush for hush in self.hushes if hush.ends_at > self.now]
        if not running:
            return
        hush = self.chance.choice(running)
        if self.chance.random() < 0.5:
            await self._save_silence(hush, hush.on, timedelta(seconds=self.chance.choice((30, 90, 300))))
            return
        path, headers = f"/api/v1/silences/{hush.id}", {"if-match": str(hush.rev)}
        assert (await (await self.client()).send("DELETE", path, headers=headers)).status_code == 204
        self.told.append(f"{self.now:%H:%M:%S} the silence on {hush.on} is over")
        hush.ends_at, hush.rev = self.now, hush.rev + 1
        await self.settle()

    async def _save_silence(self, hush: Hush | None, on: tuple[str, str] | None, span: timedelta) -> None:
        ends_at = self.now + span
        body: dict[str, Any] = {
            "team_id": self.world.teams["Payments"],
            "comment": "x",
            "starts_at": (hush.starts_at if hush else self.now).isoformat(),
            "ends_at": ends_at.isoformat(),
            "conditions": [[{"key": on[0], "values": [on[1]]}]] if on else [],
        }
        self.told.append(f"{self.now:%H:%M:%S} silence on {on} until {ends_at:%H:%M:%S}")
        client = await self.client()
        if hush is None:
            made = await client.post("/api/v1/silences", body)
            self.hushes.append(Hush(made["id"], made["rev"], on, self.now, ends_at))
        else:
            made = await client.put(f"/api/v1/silences/{hush.id}", body, rev=hush.rev)
            hush.rev, hush.ends_at = made["rev"], ends_at
        await self._forget_forced(hush or self.hushes[-1])
        await self.settle()

    async def _forget_forced(self, hush: Hush) -> None:
        """Who wanted pages in spite of silences did not know of one that covers something of theirs."""
        for id in tuple(self.forced):
            said = [(key, self.said.get(key, Said())) for key in await self._open_keys(id)]
            if any(hush.covers(key, each, self.now) for key, each in said):
                self.forced.discard(id)

    async def edit(self) -> None:
        item = await self._incident("triggered", "acknowledged")
        if item is None:
            return
        severity = self.chance.choice(tuple(RANK))
        path, headers = f"/api/v1/incidents/{item['id']}", {"if-match": str(item["rev"])}
        answer = await (await self.client()).send("PATCH", path, {"severity": severity}, headers=headers)
        self.told.append(f"{self.now:%H:%M:%S} #{item['number']} is {severity}: {answer.status_code}")
        await self.settle()

    async def merge(self) -> None:
        one, other = (
            await self._incident("triggered", "acknowledged"),
            await self._incident("triggered", "acknowledged"),
        )
        if one is None or other is None or one["id"] == other["id"]:
            return
        await (await self.client()).post(f"/api/v1/incidents/{one['id']}/merge", {"into": other["id"]})
        if other["state"] == "acknowledged":
            self.held.add(other["id"])
        self.told.append(f"{self.now:%H:%M:%S} #{one['number']} into #{other['number']}")
        await self.settle()

    async def wait(self) -> None:
        for _ in range(self.chance.choice((1, 3, 7))):
            self.world.clock.move_to(self.now + timedelta(seconds=10))
            self.told.append(f"{self.now:%H:%M:%S}")
            await self.settle()

    async def wait_out(self) -> None:
        """Until the next snooze or silence is over, if that is soon."""
        snoozes = await self.world.db.values("SELECT snoozed_until FROM incident WHERE snoozed_until IS NOT NULL")
        ends = [*(from_us(at) for (at,) in snoozes), *(hush.ends_at for hush in self.hushes)]
        ahead = [end for end in ends if self.now < end < self.now + timedelta(minutes=4)]
        if ahead:
            self.world.clock.move_to(min(ahead))
            self.told.append(f"{self.now:%H:%M:%S} something is over")
            await self.settle()

    async def _open_keys(self, incident_id: str) -> set[str]:
        text = "SELECT dedup_key FROM alert WHERE incident_id = :id AND closed_at IS NULL"
        return {key for (key,) in await self.world.db.values(text, id=incident_id)}

    def must_be_told(self, key: str) -> bool:
        """It fires, nobody has closed it, and no silence covers it."""
        said = self.said[key]
        return said.is_firing and not said.is_closed and not self.is_hushed(key)

    def is_hushed(self, key: str) -> bool:
        return any(hush.covers(key, self.said[key], self.now) for hush in self.hushes)

    async def check(self) -> None:
        stuck = await self.world.db.values("SELECT kind, ref, attempts FROM due WHERE attempts > 0 OR parked_at > 0")
        assert not stuck, f"what is due was tried and not done: {stuck}"
        alerts = await self.world.db.values("SELECT dedup_key, incident_id FROM alert WHERE closed_at IS NULL")
        holders: dict[str, str] = {key: id for key, id in alerts if id is not None}
        for key in KEYS:
            if self.must_be_told(key):
                assert key in holders, f"{key} fires and is nobody's"
        rows = await self.world.db.values(
            "SELECT id, state, severity, silenced_until, snoozed_until, open_alert_count FROM incident"
            " WHERE state <> 'resolved'"
        )
        assert set(holders.values()) <= {row[0] for row in rows}, "alerts are open in a resolved incident"
        for id, state, severity, silenced_until, snoozed_until, count in rows:
            keys = {key for key, holder in holders.items() if holder == id}
            assert count == len(keys), f"{count} open alerts are said, there are {keys}"
            assert keys or id in self.by_word, "nothing is left of it"
            if state == "acknowledged":
                by_source = self.is_other_acked and keys == {"other"}
                assert id in self.held or snoozed_until is not None or by_source, f"nobody took {keys}"
                await self._check_rest(id)
                continue
            self.held.discard(id)
            if silenced_until is not None:
                assert not (loud := self._loud(keys)), f"{loud} page nobody"
            else:
                is_wanted = id in self.forced or id in self.by_word
                assert self._loud(keys) or is_wanted, f"{keys} are all silenced, and it goes on"
                await self._check_paging(id, severity)
        await self._check_pages({row[0]: row[1] for row in rows}, holders)

    def _loud(self, keys: set[str]) -> set[str]:
        """Those that somebody has to be told of, the other source's among them."""
        other = {"other"} if not any(self._covers_other(hush) for hush in self.hushes) else set[str]()
        return {key for key in keys if (self.must_be_told(key) if key in self.said else key in other)}

    def _covers_other(self, hush: Hush) -> bool:
        return hush.covers("other", Said(severity="warning"), self.now)

    async def _check_rest(self, incident_id: str) -> None:
        """Somebody has it: nothing is on its way, and nothing will be."""
        running = await self.world.db.value(
            "SELECT COUNT(*) FROM escalation_run WHERE incident_id = :id AND state = 'running'", id=incident_id
        )
        queued = await self.world.db.value(
            "SELECT COUNT(*) FROM notification JOIN delivery ON delivery.id = notification.id"
            " WHERE incident_id = :id AND step >= 0 AND delivery.state = 'queued'",
            id=incident_id,
        )
        assert (running, queued) == (0, 0), f"{running} runs go on and {queued} pages are queued of what somebody has"

    async def _check_paging(self, incident_id: str, severity: str) -> None:
        armed = await self.world.db.value(
            "SELECT COUNT(*) FROM due WHERE kind = 'run.advance' AND ref = :id", id=incident_id
        )
        assert armed == 1, "nothing pages the next level"
        told = await self.world.db.values(
            "SELECT notification.severity FROM notification JOIN incident ON incident.id = incident_id"
            " AND incident.cycle = notification.cycle JOIN delivery ON delivery.id = notification.id"
            " WHERE incident_id = :id AND delivery.state IN ('queued', 'accepted', 'sending')",
            id=incident_id,
        )
        assert told, "nobody was paged"
        assert max(RANK[each] for (each,) in told) >= RANK[severity], f"nobody was told that it is {severity}"

    async def _check_pages(self, states: dict[str, str], holders: dict[str, str]) -> None:
        """Whatever left since the last look left for something that somebody had to be told."""
        rows = await self.world.db.values(
            "SELECT notification.id, incident_id FROM notification JOIN delivery ON delivery.id = notification.id"
            " WHERE delivery.state = 'accepted'"
        )
        for id, incident_id in rows:
            if id in self.seen:
                continue
            self.seen.add(id)
            assert states.get(incident_id) == "triggered", f"paged for what is {states.get(incident_id, 'over')}"
            keys = {key for key, holder in holders.items() if holder == incident_id}
            is_wanted = incident_id in self.forced or incident_id in self.by_word
            assert self._loud(keys) or is_wanted, f"paged for {keys}, all silenced"
