"""A world to be denied in: a team of one's own, an open one and a private one with one of everything, and people."""

import dataclasses
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pyotp.totp import TOTP

from server.covers.requests import AskedRow, CoverRow
from server.kernel.database import Writes, open_database
from server.kernel.ids import new_id
from server.kernel.settings import Settings
from server.tables.migrate import bind_tables, engine_for, migrate
from shared.wire.services import Integration
from shared.wire.sessions import Role
from tests.kit.client import Client
from tests.kit.stores import sqlite_settings
from tests.kit.world import MINUTE, World, world_of
from tests.permissions.actors import CLERK, EVERYTHING, MANAGER, PLACES, VIEWER, Place
from tests.permissions.bodies import LABEL, LATER, TOMORROW
from tests.permissions.reviewed import ACT
from tests.permissions.status_page import add_proposal, add_status_page

CANARY = "Zyzzyva"
"""Stands in every word of what the private team owns."""
TEAM_NAMES: dict[Place, str] = {"own": "Own", "other": "Other", "private": f"{CANARY} team"}
HANDS: dict[Place, str] = {"own": "Hal", "other": "Ida", "private": "Jon"}
ROLES: dict[str, Role] = {
    "owner": "owner",
    "admin": "admin",
    "manager": "manager",
    "responder": "responder",
    "viewer": "viewer",
    "clerk": "viewer",
    "granted": "viewer",
    "let in": "viewer",
    "deactivated": "manager",
    "stranger": "responder",
}
"""People by what they are in the matrices; the stranger owns what is somebody else's."""
MEMBERS_OF_OWN = ("manager", "responder", "viewer", "deactivated")
V1 = "/api/v1"


def without(permission: str) -> str:
    """The name of an administrator's key that has every scope but one."""
    return f"key without {permission}"


@dataclass
class Estate:
    """Ids by place or by person under the names that paths and bodies use; `seal` ends the building."""

    world: World
    settings: Settings
    clients: dict[str, Client] = field(default_factory=dict[str, Client])
    places: dict[Place, dict[str, str]] = field(default_factory=dict[Place, dict[str, str]])
    things: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    account: dict[str, str] = field(default_factory=dict[str, str])
    revs: dict[str, int] = field(default_factory=dict[str, int])
    sealed: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:"))
    version: int = 0

    def __post_init__(self) -> None:
        self.live = sqlite3.connect(self.settings.sqlite_path)
        self.live.execute("PRAGMA synchronous = OFF")

    def seal(self) -> None:
        """Keep the world as it is now, to come back to."""
        self.live.backup(self.sealed)
        self.version = self._version()

    def restore(self) -> None:
        """Everything is again as it was when it was sealed."""
        if self._version() != self.version:
            self.sealed.backup(self.live)
            self.version = self._version()

    def is_changed(self) -> bool:
        """Whether any row of any table is another than when the estate was sealed."""
        return self._version() != self.version and contents(self.live) != contents(self.sealed)

    def _version(self) -> int:
        """Another after every commit of anybody else."""
        return self.live.execute("PRAGMA data_version").fetchone()[0]

    def audited(self) -> int:
        return self.live.execute("SELECT COUNT(*) FROM audit").fetchone()[0]

    def rev(self, id: str) -> int:
        return self.revs.get(id, 0)


def contents(store: sqlite3.Connection) -> dict[str, list[Any]]:
    """Every row of every table."""
    names = [name for (name,) in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {name: store.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


@asynccontextmanager
async def estate_in(folder: Path) -> AsyncGenerator[Estate]:
    settings = sqlite_settings(folder)
    await migrate(settings)
    bind_tables(engine_for(settings))
    db = await open_database(settings)
    async with world_of(dataclasses.replace(settings, demo=True), db) as world:
        estate = Estate(world, settings)
        await Builder(estate).build()
        world.engine.ways_out.given = frozenset()
        estate.seal()
        yield estate
        estate.live.close()
    await db.close()


class Builder:
    """Fills an estate, mostly over HTTP as its administrator."""

    def __init__(self, estate: Estate) -> None:
        self.estate, self.world = estate, estate.world

    async def build(self) -> None:
        await self._people()
        self.root = await self.world.sign_in("admin")
        for place in PLACES:
            self.estate.places[place] = await self._place(place)
        await self._entangle()
        await self._account()
        await self._sign_everybody_in()
        for name, client in list(self.estate.clients.items()):
            if name in ROLES:
                self.estate.things[name] = await self._things(name, client)
        await self._keys()
        await self._deactivate()
        await self._fail_messages()
        await self._see_everybody()
        self._read_revs()

    async def _people(self) -> None:
        for place in PLACES:
            await self.world.add_team(TEAM_NAMES[place], is_private=place == "private")
            await self.world.add_person(HANDS[place], team=TEAM_NAMES[place])
        for name, role in ROLES.items():
            team = "Own" if name in MEMBERS_OF_OWN else None
            await self.world.add_person(name, team=team, role=role, reach="push webhook")
        await self.world.make_manager("manager", "Own")
        # Before anything is theirs there: who may not be paged about a team's things loses what they promised.
        private = self.world.teams[TEAM_NAMES["private"]]
        await self.world.add_grant("let in", *sorted(VIEWER | {ACT}), kind="team", id=private)

    async def _place(self, place: Place) -> dict[str, str]:
        word = CANARY if place == "private" else TEAM_NAMES[place]
        team_id, hand = self.world.teams[TEAM_NAMES[place]], self.world.users[HANDS[place]]
        spare = (await self.world.add_team(f"{word} spare team", is_private=place == "private")).id
        ids = {"team_id": team_id, "spare_team_id": spare, "user_id": hand, "word": word}
        world = self.world
        owner: dict[str, Any] = {"team": TEAM_NAMES[place], "by": "admin"}
        policy, spare_policy = [
            await world.add_policy(HANDS[place], name=f"{word} {name}policy", delay_s=300, **owner)
            for name in ("", "spare ")
        ]
        service, spare_service = [
            await world.add_service(f"{word} {name}service", policy=policy, description=word, **owner)
            for name in ("", "spare ")
        ]
        watch, spare_watch = [
            await world.add_schedule(f"{word} {name}watch", world.layer_of(f"{HANDS[place]}/primary"), **owner)
            for name in ("", "spare ")
        ]
        integration = await world.add_integration(service, name=f"{word} way in", by="admin")
        hours = {"start": TOMORROW, "end": LATER}
        span = {"starts_at": TOMORROW, "ends_at": LATER}
        ids |= {
            "policy_id": policy.id,
            "spare_policy_id": spare_policy.id,
            "service_id": service.id,
            "spare_service_id": spare_service.id,
            "schedule_id": watch.id,
            "spare_schedule_id": spare_watch.id,
            "layer_id": watch.layers[0].id,
            "calendar_id": (await world.add_calendar(f"{word} days", **owner)).id,
            "integration_id": integration.id,
            "rule_id": (await world.add_rule(integration, LABEL, name=word, by="admin")).id,
            "silence_id": (await world.add_silence(service_id=service.id, comment=word, **span, **owner)).id,
            "override_id": (await world.add_override(watch.id, HANDS[place], by="admin", **hours)).id,
        }
        ids |= await self._covers(word, ids)
        ids |= await add_status_page(self.world, self.root, word, **owner)
        ids |= await self._incidents(word, integration)
        return ids | await add_proposal(self.world, ids)

    async def _covers(self, word: str, ids: dict[str, str]) -> dict[str, str]:
        """Somebody is asked, the responder where that is their own team, and has accepted what waits for approval."""
        now, writes = self.world.clock.now(), Writes()
        asked = self.world.users["let in" if word == CANARY else "responder"]
        made = {"request_id": new_id(now), "accepted_request_id": new_id(now)}
        for days, (name, id) in enumerate(made.items(), 1):
            row = CoverRow(
                id=id,
                schedule_id=ids["spare_schedule_id"],
                requester_id=ids["user_id"],
                start_at=now + timedelta(days=days),
                end_at=now + timedelta(days=days, hours=4),
                reason=word,
                asked=(AskedRow(user_id=asked),) if ids["word"] == TEAM_NAMES["own"] else (),
                state="open" if name == "request_id" else "accepted",
                needs_approval=name != "request_id",
                accepted_by=None if name == "request_id" else asked,
                decided_by=None,
                override_id=None,
                created_at=now,
                updated_at=now,
                rev=1,
            )
            row.insert(writes)
        await self.world.db.apply(writes)
        return made | {"colleague_id": asked}

    async def _incidents(self, word: str, integration: Integration) -> dict[str, str]:
        states = ("incident", "second", "acknowledged", "snoozed", "resolved")
        for state in states:
            event = {"title": f"{word} {state}", "dedup_key": f"{word} {state}", "severity": "critical"}
            await self.world.nobody.post(f"/ingest/events/{integration.key}", event | {"labels": {"check": state}})
            await self.world.settle()
        found = (await self.root.get(f"{V1}/incidents", service_id=integration.service_id))["items"]
        by_title = {item["title"]: item["id"] for item in found}
        ids = {f"{state}_id": by_title[f"{word} {state}"] for state in states}
        await self.root.post(f"{V1}/incidents/{ids['acknowledged_id']}/acknowledge")
        await self.root.post(f"{V1}/incidents/{ids['snoozed_id']}/snooze", {"seconds": 3600})
        await self.root.post(f"{V1}/incidents/{ids['resolved_id']}/resolve", {"root_cause": word})
        await self.root.post(f"{V1}/incidents/{ids['incident_id']}/comments", {"text": word})
        await self.world.settle()
        alerts = (await self.root.get(f"{V1}/incidents/{ids['incident_id']}/alerts"))["items"]
        events = (await self.root.get(f"{V1}/events", integration_id=integration.id))["items"]
        page = await self.world.db.value(
            "SELECT id FROM notification WHERE incident_id = :id ORDER BY id LIMIT 1", id=ids["incident_id"]
        )
        return ids | {"alert_id": alerts[0]["id"], "event_id": events[0]["id"], "page_id": page}

    async def _entangle(self) -> None:
        """What the private team owns uses what everybody sees, as it may."""
        world, own, hand = self.world, self.estate.places["own"], HANDS["own"]
        of_own: dict[str, Any] = {"team": TEAM_NAMES["own"], "by": "admin"}
        private = of_own | {"team": TEAM_NAMES["private"]}
        watch = await world.add_schedule("Used watch", world.layer_of(hand), **of_own)
        policy = await world.add_policy(hand, name="Used policy", **of_own)
        team = await world.add_team("Used team")
        own |= {"used_schedule_id": watch.id, "used_policy_id": policy.id, "used_team_id": team.id}
        await world.add_policy("schedule:Used watch+team:Used team", name=f"{CANARY} user", **private)
        await world.add_service(f"{CANARY} user", policy=policy, **private)

    async def _account(self) -> None:
        account = self.estate.account
        account["role_id"] = await self._made("roles", {"name": "Readers", "permissions": ["read"]})
        account["granted_role_id"] = await self._made("roles", {"name": "Some", "permissions": ["read"]})
        for name in ("Target", "Leaver", "Gone"):
            team = "Own" if name == "Leaver" else None
            account[name] = (await self.world.add_person(name, role="viewer", team=team)).id
        account["user_id"], account["deactivated_id"] = account["Target"], account["Gone"]
        account["leaver_id"], account["newcomer_id"] = account["Leaver"], account["Target"]
        account["on_call_role_id"] = "primary"
        account["duty_role_id"] = await self._made("on-call-roles", {"name": "Duty"})
        account["hand_id"] = self.world.users[HANDS["own"]]
        layer = self.world.layer_of("Leaver")
        account["leavers_schedule_id"] = (await self.world.add_schedule("Leaving", layer, team="Own", by="admin")).id
        grant = {"role_id": account["granted_role_id"], "scope": {"kind": "account"}}
        account["grant_id"] = await self._made(f"users/{account['user_id']}/grants", grant)
        await self.root.post(f"{V1}/users/{account['deactivated_id']}/deactivate", {})
        invited = await self.root.post(f"{V1}/invitations", {"email": "invited@example.com", "role": "viewer"})
        account["invitation_id"] = invited["id"]
        account["invitation_token"] = invited["link"].rsplit("/", 1)[1]
        link = await self.root.post(f"{V1}/users/{account['user_id']}/password-reset")
        feed = await self.root.post(f"{V1}/schedules/{self.estate.places['own']['schedule_id']}/calendar-feed")
        account["feed_token"] = feed["url"].rsplit("/", 1)[1]
        account["reset_token"] = link["link"].rsplit("/", 1)[1]
        await self._lock()
        await self._grant("clerk", CLERK, None)
        await self._grant("granted", MANAGER, "other")

    async def _lock(self) -> None:
        """Somebody with a second factor."""
        self.estate.account["locked_id"] = (await self.world.add_person("locked", role="viewer")).id
        self.estate.clients["locked"] = client = await self.world.sign_in("locked")
        begun = await client.post(f"{V1}/me/totp")
        code = TOTP(begun["secret"]).at(self.world.clock.now())
        await client.post(f"{V1}/me/totp/confirm", {"code": code})

    async def _grant(self, name: str, held: frozenset[str], place: Place | None) -> None:
        on: Any = {"kind": "team", "id": self.estate.places[place]["team_id"]} if place else {}
        await self.world.add_grant(name, *sorted(held), **on)

    async def _sign_everybody_in(self) -> None:
        for name in ROLES:
            self.estate.clients[name] = await self.world.sign_in(name)
        self.estate.clients["hand"] = await self.world.sign_in(HANDS["own"])
        self.estate.clients["anonymous"] = self.world.nobody

    async def _things(self, name: str, client: Client) -> dict[str, str]:
        """What is somebody's own."""
        user_id = self.world.users[name]
        await self.world.sign_in(name)
        sessions = (await client.get(f"{V1}/me/sessions"))["items"]
        methods = (await client.get(f"{V1}/me/contact-methods"))["items"]
        phone = next(each["id"] for each in methods if each["channel"] == "push")
        mail = await client.post(
            f"{V1}/me/contact-methods", {"channel": "email", "name": "m", "value": f"{user_id}@x.example"}
        )
        mailed = await self.world.db.value("SELECT delivery_id FROM contact_code WHERE address_id = :id", id=mail["id"])
        code = await client.post(f"{V1}/auth/pairing-codes")
        await self.world.nobody.post(f"{V1}/auth/pair", {"code": code["code"]})
        query = {"state": ["triggered"]}
        saved = await client.post(f"{V1}/me/saved-filters", {"name": "mine", "query": query})
        key = await client.post(f"{V1}/api-keys", {"name": f"of {name}", "scopes": ["read"]})
        test = await client.post(f"{V1}/me/test-notification", {"contact_method_id": phone})
        day = {"start": "2027-01-01T00:00:00Z", "end": "2027-01-02T00:00:00Z"}
        away = await client.post(f"{V1}/me/time-off", day)
        event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20270101T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"
        taken = {"name": "mine", "content": f"BEGIN:VCALENDAR\r\n{event}\r\nEND:VCALENDAR\r\n"}
        calendar = await client.post(f"{V1}/me/time-off-calendars", taken)
        return {
            "user_id": user_id,
            "time_off_id": away["time_off"]["id"],
            "calendar_id": calendar["id"],
            "session_id": next(each["id"] for each in sessions if not each["is_current"]),
            "device_id": phone,
            "phone_id": phone,
            "contact_method_id": mail["id"],
            "code_delivery_id": str(mailed),
            "pairing_code_id": code["id"],
            "saved_filter_id": saved["id"],
            "api_key_id": key["id"],
            "notification_id": test["notification_id"],
        }

    async def _keys(self) -> None:
        own = self.estate.places["own"]["team_id"]
        soon = "2026-11-21T03:13:00Z"
        admin, manager = self.estate.clients["admin"], self.estate.clients["manager"]
        for name, maker, body in (
            ("key of the manager", manager, {"scopes": sorted(MANAGER)}),
            ("key of the team", admin, {"scopes": sorted(MANAGER), "team_id": own}),
            ("expired key", admin, {"scopes": ["read"], "expires_at": soon}),
            *((without(each), admin, {"scopes": sorted(EVERYTHING - {each})}) for each in EVERYTHING),
        ):
            made = await maker.post(f"{V1}/api-keys", {"name": name, **body})
            self.estate.clients[name] = Client(self.world.http, made["key"])
        self.world.clock.move_to(self.world.clock.now() + 2 * MINUTE)

    async def _deactivate(self) -> None:
        path = f"{V1}/users/{self.world.users['deactivated']}/deactivate"
        await self.root.post(path, {})

    async def _fail_messages(self) -> None:
        await self.world.settle()
        ids = tuple(things["notification_id"] for things in self.estate.things.values())
        text = "UPDATE delivery SET state = 'failed', failed_at = created_at, reason = 'rejected' WHERE id IN :ids"
        await self.world.db.apply(Writes().sql(text, ids=ids))

    async def _see_everybody(self) -> None:
        """So that nobody is seen for the first time in a minute by a test."""
        for client in self.estate.clients.values():
            await client.send("GET", f"{V1}/users")

    def _read_revs(self) -> None:
        live = self.estate.live
        for name in contents(live):
            columns = {row[1] for row in live.execute(f'PRAGMA table_info("{name}")')}
            if {"id", "rev"} <= columns:
                self.estate.revs |= dict(live.execute(f'SELECT id, rev FROM "{name}"').fetchall())

    async def _made(self, path: str, body: Any) -> str:
        return (await self.root.post(f"{V1}/{path}", body))["id"]
