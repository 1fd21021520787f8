"""What a story is about: one `add_…` for each thing, made the way people make it, and given as the API tells of it."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
import msgspec

from server.accounts.people.people import add_member, make_team, make_user
from server.accounts.reach.addresses import contact_address, local_phone, register
from server.engine import Engine
from server.kernel.clock import ManualClock
from server.kernel.database import Database, Writes
from shared.wire import routes
from shared.wire.escalation_policies import EscalationPolicy
from shared.wire.people import NewContactMethod, NewTeam, NewUser, Team, User
from shared.wire.roles import Grant, PermissionSet
from shared.wire.schedules import Override, Schedule
from shared.wire.service_calendars import ServiceCalendar
from shared.wire.services import Integration, Rule, Service, Silence
from shared.wire.sessions import Role
from tests.kit.client import Client

PASSWORD = "a password of the tests"

Made = TypeVar("Made")


class Adding:
    """Ids by name. Who is asked to make something is `by`, or else whoever may: the team's manager, an administrator.

    What belongs to a team belongs to the first one where none is named.
    """

    def __init__(self, engine: Engine, clock: ManualClock, http: httpx.AsyncClient) -> None:
        self.engine, self.clock, self.http = engine, clock, http
        self.users: dict[str, str] = {}
        self.teams: dict[str, str] = {}
        self.schedules: dict[str, str] = {}
        self.nobody = Client(http)
        self._makers: dict[str, str] = {}
        self._signed_in: dict[str, tuple[Client, datetime]] = {}

    @property
    def db(self) -> Database:
        return self.engine.db

    async def sign_in(self, name: str) -> Client:
        """A new session."""
        tokens = await self.nobody.post(routes.LOGIN, {"email": email_of(name), "password": PASSWORD})
        client = Client(self.http, tokens["access_token"])
        self._signed_in[name] = client, self.clock.now() + timedelta(seconds=tokens["expires_in_s"])
        return client

    async def client(self, name: str) -> Client:
        """Their last session, or a new one when time has passed."""
        client, until = self._signed_in.get(name, (None, self.clock.now()))
        return client if client is not None and self.clock.now() < until else await self.sign_in(name)

    async def add_team(self, name: str, *, is_private: bool = False) -> Team:
        writes, team = make_team(NewTeam(name=name, is_private=is_private), now=self.clock.now())
        await self.db.apply(writes)
        self.teams[name] = team.id
        return team

    async def add_person(
        self, name: str, *, team: str | None = None, role: Role = "responder", reach: str = "push", **more: Any
    ) -> User:
        """`reach` names the channels of their addresses."""
        team_ids = (self.teams[team],) if team else ()
        new = NewUser(name=name, email=email_of(name), password=PASSWORD, role=role, team_ids=team_ids, **more)
        writes, user = await make_user(self.db, new, now=self.clock.now())
        for channel in reach.split():
            await self._add_reach(writes, user.id, name, channel)
        await self.db.apply(writes)
        self.users[name] = user.id
        if role in ("owner", "admin") or (role == "manager" and team):
            self._makers.setdefault(team or "", name)
        return user

    async def _add_reach(self, writes: Writes, user_id: str, name: str, channel: str) -> None:
        now = self.clock.now()
        if channel == "push":
            address = local_phone(user_id=user_id, name=f"{name}'s phone", platform="android", now=now)
        else:
            value = f"{name.lower()}@example.com" if channel == "email" else "http://hooks.example.com/x"
            new = NewContactMethod(channel=channel, name=channel, value=value)  # pyright: ignore[reportArgumentType] one of the two
            address = contact_address(new, user_id=user_id)
        writes.extend_with((await register(self.db, channel, address, secrets=self.engine.secrets, now=now))[0])

    async def make_manager(self, name: str, team: str) -> None:
        writes = Writes()
        add_member(writes, self.teams[team], self.users[name], is_manager=True, now=self.clock.now())
        await self.db.apply(writes)

    async def add_service(
        self,
        name: str = "checkout",
        *,
        team: str = "",
        policy: EscalationPolicy | None = None,
        by: str = "",
        **more: Any,
    ) -> Service:
        body = {"name": name, "team_id": self._team(team), "policy_id": policy and policy.id, **more}
        return await self._made(Service, routes.SERVICES, body, team=team, by=by)

    async def add_integration(
        self, service: Service, source: str = "events", *, name: str = "", by: str = "", **more: Any
    ) -> Integration:
        body = {"name": name or source, "source": source, "service_id": service.id, **more}
        return await self._made(Integration, routes.INTEGRATIONS, body, team=self._named(service.team_id), by=by)

    async def add_rule(
        self, integration: Integration, effect: Any, *, name: str = "rule", by: str = "", **more: Any
    ) -> Rule:
        path = routes.INTEGRATION_RULES.format(integration_id=integration.id)
        return await self._made(Rule, path, {"name": name, "effect": effect, **more}, by=by)

    async def add_silence(self, *, team: str = "", by: str = "", **more: Any) -> Silence:
        """As `silence_of` says."""
        return await self._made(Silence, routes.SILENCES, self.silence_of(team=team, **more), team=team, by=by)

    def silence_of(self, *, team: str = "", **more: Any) -> dict[str, Any]:
        """From now for ten minutes, unless `more` says otherwise."""
        now = self.clock.now()
        times = {"starts_at": now, "ends_at": now + timedelta(minutes=10)}
        return {"team_id": self._team(team), "comment": "rack move", **times, **more}

    async def add_policy(self, *levels: str, team: str = "", by: str = "", **more: Any) -> EscalationPolicy:
        """Levels as `policy_of` reads them."""
        body = self.policy_of(*levels, team=team, **more)
        return await self._made(EscalationPolicy, routes.ESCALATION_POLICIES, body, team=team, by=by)

    def policy_of(
        self, *levels: str, name: str = "Policy", team: str = "", delay_s: int = 60, **more: Any
    ) -> dict[str, Any]:
        """`Ana+Bo` is a level of two people, `team:Payments` a team, `schedule:watch` a schedule."""
        made = [{"targets": [self._target(w) for w in level.split("+")], "delay_s": delay_s} for level in levels]
        return {"name": name, "team_id": self._team(team), "levels": made, **more}

    def _target(self, word: str) -> dict[str, str]:
        kind, _, name = word.rpartition(":")
        ids = {"": self.users, "team": self.teams, "schedule": self.schedules}[kind]
        return {"kind": kind or "user", "id": ids[name]}

    async def add_schedule(
        self, name: str, *layers: dict[str, Any], team: str = "", zone: str = "UTC", by: str = "", **more: Any
    ) -> Schedule:
        """Layers as `layer_of` makes them."""
        body = {"name": name, "team_id": self._team(team), "time_zone": zone, "layers": layers, **more}
        schedule = await self._made(Schedule, routes.SCHEDULES, body, team=team, by=by)
        self.schedules[name] = schedule.id
        return schedule

    async def let_stand(self, schedule_id: str) -> None:
        """As if it had been made when its layers begin, and not a moment ago: it answers for that time."""
        await self.db.apply(Writes().sql("UPDATE schedule SET former = '[]' WHERE id = :id", id=schedule_id))

    def layer_of(self, *turns: str, unit: str = "day", **more: Any) -> dict[str, Any]:
        """`Ana+Bo/backup` is a turn of two people, one of them in a role; without a name it is nobody's."""
        rotation = {"unit": unit, "every": 1}
        groups = [self._turn(each) for each in turns]
        return {"start": "2026-11-20T04:00", "rotation": rotation, "groups": groups, **more}

    def _turn(self, words: str) -> dict[str, Any]:
        return {"members": [self._member(word) for word in words.split("+")]} if words else {"nobody": True}

    def _member(self, word: str) -> dict[str, str]:
        name, _, role = word.partition("/")
        return {"user_id": self.users[name]} | ({"role_id": role} if role else {})

    async def add_override(self, schedule_id: str, name: str, *, by: str = "", **more: Any) -> Override:
        path = routes.SCHEDULE_OVERRIDES.format(schedule_id=schedule_id)
        return await self._made(Override, path, {"user_id": self.users[name], **more}, by=by)

    async def add_calendar(self, name: str, *, team: str = "", by: str = "", **more: Any) -> ServiceCalendar:
        body = {"name": name, "team_id": self._team(team), "time_zone": "UTC", **more}
        return await self._made(ServiceCalendar, routes.SERVICE_CALENDARS, body, team=team, by=by)

    async def add_program(self, name: str, *scopes: str, **more: Any) -> Client:
        """With a key that somebody made for it."""
        made = await (await self.client(name)).post(routes.API_KEYS, {"name": "robot", "scopes": scopes, **more})
        return Client(self.http, made["key"])

    async def add_grant(self, name: str, *permissions: str, kind: str = "account", id: str | None = None) -> Grant:
        """A set of these permissions, for somebody, on something."""
        new = {"name": f"{len(permissions)} of {name} on {id or kind}", "permissions": permissions}
        by = self._makers[""]
        made = await self._made(PermissionSet, routes.ROLES, new, by=by)
        scope = {"kind": kind} if id is None else {"kind": kind, "id": id}
        path = routes.USER_GRANTS.format(user_id=self.users[name])
        return await self._made(Grant, path, {"role_id": made.id, "scope": scope}, by=by)

    def _team(self, name: str) -> str:
        return self.teams[name] if name else next(iter(self.teams.values()))

    def _named(self, team_id: str) -> str:
        return next(name for name, id in self.teams.items() if id == team_id)

    async def _made(self, kind: type[Made], path: str, body: Any, *, team: str = "", by: str = "") -> Made:
        """As the API tells of it; what is due now waits until the world settles."""
        team = team or next(iter(self.teams), "")
        maker = by or self._makers.get(team) or self._makers[""]
        return msgspec.convert(await (await self.client(maker)).post(path, body), kind)


def email_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@example.com"
