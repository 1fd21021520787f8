"""The server's HTTP API and live socket, in memory, over the night that `night` tells."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from shared.wire import routes
from shared.wire.actions import ActionResult
from shared.wire.incidents import Incident, IncidentCounts, IncidentItem
from shared.wire.lists import Page, Ref
from shared.wire.live import Changed, Hello
from shared.wire.on_call import MyOnCall, OnCallNow
from shared.wire.problems import FieldProblem, Problem
from shared.wire.sessions import Language, Me, Role, Server, Tokens
from tests.kit import night
from tests.kit.answers import refused
from tests.kit.fake_console import FakeConsole
from tests.kit.night import BO, JONAS, NOW, PAYMENTS

PASSWORD = "dogwatch-demo"


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
            permissions=["incidents:act"],
            server=Server(name="Nordwind", version="0.1.0", demo=demo),
            rev=1,
        )
        self.incidents = night.incidents()
        self.alerts, self.timeline, self.outbox = night.alerts(), night.timeline(), night.outbox()
        self.mine: MyOnCall = night.my_on_call()
        self.now: list[OnCallNow] = night.on_call_now()
        self.calls: list[tuple[str, str]] = []
        self.requests: list[httpx.Request] = []
        self.offline = False
        self.held: asyncio.Event | None = None
        self.refused: dict[str, httpx.Response] = {}
        self.generation = 1
        self.page_size = 50
        self.live = FakeLive()
        self.console = FakeConsole()

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle)

    def as_role(self, role: Role, *permissions: str) -> None:
        """Sign in as somebody with this role from the start."""
        self.me = msgspec.structs.replace(self.me, role=role, permissions=["read", *permissions])

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
        if path not in (routes.LOGIN, routes.REFRESH, routes.ACTIONS) and not self._is_signed(request):
            return self._problem(401, "not_signed_in")
        return self._answer(request, path)

    def _is_signed(self, request: httpx.Request) -> bool:
        return request.headers.get("authorization") == f"Bearer access-{self.generation}"

    def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        body: dict[str, Any] = json.loads(request.content) if request.content else {}
        plain: dict[str, Callable[[], Any]] = {
            routes.LOGIN: lambda: self._login(body),
            routes.REFRESH: lambda: self._refresh(body),
            routes.LOGOUT: lambda: None,
            routes.ME: lambda: self._me(request, body),
            routes.MY_ON_CALL: lambda: self.mine,
            routes.ON_CALL: lambda: Page(items=self.now),
            routes.INCIDENTS: lambda: self._list(request),
            routes.INCIDENT_COUNTS: self._counts,
            routes.OUTBOX: lambda: Page(items=self.outbox),
            routes.ACTIONS: lambda: self._act_with_token(body),
        }
        if path in plain:
            answer = plain[path]()
        else:
            answer = self.console.answer(request) or self._about_incident(request, path, body)
        return (
            answer if isinstance(answer, httpx.Response) else httpx.Response(200, content=msgspec.json.encode(answer))
        )

    def _about_incident(self, request: httpx.Request, path: str, body: dict[str, Any]) -> Any:
        incident_id, _, part = path.removeprefix(f"{routes.INCIDENTS}/").partition("/")
        if incident_id not in {each.id for each in self.incidents}:
            return self._problem(404, "not_found")
        if request.method == "POST":
            return self._verb(incident_id, part, body)
        if part == "timeline":
            return Page(items=self.timeline)
        return Page(items=self.alerts) if part == "alerts" else self.get(incident_id)

    def _login(self, body: dict[str, Any]) -> Any:
        if body["password"] != PASSWORD:
            return self._problem(401, "wrong_credentials")
        return self._tokens()

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
        return self.me

    def _list(self, request: httpx.Request) -> Page[IncidentItem]:
        query = request.url.params
        states, severities = query.get_list("state"), query.get_list("severity")
        found = [each for each in self.incidents if self._in_scope(each, query["scope"])]
        found = [each for each in found if each.state in states and (not severities or each.severity in severities)]
        found = [
            each
            for each in found
            if query.get("q", "").lower() in f"{each.title} {each.service.name if each.service else ''}".lower()
        ]
        start, size = int(query.get("cursor") or 0), min(self.page_size, int(query["limit"]))
        more = str(start + size) if start + size < len(found) else None
        return Page(items=list(found[start : start + size]), next_cursor=more)

    def _in_scope(self, each: Incident, scope: str) -> bool:
        if scope == "mine":
            return each.waits_for_me or JONAS in each.paging or each.acknowledged_by == JONAS
        return scope == "all" or each.team == PAYMENTS

    def _counts(self) -> IncidentCounts:
        still_open = [each for each in self.incidents if each.state != "resolved"]
        count: dict[str, Any] = {
            scope: sum(self._in_scope(each, scope) for each in still_open) for scope in ("mine", "teams", "all")
        }
        return IncidentCounts(**count, waiting_for_me=sum(each.waits_for_me for each in still_open))

    def _verb(self, incident_id: str, verb: str, body: dict[str, Any]) -> Any:
        now, me = NOW, Ref(self.me.id, self.me.name)
        open_ended: dict[str, Any] = {
            "waits_for_me": False,
            "paging": [],
            "next": None,
            "undo_until": now + timedelta(minutes=1),
        }
        if verb == "acknowledge":
            if self.get(incident_id).state != "triggered":
                return self._problem(409, "not_triggered")
            return self.change(
                incident_id,
                state="acknowledged",
                acknowledged_at=now,
                acknowledged_by=me,
                escalation=night.escalation(running=False),
                can=["resolve", "escalate", "undo"],
                **open_ended,
            )
        if verb == "resolve":
            return self.change(
                incident_id,
                state="resolved",
                resolved_at=now,
                method=body.get("method"),
                can=["undo"],
                **open_ended,
            )
        if verb == "escalate":
            return self.change(incident_id, paging=[BO], waits_for_me=False, next=None)
        before = next(each for each in night.incidents() if each.id == incident_id)
        return self.change(incident_id, **{name: getattr(before, name) for name in Incident.__struct_fields__})

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
