"""The server's HTTP API and live socket, in memory, over the night that `night` tells."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from shared.domain.alerts import Link
from shared.domain.pipeline.alike import Alike, alike
from shared.wire import routes
from shared.wire.actions import ActionResult
from shared.wire.incidents import Alert, Incident, IncidentCounts, IncidentItem
from shared.wire.lists import Page
from shared.wire.live import Changed, Hello
from shared.wire.on_call import MyOnCall, OnCallNow
from shared.wire.problems import FieldProblem, Problem
from shared.wire.sessions import Language, Me, Role, Server, Tokens
from tests.kit import fake_verbs, night
from tests.kit.answers import NOT_FAKED, answered, page_of, refused
from tests.kit.fake_console import FakeConsole
from tests.kit.fake_covers import FakeCovers
from tests.kit.fake_me import RIGHT_CODE
from tests.kit.fake_phone import FakePhone
from tests.kit.fake_rotas import FakeRotas
from tests.kit.fake_status import FakeStatus
from tests.kit.night import JONAS, PAYMENTS

PASSWORD = "dogwatch-demo"
OPEN = ("triggered", "acknowledged")
SIGNING = (routes.LOGIN, routes.REFRESH, routes.LOGOUT, routes.ACTIONS)
LINKED = (routes.INVITATION_WELCOME, routes.INVITATION_ACCEPT, routes.PAIR, routes.RESET, routes.RESET_CONFIRM)


class FakeApi:
    """`calls` are (method, path) in order; `offline` drops the network; `refuse` answers with a problem."""

    def __init__(self, *, demo: bool = True, language: Language = "en") -> None:
        self.me = Me(
            id=JONAS.id,
            name=JONAS.name,
            email="responder@example.com",
            role="responder",
            language=language,
            time_zone="Europe/Berlin",
            teams=[PAYMENTS],
            permissions=["read", "incidents:act"],
            account_permissions=["read"],
            team_permissions={PAYMENTS.id: ["read", "incidents:act"]},
            server=Server(name="Nordwind", version="0.1.0", demo=demo),
            rev=1,
        )
        self.incidents = night.incidents()
        self.alerts, self.timeline, self.outbox = night.alerts(), night.timeline(), night.outbox()
        self.similar = night.similar()
        self.changes = night.changes()
        self.phone = FakePhone(self)
        self.mine: MyOnCall = night.my_on_call()
        self.now: list[OnCallNow] = night.on_call_now()
        self.calls: list[tuple[str, str]] = []
        self.requests: list[httpx.Request] = []
        self.offline = False
        self.held: asyncio.Event | None = None
        self.refused: dict[str, httpx.Response] = {}
        self.generation = 1
        self.page_size = 50
        self.pages_left = 0
        self.live = FakeLive()
        self.console = FakeConsole()
        self.schedules = FakeRotas()
        self.covers = FakeCovers(self.schedules)
        self.status = FakeStatus(self)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle)

    def as_role(self, role: Role, *permissions: str) -> None:
        """Sign in as somebody with this role from the start."""
        held = ["read", *permissions]
        is_account_wide = role in ("owner", "admin")
        teams = {each.id for each in self.me.teams}
        if is_account_wide:
            teams |= {each.id for each in self.console.teams.items}
        self.me = msgspec.structs.replace(
            self.me,
            role=role,
            permissions=held,
            account_permissions=held if is_account_wide else ["read"],
            team_permissions=dict.fromkeys(teams, held),
        )

    def refuse(self, path: str, status: int, code: str, *, headers: dict[str, str] | None = None) -> None:
        problem = Problem(type="about:blank", title=code, status=status, code=code, detail=code)
        kind = {"content-type": "application/problem+json", **(headers or {})}
        self.refused[path] = httpx.Response(status, content=msgspec.json.encode(problem), headers=kind)

    def refuse_with(self, path: str, status: int, code: str, *errors: FieldProblem, method: str) -> None:
        """Refuse one method, naming fields."""
        self.console.answers[method, path] = lambda _: refused(status, code, *errors)

    def verbs(self) -> list[str]:
        """The last part of each POST to an incident."""
        return [path.rsplit("/", 1)[1] for method, path in self.calls if method == "POST" and "/incidents/" in path]

    def get(self, incident_id: str) -> Incident:
        return next(each for each in self.incidents if each.id == incident_id)

    def change(self, incident_id: str, **fields: Any) -> Incident:
        """Replace an incident and tell the live socket."""
        changed = msgspec.structs.replace(self.get(incident_id), **fields)
        self.incidents = [changed if each.id == incident_id else each for each in self.incidents]
        self.live.say("incident", incident_id)
        return changed

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if self.offline:
            raise httpx.ConnectError("no network", request=request)
        path = request.url.path
        self.calls.append((request.method, path))
        self.requests.append(request)
        if self.held is not None:
            await self.held.wait()
        if path in self.refused:
            return self.refused[path]
        if path == routes.HEALTH:
            return answered({"status": "ok", "version": self.me.server.version})
        if path not in (routes.LOGIN, routes.REFRESH, routes.ACTIONS, *LINKED) and not self._is_signed(request):
            return self._problem(401, "not_signed_in")
        if self.phone.me.asks_proof(request):
            return self._problem(403, "fresh_sign_in_required")
        return self._answer(request, path)

    def _is_signed(self, request: httpx.Request) -> bool:
        return request.headers.get("authorization") == f"Bearer access-{self.generation}"

    def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        body: dict[str, Any] = json.loads(request.content) if request.content else {}
        plain: dict[str, Callable[[], Any]] = {
            routes.LOGIN: lambda: self._login(body),
            routes.REFRESH: lambda: self._refresh(body),
            routes.LOGOUT: lambda: httpx.Response(204),
            routes.ME: lambda: self._me(request, body),
            routes.MY_ON_CALL: lambda: self.mine,
            routes.ON_CALL: lambda: Page(items=self.now),
            routes.INCIDENTS: lambda: self._list(request),
            routes.INCIDENT_COUNTS: lambda: self._counts(request.url.params),
            routes.OUTBOX: lambda: Page(items=self.outbox),
            routes.ACTIONS: lambda: self._act_with_token(body),
        }
        if (path in plain and request.method != "POST") or path in SIGNING:
            answer = plain[path]()
        else:
            answer = (
                self._linked(path, body)
                or self.phone.answer(request, body)
                or self.covers.answer(request)
                or self.schedules.answer(request)
                or self.status.answer(request)
                or self.console.answer(request)
                or self._about_incident(request, path, body)
            )
        return (
            answer if isinstance(answer, httpx.Response) else httpx.Response(200, content=msgspec.json.encode(answer))
        )

    def _about_incident(self, request: httpx.Request, path: str, body: dict[str, Any]) -> Any:
        if not path.startswith(f"{routes.INCIDENTS}/"):
            return self._problem(NOT_FAKED, "not_faked")
        incident_id, _, part = path.removeprefix(f"{routes.INCIDENTS}/").partition("/")
        if incident_id not in {each.id for each in self.incidents}:
            return self._problem(404, "not_found")
        if request.method == "POST":
            return self._verb(incident_id, part, body)
        if request.method == "PATCH":
            return self._edit(incident_id, request, body)
        if request.method == "DELETE":
            return self._put(msgspec.structs.replace(self.get(incident_id), followers=[]))
        if part == "similar":
            return Page(items=self.similar)
        if part == "changes":
            return Page(items=self.changes)
        if part == "timeline":
            return Page(items=self.timeline)
        if part == "alerts/common":
            said = [
                Alike(title=each.title, labels=each.labels, links=[Link(link.text, link.href) for link in each.links])
                for each in self.alerts
            ]
            return alike(said) or Alike(title=None, labels={}, links=[])
        return self._alerts(request) if part == "alerts" else self.get(incident_id)

    def _alerts(self, request: httpx.Request) -> Page[Alert]:
        """By any part of title or labels, where the server looks for beginnings of words."""
        words = request.url.params.get("q", "").casefold().split()
        limit, after = int(request.url.params.get("limit", "50")), int(request.url.params.get("cursor", "0"))
        texts = {each.id: " ".join((each.title, *each.labels.values())).casefold() for each in self.alerts}
        found = [each for each in self.alerts if all(word in texts[each.id] for word in words)]
        more = str(after + limit) if len(found) > after + limit else None
        return Page(items=found[after : after + limit], next_cursor=more)

    def _login(self, body: dict[str, Any]) -> Any:
        if body["password"] != PASSWORD:
            return self._problem(401, "wrong_credentials")
        if self.phone.me.has_totp and body.get("totp") != RIGHT_CODE:
            return self._problem(401, "bad_totp" if body.get("totp") else "totp_required")
        return self._tokens()

    def _linked(self, path: str, body: dict[str, Any]) -> httpx.Response | None:
        me = self.phone.me
        if path == routes.INVITATION_WELCOME:
            good = me.welcome is not None and body["token"] == "tok-good"
            return answered(me.welcome) if good else self._problem(400, "bad_invitation")
        if path == routes.PAIR and body["code"] != "7K4M-Q2XD":
            return self._problem(401, "bad_pairing_code")
        if path in (routes.INVITATION_ACCEPT, routes.PAIR):
            me.asked.append(("POST", path, body))
            return answered(self._tokens())
        if path in (routes.RESET, routes.RESET_CONFIRM):
            me.asked.append(("POST", path, body))
            return answered(None, 202) if path == routes.RESET else httpx.Response(204)
        return None

    def _refresh(self, body: dict[str, Any]) -> Any:
        if body["refresh_token"] != f"refresh-{self.generation}":
            return self._problem(401, "refresh_token_used")
        self.generation += 1
        return self._tokens()

    def _tokens(self) -> Tokens:
        return Tokens(
            access_token=f"access-{self.generation}",
            refresh_token=f"refresh-{self.generation}",
            expires_in_s=900,
        )

    def _me(self, request: httpx.Request, body: dict[str, Any]) -> Any:
        if request.method == "PATCH":
            if request.headers.get("if-match") != str(self.me.rev):
                return self._problem(412, "stale")
            self.me = msgspec.structs.replace(self.me, rev=self.me.rev + 1, **body)
        return msgspec.structs.replace(self.me, has_totp=self.phone.me.has_totp)

    def _list(self, request: httpx.Request) -> Page[IncidentItem]:
        query = request.url.params
        states, severities = query.get_list("state"), query.get_list("severity")
        found = [each for each in self.incidents if self._in_scope(each, query["scope"])]
        found = [each for each in found if each.state in states and (not severities or each.severity in severities)]
        services = query.get_list("service_id")
        found = [each for each in found if not services or (each.service and each.service.id in services)]
        found = [
            each
            for each in found
            if query.get("q", "").lower() in f"{each.title} {each.service.name if each.service else ''}".lower()
        ]
        return page_of(found, query, IncidentItem, largest=self.page_size)

    def _in_scope(self, each: Incident, scope: str) -> bool:
        if scope == "mine":
            return each.waits_for_me or JONAS in each.paging or each.acknowledged_by == JONAS
        return scope == "all" or each.team == PAYMENTS

    def _counts(self, query: httpx.QueryParams) -> IncidentCounts:
        wanted, states = query.get("scope", "all"), query.get_list("state")
        still_open = [each for each in self.incidents if each.state != "resolved"]
        count: dict[str, Any] = {
            scope: sum(self._in_scope(each, scope) for each in still_open) for scope in ("mine", "teams", "all")
        }
        inside = [each for each in self.incidents if self._in_scope(each, wanted)]
        return IncidentCounts(
            **count,
            waiting_for_me=sum(each.waits_for_me for each in still_open),
            by_state=Counter(each.state for each in inside if each.state in (states or OPEN)),
            by_severity=Counter(each.severity for each in inside if each.state != "resolved"),
        )

    def _verb(self, incident_id: str, part: str, body: dict[str, Any]) -> Any:
        done = fake_verbs.after(self.get(incident_id), part, body, self.incidents)
        if isinstance(done, str):
            return self._problem(409, done)
        self._put(done)
        return msgspec.structs.replace(done, pages_left=self.pages_left) if part == "undo" else done

    def _put(self, changed: Incident) -> Incident:
        self.incidents = [changed if each.id == changed.id else each for each in self.incidents]
        self.live.say("incident", changed.id)
        return changed

    def _edit(self, incident_id: str, request: httpx.Request, body: dict[str, Any]) -> Any:
        found = self.get(incident_id)
        if request.headers.get("if-match") != str(found.rev):
            return self._problem(412, "stale")
        pinned = {"severity_pinned": True} if "severity" in body else {}
        return self._put(msgspec.structs.replace(found, rev=found.rev + 1, **{**pinned, **body}))

    def _act_with_token(self, body: dict[str, Any]) -> Any:
        item = next((each for each in self.outbox if each.action_token == body["token"]), None)
        if item is None or item.incident_id is None:
            return self._problem(404, "not_found")
        if self.get(item.incident_id).state == "triggered":
            self._verb(item.incident_id, body["verb"], {})
            return ActionResult(
                incident_id=item.incident_id,
                number=item.incident_number or 0,
                state="acknowledged",
                by=item.person,
                done=True,
            )
        holder = self.get(item.incident_id).acknowledged_by
        return ActionResult(
            incident_id=item.incident_id,
            number=item.incident_number or 0,
            state="acknowledged",
            by=holder.name if holder else None,
            done=False,
        )

    def _problem(self, status: int, code: str) -> httpx.Response:
        problem = Problem(type="about:blank", title=code, status=status, code=code)
        return httpx.Response(status, content=msgspec.json.encode(problem))


class FakeLive:
    """The live socket: `say` reaches whoever listens; `refuse` keeps everybody out."""

    def __init__(self) -> None:
        self.sockets: list[FakeSocket] = []
        self.refuse = False
        self.n = 0

    def say(self, kind: str, ident: str) -> None:
        self.n += 1
        for socket in self.sockets:
            socket.put(Changed(n=self.n, kind=kind, id=ident, rev=self.n))

    @asynccontextmanager
    async def connect(self, url: str) -> AsyncGenerator["FakeSocket"]:
        if self.refuse:
            raise OSError("refused")
        socket = FakeSocket(self)
        self.sockets.append(socket)
        try:
            yield socket
        finally:
            self.sockets.remove(socket)


class FakeSocket:
    """One connection; `first` is what the client sent."""

    def __init__(self, live: FakeLive) -> None:
        self._live = live
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.first: dict[str, Any] = {}
        self.close_code: int | None = None

    async def send(self, message: str) -> None:
        self.first = json.loads(message)
        self.put(Hello(epoch="e1", n=self._live.n))

    def put(self, message: Any) -> None:
        self._queue.put_nowait(msgspec.json.encode(message).decode())

    def close(self, code: int) -> None:
        self.close_code = code
        self._queue.put_nowait(None)

    def __aiter__(self) -> "FakeSocket":
        return self

    async def __anext__(self) -> str:
        message = await self._queue.get()
        if message is None:
            raise StopAsyncIteration
        return message
