"""The server's HTTP API and live socket, in memory, with a believable night on call."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from shared.wire import routes
from shared.wire.actions import ActionResult
from shared.wire.incidents import (
    Actor,
    Alert,
    Escalation,
    EscalationStep,
    EscalationTarget,
    Incident,
    IncidentCounts,
    IncidentItem,
    Link,
    NextPage,
    TimelineEntry,
    Why,
)
from shared.wire.lists import Page, Ref
from shared.wire.live import Changed, Hello
from shared.wire.on_call import MyOnCall, MyWatch, NextWatch, OnCallNow, OnCallPerson
from shared.wire.outbox import OutboxItem
from shared.wire.problems import Problem
from shared.wire.sessions import Me, Server, Tokens

NOW = datetime(2026, 11, 21, 2, 12, 20, tzinfo=UTC)
PASSWORD = "dogwatch-demo"

JONAS = Ref("u-jonas", "Jonas Keller")
BO = Ref("u-bo", "Bo Lindqvist")
ANA = Ref("u-ana", "Ana Ruiz")
MEI = Ref("u-mei", "Mei Chen")
PAYMENTS = Ref("t-pay", "Payments")
PLATFORM = Ref("t-plat", "Platform")
DATA = Ref("t-data", "Data")
PRIMARY = Ref("s-pay-1", "Payments primary")
SECONDARY = Ref("s-pay-2", "Payments secondary")
POLICY = Ref("p-pay", "Payments 24×7")
GRAFANA = Ref("i-grafana", "Grafana eu-west")


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def ahead(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def escalation(*, running: bool) -> Escalation:
    """Three levels of the payments policy, the first running."""
    who = [[JONAS], [BO], [ANA, MEI]]
    targets = [PRIMARY, SECONDARY, Ref("t-leads", "Payments leads")]
    steps = [
        EscalationStep(
            level=i + 1,
            state="now" if i == 0 and running else "done" if i == 0 else "next",
            at=ago(2) if i == 0 else ahead(4.17 + 5 * (i - 1)),
            targets=[EscalationTarget(kind="schedule", id=targets[i].id, name=targets[i].name, people=who[i])],
        )
        for i in range(3)
    ]
    return Escalation(
        policy=POLICY,
        state="running" if running else "stopped",
        level=1,
        levels=3,
        next_at=ahead(4.17) if running else None,
        steps=steps,
    )


def incident(number: int, title: str, **given: Any) -> Incident:
    """An incident with what most of them have."""
    state = given.get("state", "triggered")
    triggered = state == "triggered"
    fields: dict[str, Any] = {
        "id": f"inc-{number}",
        "number": number,
        "title": title,
        "severity": "critical",
        "state": "triggered",
        "service": Ref("svc-checkout", "checkout-api"),
        "team": PAYMENTS,
        "triggered_at": ago(2),
        "alert_count": 1,
        "open_alert_count": 1,
        "rev": 3,
        "integration": GRAFANA,
        "source": "grafana",
        "escalation": escalation(running=triggered),
        "why": [],
        "can": ["acknowledge", "resolve", "escalate"] if triggered else ["resolve", "escalate"] if state == "acknowledged" else [],
    }
    return Incident(**{**fields, **given})


def night() -> list[Incident]:
    """One that waits for Jonas, and what can wait."""
    return [
        incident(
            4821,
            "Checkout errors above 5 % in eu\u2011west",
            alert_count=3,
            open_alert_count=3,
            paging=[JONAS],
            next=NextPage(at=ahead(4.17), level=2, names=["Bo Lindqvist"]),
            waits_for_me=True,
            why=[Why(level=1, policy=POLICY, schedule=PRIMARY, team=PAYMENTS, until=ahead(348))],
        ),
        incident(
            4820,
            "Payment webhooks delayed by 11 min",
            service=Ref("svc-relay", "webhook-relay"),
            state="acknowledged",
            triggered_at=ago(18),
            acknowledged_at=ago(14),
            acknowledged_by=ANA,
            alert_count=2,
            open_alert_count=2,
        ),
        incident(
            4818,
            "Disk 91 % full on pg-payments-2",
            severity="warning",
            service=Ref("svc-pg", "postgres"),
            triggered_at=ago(41),
            paging=[MEI],
        ),
        incident(
            4815,
            "Uplink lost at sw-ams-2, 41 hosts unreachable from the monitoring network",
            service=Ref("svc-net", "network"),
            team=PLATFORM,
            state="acknowledged",
            triggered_at=ago(66),
            acknowledged_at=ago(60),
            acknowledged_by=MEI,
            alert_count=214,
            open_alert_count=120,
        ),
        incident(
            4809,
            "Certificate pay.nordwind.example expires in 13 days",
            severity="info",
            service=Ref("svc-edge", "edge"),
            triggered_at=ago(190),
            escalation=Escalation(policy=None, state="none", level=0, levels=0, next_at=None, steps=[]),
        ),
    ]


def alerts() -> list[Alert]:
    """Three alerts of the checkout incident."""
    base: dict[str, Any] = {"severity": "critical", "last_at": ago(0.5), "closed_at": None, "silenced": False, "integration": GRAFANA}
    return [
        Alert(
            id="a-1",
            title="Error ratio, POST /checkout",
            description="8.2 % of requests failed in the last 5 minutes; the limit is 5 %.",
            dedup_key="checkout-errors",
            labels={"region": "eu-west-1", "env": "prod", "release": "2026.11.20-4"},
            links=[Link(text="Runbook", href="https://wiki.nordwind.example/checkout"), Link(text="Graph", href="https://grafana.nordwind.example/d/1")],
            count=6,
            starts_at=ago(2),
            **base,
        ),
        Alert(id="a-2", title="p99 latency above 2 s", description="", dedup_key="p99", labels={"region": "eu-west-1"}, links=[], count=2, starts_at=ago(1.6), **base),
        Alert(id="a-3", title="Cart 5xx", description="", dedup_key="cart", labels={}, links=[], count=1, starts_at=ago(1.2), **base),
    ]


def timeline() -> list[TimelineEntry]:
    """What happened to the checkout incident."""
    system, grafana = Actor(kind="system", id=None, name="Dogwatch"), Actor(kind="integration", id=GRAFANA.id, name=GRAFANA.name)
    told: list[tuple[Actor, str, dict[str, Any]]] = [
        (grafana, "opened", {"title": "Error ratio", "source": "Grafana", "integration": "eu-west"}),
        (grafana, "alerts_joined", {"count": 2, "title": "p99 latency above 2 s"}),
        (system, "level_paged", {"level": 1, "levels": 3, "people": ["Jonas Keller"], "targets": ["Payments primary"]}),
        (system, "page_accepted", {"person": "Jonas Keller", "channel": "push", "label": "Pixel 9", "took_ms": 1830}),
        (system, "page_failed", {"person": "Jonas Keller", "channel": "email", "label": "j…@nordwind.example", "reason": "timeout", "permanent": False}),
        (Actor(kind="user", id=BO.id, name=BO.name), "escalated", {"level": 2}),
    ]
    return [TimelineEntry(n=i + 1, at=ago(2 - i * 0.2), actor=actor, kind=kind, args=args) for i, (actor, kind, args) in enumerate(told)]


def outbox() -> list[OutboxItem]:
    """A push to each of two phones and a mail."""
    title, body = "Checkout errors above 5 % in eu\u2011west", "checkout-api · 3 alerts · Bo is paged in 5 min"
    about: dict[str, Any] = {"kind": "page", "title": title, "severity": "critical", "incident_id": "inc-4821", "incident_number": 4821}
    return [
        OutboxItem(id="o-1", channel="push", to="Pixel 9", person="Jonas Keller", at=ago(2), state="accepted", body=body, verbs=["acknowledge", "escalate"], action_token="tok-1", raw='{"message": {"token": "…"}}', **about),
        OutboxItem(id="o-2", channel="push", to="iPhone 17", person="Bo Lindqvist", at=ago(18), state="accepted", body="webhook-relay · 2 alerts", verbs=["acknowledge"], action_token="tok-2", raw="{}", **{**about, "title": "Payment webhooks delayed by 11 min", "incident_id": "inc-4820", "incident_number": 4820}),
        OutboxItem(id="o-3", channel="email", to="jonas@nordwind.example", person="Jonas Keller", at=ago(1), state="accepted", body=f"{title}\n\nAcknowledge: https://…", verbs=[], action_token=None, raw=f"Subject: {title}\n\ncheckout-api, 3 alerts", **about),
        OutboxItem(id="o-4", channel="webhook", to="https://hooks.nordwind.example/pager", person="Payments", at=ago(1), state="failed", body="incident.triggered", verbs=[], action_token=None, raw='{"event": "incident.triggered", "number": 4821}', **about),
    ]


class FakeApi:
    """`calls` are (method, path) in order; `offline` drops the network; `refuse` answers a path with a problem."""

    def __init__(self, *, demo: bool = True, language: str = "en") -> None:
        self.me = Me(
            id=JONAS.id,
            name=JONAS.name,
            email="responder@example.com",
            role="responder",
            language=language,  # pyright: ignore[reportArgumentType]
            time_zone="Europe/Berlin",
            teams=[PAYMENTS],
            permissions=["incidents:act"],
            server=Server(name="Nordwind", version="0.1.0", demo=demo),
            rev=1,
        )
        self.incidents = night()
        self.alerts, self.timeline, self.outbox = alerts(), timeline(), outbox()
        watch = MyWatch(schedule=PRIMARY, team=PAYMENTS, role="primary", since=ago(1092), until=ahead(347.67), then=[ANA])
        self.mine = MyOnCall(watches=[watch], next=NextWatch(schedule=SECONDARY, start=ahead(3227.67), end=ahead(6107.67)), unreachable=None)
        self.now = [
            OnCallNow(schedule=PRIMARY, team=PAYMENTS, people=[OnCallPerson(user=JONAS, role="primary", until=ahead(347.67))], gap_until=None),
            OnCallNow(schedule=SECONDARY, team=PAYMENTS, people=[OnCallPerson(user=BO, role="secondary", until=ahead(3227.67))], gap_until=None),
            OnCallNow(schedule=Ref("s-plat", "Platform"), team=PLATFORM, people=[OnCallPerson(user=MEI, role=None, until=ahead(287.67))], gap_until=None),
            OnCallNow(schedule=Ref("s-data", "Data nights"), team=DATA, people=[], gap_until=ahead(3227.67)),
        ]
        self.calls: list[tuple[str, str]] = []
        self.requests: list[httpx.Request] = []
        self.offline = False
        self.held: asyncio.Event | None = None
        self.refused: dict[str, httpx.Response] = {}
        self.generation = 1
        self.page_size = 50
        self.live = FakeLive()

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle)

    def refuse(self, path: str, status: int, code: str, *, headers: dict[str, str] | None = None) -> None:
        problem = Problem(type="about:blank", title=code, status=status, code=code, detail=code)
        kind = {"content-type": "application/problem+json", **(headers or {})}
        self.refused[path] = httpx.Response(status, content=msgspec.json.encode(problem), headers=kind)

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
        answer = plain[path]() if path in plain else self._about_incident(request, path, body)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, content=msgspec.json.encode(answer))

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
        return Tokens(access_token=f"access-{self.generation}", refresh_token=f"refresh-{self.generation}", expires_in_s=900)

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
        found = [each for each in found if query.get("q", "").lower() in f"{each.title} {each.service.name}".lower()]
        start, size = int(query.get("cursor") or 0), min(self.page_size, int(query["limit"]))
        more = str(start + size) if start + size < len(found) else None
        return Page(items=list(found[start : start + size]), next_cursor=more)

    def _in_scope(self, each: Incident, scope: str) -> bool:
        if scope == "mine":
            return each.waits_for_me or JONAS in each.paging or each.acknowledged_by == JONAS
        return scope == "all" or each.team == PAYMENTS

    def _counts(self) -> IncidentCounts:
        still_open = [each for each in self.incidents if each.state != "resolved"]
        count = {scope: sum(self._in_scope(each, scope) for each in still_open) for scope in ("mine", "teams", "all")}
        return IncidentCounts(**count, waiting_for_me=sum(each.waits_for_me for each in still_open))

    def _verb(self, incident_id: str, verb: str, body: dict[str, Any]) -> Any:
        now, me = NOW, Ref(self.me.id, self.me.name)
        open_ended: dict[str, Any] = {"waits_for_me": False, "paging": [], "next": None, "undo_until": now + timedelta(minutes=1)}
        if verb == "acknowledge":
            if self.get(incident_id).state != "triggered":
                return self._problem(409, "not_triggered")
            return self.change(incident_id, state="acknowledged", acknowledged_at=now, acknowledged_by=me, escalation=escalation(running=False), can=["resolve", "escalate", "undo"], **open_ended)
        if verb == "resolve":
            return self.change(incident_id, state="resolved", resolved_at=now, resolution=body.get("resolution"), can=["undo"], **open_ended)
        if verb == "escalate":
            return self.change(incident_id, paging=[BO], waits_for_me=False, next=None)
        before = next(each for each in night() if each.id == incident_id)
        return self.change(incident_id, **{name: getattr(before, name) for name in Incident.__struct_fields__})

    def _act_with_token(self, body: dict[str, Any]) -> Any:
        item = next((each for each in self.outbox if each.action_token == body["token"]), None)
        if item is None or item.incident_id is None:
            return self._problem(404, "not_found")
        if self.get(item.incident_id).state == "triggered":
            self._verb(item.incident_id, body["verb"], {})
            return ActionResult(incident_id=item.incident_id, number=item.incident_number or 0, state="acknowledged", by=item.person, done=True)
        holder = self.get(item.incident_id).acknowledged_by
        return ActionResult(incident_id=item.incident_id, number=item.incident_number or 0, state="acknowledged", by=holder.name if holder else None, done=False)

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
    async def connect(self, url: str) -> AsyncIterator["FakeSocket"]:
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
