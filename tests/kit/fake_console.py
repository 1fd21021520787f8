"""The Console's part of the fake server: lists that can be changed under a revision, with a trail."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import httpx
import msgspec

from shared.wire import routes
from shared.wire.audit import AuditEntry
from shared.wire.escalation_policies import EscalationPolicyInput
from shared.wire.events import EventDetail, TestSent
from shared.wire.lists import Page
from shared.wire.on_call_roles import OnCallRoleInput
from shared.wire.people import Member, NewTeam, NewUser
from shared.wire.problems import FieldProblem
from shared.wire.roles import RoleInput
from shared.wire.schedules import Schedule, ScheduleInput
from shared.wire.search import SearchResult
from shared.wire.service_calendars import ServiceCalendarInput
from shared.wire.services import IntegrationInput, ServiceInput, Silence, SilenceInput, StraySender
from tests.kit import fake_schedules, nordwind, nordwind_accounts, nordwind_schedules
from tests.kit.answers import Shelf, answered, refused
from tests.kit.fake_accounts import FakeAccounts
from tests.kit.fake_rules import FakeRules
from tests.kit.fake_schedules import FakeSchedules

INPUTS: Final[dict[str, Any]] = {
    routes.SERVICES: ServiceInput,
    routes.INTEGRATIONS: IntegrationInput,
    routes.ESCALATION_POLICIES: EscalationPolicyInput,
    routes.TEAMS: NewTeam,
    routes.USERS: NewUser,
    routes.ROLES: RoleInput,
    routes.SCHEDULES: ScheduleInput,
    routes.ON_CALL_ROLES: OnCallRoleInput,
    routes.SERVICE_CALENDARS: ServiceCalendarInput,
    routes.SILENCES: SilenceInput,
}
"""What the server takes for something new, with what it adds where nothing is said."""


class FakeConsole:
    """`written` is (method, path, body) of every change."""

    def __init__(self) -> None:
        blank = {"policy_id": None, "description": "", "runbook_url": "", "grouping": {}}
        self.services = Shelf(routes.SERVICES, nordwind.services(), blank)
        self.integrations = Shelf(
            routes.INTEGRATIONS,
            nordwind.integrations(),
            {
                "key": "k-new",
                "ingest_url": f"{nordwind.ADDRESS}/events/k-new",
                "setup": "",
                "config": {},
                "last_event_at": None,
                "health": {"refused": 0, "since": None, "last_at": None, "reasons": [], "reused_keys": 0},
            },
        )
        self.rules = FakeRules(self.integrations.items[0].id)
        self.policies = Shelf(routes.ESCALATION_POLICIES, nordwind.policies(), {})
        self.teams = Shelf(routes.TEAMS, nordwind.teams(), {"is_private": False})
        self.users = Shelf(routes.USERS, nordwind.users(), {"time_zone": "UTC", "deactivated_at": None})
        self.roles = Shelf(routes.ROLES, nordwind_accounts.roles(), {"built_in": False})
        self.silences = Shelf(routes.SILENCES, nordwind.silences(), {"created_by": "u-jonas"})
        self.schedules = Shelf(routes.SCHEDULES, nordwind_schedules.schedules(), {"may_edit": True})
        self.shelves = [self.services, self.integrations, self.policies, self.teams, self.users, self.schedules]
        self.rotas = FakeSchedules(self.schedules, self.users)
        self.shelves += [self.silences, self.roles, self.rotas.roles, self.rotas.calendars]
        self.accounts = FakeAccounts(users=self.users, teams=self.teams, services=self.services, roles=self.roles)
        self.sources = nordwind.sources()
        self.strays: list[StraySender] = []
        self.members = nordwind.members()
        self.service_now = nordwind.service_now()
        self.received = nordwind.received()
        self.tested: list[EventDetail] = []
        self.audit: list[AuditEntry] = nordwind.audit()
        self.written: list[tuple[str, str, dict[str, Any]]] = []
        self.answers: dict[tuple[str, str], Callable[[httpx.Request], Any]] = {
            ("GET", routes.INTEGRATION_SOURCES): lambda _: Page(items=self.sources),
            ("GET", routes.INTEGRATION_STRAYS): lambda _: Page(items=self.strays),
            ("GET", routes.AUDIT): self._trail,
            ("GET", routes.CHANNELS): lambda _: Page(items=nordwind.channels()),
            ("GET", routes.CHANNEL.format(slug="email")): lambda _: nordwind.channels()[0],
            ("GET", routes.CHANNEL.format(slug="push")): lambda _: nordwind.channels()[1],
            ("GET", routes.SEARCH): lambda request: SearchResult(items=nordwind.found(request.url.params["q"])),
        }

    def empty(self) -> None:
        """An account in which nothing was set up."""
        for shelf in self.shelves:
            shelf.items.clear()

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """None when the path is somebody else's."""
        method, path = request.method, request.url.path
        body: dict[str, Any] = json.loads(request.content) if request.content else {}
        if method != "GET":
            self.written.append((method, path, body))
        if (method, path) in self.answers:
            given = self.answers[method, path](request)
            return given if isinstance(given, httpx.Response) else answered(given)
        mine = self.accounts.answer(method, path, body) or self.rotas.answer(method, request, body)
        mine = mine or self.rules.answer(request, body)
        return mine or self._beside(method, path, body) or self._on_shelf(request, path, body)

    def _beside(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response | None:
        if method == "GET" and path.endswith("/now") and path.startswith(routes.SERVICES):
            return answered(self.service_now)
        if found := re.fullmatch(r".*/teams/([\w-]+)/members(?:/([\w-]+))?", path):
            return self._members(method, found[1], {"user_id": found[2], **body})
        if path.startswith(routes.INTEGRATIONS) and path.endswith("/received"):
            return answered(Page(items=self.received))
        if path.startswith(routes.INTEGRATIONS) and path.endswith("/test"):
            return self._test()
        if found := re.fullmatch(r"/api/v1/events/([\w-]+)", path):
            return self._event(found[1])
        return None

    def _on_shelf(self, request: httpx.Request, path: str, body: dict[str, Any]) -> httpx.Response | None:
        for shelf in self.shelves:
            if path == shelf.path:
                return self._list(shelf, request.method, body)
            if path.startswith(f"{shelf.path}/") and "/" not in path.removeprefix(f"{shelf.path}/"):
                return self._one(shelf, path.rsplit("/", 1)[1], request, body)
        return None

    def _list(self, shelf: Shelf, method: str, body: dict[str, Any]) -> httpx.Response:
        if method == "GET":
            return answered(Page(items=shelf.items))
        kind = _kind_of(shelf)
        taken = msgspec.to_builtins(msgspec.convert(body, INPUTS[shelf.path]))
        fields = {**shelf.born, **taken, "id": f"new-{len(shelf.items)}", "rev": 1}
        made = msgspec.convert(fields, kind)
        shelf.items.append(made)
        return answered(made, 201)

    def _one(self, shelf: Shelf, ident: str, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        found = next((i for i, each in enumerate(shelf.items) if each.id == ident), None)
        if found is None:
            return refused(404, "not_found")
        item = shelf.items[found]
        if request.method == "GET":
            return answered(item)
        if request.headers.get("if-match") != str(item.rev):
            return refused(412, "stale")
        if request.method == "DELETE":
            if shelf is self.services and (senders := self._senders(ident)):
                return refused(409, "in_use", *senders)
            del shelf.items[found]
            return httpx.Response(204)
        fields = {**msgspec.to_builtins(item), **body, "rev": item.rev + 1}
        shelf.items[found] = msgspec.convert(fields, type(item))
        return answered(shelf.items[found])

    def _senders(self, service_id: str) -> list[FieldProblem]:
        """What keeps a service from being removed."""
        sending = [each for each in self.integrations.items if each.service_id == service_id]
        args = [{"kind": "integration", "id": each.id, "name": each.name} for each in sending]
        return [FieldProblem(field="", code="in_use", message="", args=each) for each in args]

    def _members(self, method: str, team_id: str, body: dict[str, Any]) -> httpx.Response:
        user_id = body["user_id"]
        members = self.members.setdefault(team_id, [])
        if method == "GET":
            return answered(Page(items=members))
        members[:] = [each for each in members if each.user_id != user_id]
        if method == "POST":
            person = next(each for each in self.users.items if each.id == user_id)
            members.append(Member(user_id=user_id, name=person.name, is_manager=body.get("is_manager", False)))
        return httpx.Response(204)

    def _test(self) -> httpx.Response:
        event = msgspec.structs.replace(self.received[0], id=f"e-test-{len(self.tested)}", state="waiting", alerts=0)
        self.tested.append(nordwind.payload(event))
        return answered(TestSent(event_id=event.id, body="{}"), 202)

    def _event(self, ident: str) -> httpx.Response:
        for i, event in enumerate(self.tested):
            if event.id == ident:
                # Read once, it is worked through by the next look.
                self.tested[i] = msgspec.structs.replace(event, state="done", alerts=1)
                return answered(event)
        found = next((each for each in self.received if each.id == ident), None)
        return answered(nordwind.payload(found)) if found is not None else refused(404, "not_found")

    def _trail(self, request: httpx.Request) -> Page[AuditEntry]:
        query = request.url.params
        found = [each for each in self.audit if query.get("object_kind") in (None, each.object_kind)]
        found = [each for each in found if query.get("object_id") in (None, each.object_id)]
        found = [each for each in found if query.get("actor_id") in (None, each.actor_id)]
        if query.get("sessions") == "false":
            found = [each for each in found if each.object_kind != "session"]
        if "from" in query:
            found = [each for each in found if each.at >= datetime.fromisoformat(query["from"])]
        wanted = query.get("q", "").lower()
        return Page(items=[each for each in found if wanted in f"{each.object_name} {each.actor_name}".lower()])

    def change(self, shelf: Shelf, ident: str, **fields: Any) -> None:
        """Somebody else saves: what is shown elsewhere is stale from now on."""
        shelf.change(ident, **fields)


def _kind_of(shelf: Shelf) -> Any:
    kinds = {
        routes.SERVICES: nordwind.Service,
        routes.INTEGRATIONS: nordwind.Integration,
        routes.ESCALATION_POLICIES: nordwind.EscalationPolicy,
        routes.TEAMS: nordwind.Team,
        routes.USERS: nordwind.User,
        routes.ROLES: nordwind_accounts.PermissionSet,
        routes.SCHEDULES: Schedule,
        routes.SILENCES: Silence,
        **fake_schedules.kinds(),
    }
    return kinds[shelf.path]
