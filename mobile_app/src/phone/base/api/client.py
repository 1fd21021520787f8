"""Requests to the server: one typed method per call, tokens renewed on the way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from weakref import WeakValueDictionary

import httpx
import msgspec

from phone.base.api.errors import ApiError, SignedOut, Unreachable, refusal_in
from phone.base.device.store import Silent, Store
from shared.wire import routes
from shared.wire.actions import Action, ActionResult
from shared.wire.incidents import Alert, Incident, IncidentCounts, IncidentItem, Scope, Severity, TimelineEntry
from shared.wire.incidents import State as IncidentState
from shared.wire.lists import Page
from shared.wire.on_call import MyOnCall, OnCallNow
from shared.wire.outbox import OutboxItem
from shared.wire.sessions import Login, Me, MeChange, Refresh, SignInProof, Tokens

if TYPE_CHECKING:
    from phone.base.state import State

Body = TypeVar("Body")

TIMEOUT: Final = httpx.Timeout(10, connect=4)
GLANCE_S: Final = 2.0
NOBODY_BEHIND: Final = (502, 504)
"""What a proxy says when its server is away."""
REFRESH_TOKEN: Final = "refresh_token"  # noqa: S105 - a name, not a token
MOST_PAGES: Final = 20
ASKS_PROOF: Final = "fresh_sign_in_required"
_rotating: "WeakValueDictionary[str, asyncio.Lock]" = WeakValueDictionary()
"""Windows of one browser share a refresh token: each is used by one of them at a time."""
TOKEN_EXPIRED_AT_LOGIN: Final = (routes.LOGIN, routes.REFRESH, routes.ACTIONS)


class Client:
    """Speaks to one server as one person.

    Refresh tokens rotate: each is used once, and the new one is kept before anything else happens. Another
    tab of the same browser may have used ours: then the one it kept is used, for a token that is used twice ends the
    session. So none is used while the device does not say which it keeps: a window that is gone may have a successor.
    `states` are all that read through it; `reached` and `signed_out` are told what the server did, `answered` what it
    said.
    What wants a fresh sign-in is sent again once `prove_first` says that the reader has proved themself.
    """

    def __init__(
        self,
        base_url: str,
        secrets: Store,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        learn_time: Callable[[str | None], None] | None = None,
        device_name: str = "Dogwatch",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._secrets = secrets
        always = {"user-agent": device_name, **(headers or {})}
        self._http = httpx.AsyncClient(timeout=TIMEOUT, transport=transport, trust_env=False, headers=always)
        self._learn_time = learn_time
        self._access: str | None = None
        self._refresh: str | None = None
        self._previous: str | None = None
        self._used: set[str] = set()
        self._renewing = asyncio.Lock()
        self.prove_first: Callable[[], Awaitable[bool]] = _nobody
        self.reached: Callable[[bool], None] = lambda _online: None
        self.signed_out: Callable[[], None] = lambda: None
        self.answered: Callable[[bytes], None] = lambda _body: None
        self.states: list[State] = []

    def use(self, base_url: str) -> None:
        """Speak to another server from now on."""
        self.base_url = base_url.rstrip("/")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def answers(self) -> bool:
        """Whether the server says anything at all before somebody grows impatient."""
        try:
            response = await self._http.get(self.base_url + routes.HEALTH, timeout=GLANCE_S)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return response.status_code not in NOBODY_BEHIND

    # Sessions

    async def sign_in(self, email: str, password: str, totp: str | None = None) -> None:
        """Trade email and password for tokens."""
        previous = self._previous or await self._secrets.get(REFRESH_TOKEN)
        login = Login(email=email, password=password, totp=totp, previous=previous)
        tokens = await self._post(routes.LOGIN, Tokens, login)
        await self._keep(tokens)

    async def prove(self, password: str, totp: str | None = None) -> None:
        """Show once more what the reader signs in with."""
        await self._send("POST", routes.CONFIRM_SIGN_IN, SignInProof(password=password, totp=totp))

    async def enter(self, path: str, body: object, answer: type[Body] | None) -> Body:
        """Ask without a session: what a link or a code pays for."""
        response = await self._exchange("POST", path, body, {}, ())
        return _decoded(response, answer) if answer is not None else cast(Body, None)

    async def take(self, tokens: Tokens) -> None:
        """Use the session that a link or a code brought."""
        await self._keep(tokens)

    async def resume(self) -> bool:
        """Take up the session that the device kept; False when it kept none, Unreachable when it does not say."""
        self._refresh = await self._kept()
        if self._refresh is None:
            return False
        await self.renew(None)
        return True

    async def sign_out(self) -> None:
        """End the session here whatever happens, and at the server if it can be reached, whoever renewed it last."""
        refresh = await self._secrets.get(REFRESH_TOKEN) or self._refresh
        await self._secrets.remove(REFRESH_TOKEN)
        self._refresh = refresh
        try:
            if refresh is not None:
                await self._send("POST", routes.LOGOUT, Refresh(refresh_token=refresh))
        except (ApiError, Unreachable, SignedOut):
            pass
        finally:
            self._access, self._refresh, self._previous = None, None, refresh
            await self._secrets.remove(REFRESH_TOKEN)

    async def token(self) -> str:
        """An access token for the live socket."""
        if self._access is None:
            await self.renew(None)
        if self._access is None:
            raise SignedOut
        return self._access

    async def renew_now(self) -> None:
        """Replace the access token: the server said that it ended."""
        await self.renew(self._access)

    async def renew(self, stale: str | None) -> None:
        """Replace the access token unless somebody else replaced `stale` meanwhile."""
        async with self._renewing:
            if self._access is not None and self._access != stale:
                return
            try:
                await self._rotate()
            except ApiError as error:
                if error.status not in (400, 401, 403):
                    raise
                kept = await self._kept()
                if kept is None or kept == self._refresh:
                    raise SignedOut from error
                self._refresh = kept
                await self._rotate_or_sign_out()

    async def _rotate_or_sign_out(self) -> None:
        try:
            await self._rotate()
        except ApiError as error:
            if error.may_pass_later:
                raise
            raise SignedOut from error

    async def _rotate(self) -> None:
        if self._refresh is None:
            raise SignedOut
        async with _rotating.setdefault(self._refresh, asyncio.Lock()):
            kept = await self._kept()
            if kept is not None and kept not in self._used:
                self._refresh = kept
            response = await self._exchange("POST", routes.REFRESH, Refresh(refresh_token=self._refresh), {}, ())
            self._used.add(self._refresh)
            await self._keep(_decoded(response, Tokens))

    async def _kept(self) -> str | None:
        try:
            return await self._secrets.read(REFRESH_TOKEN)
        except Silent as error:
            raise Unreachable from error

    async def _keep(self, tokens: Tokens) -> None:
        await self._secrets.set(REFRESH_TOKEN, tokens.refresh_token)
        self._previous = tokens.refresh_token
        self._access, self._refresh = tokens.access_token, tokens.refresh_token

    # Me

    async def me(self) -> Me:
        """Who I am, and which server this is."""
        return await self._get(routes.ME, Me)

    async def change_me(self, change: MeChange, *, rev: int) -> Me:
        """Change what I may change about myself."""
        fields = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
        response = await self._send("PATCH", routes.ME, fields, headers={"If-Match": str(rev)})
        return _decoded(response, Me)

    async def my_on_call(self) -> MyOnCall:
        """What I am on call for."""
        return await self._get(routes.MY_ON_CALL, MyOnCall)

    async def on_call(self) -> Page[OnCallNow]:
        """Who is on call now, schedule by schedule."""
        return await self._get(routes.ON_CALL, Page[OnCallNow])

    # Incidents

    async def incidents(  # noqa: PLR0913 one for each part of a filter
        self,
        *,
        scope: Scope,
        states: Sequence[IncidentState] = (),
        severities: Sequence[Severity] = (),
        service_ids: Sequence[str] = (),
        team_ids: Sequence[str] = (),
        since: datetime | None = None,
        text: str = "",
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[IncidentItem]:
        """One page of the list."""
        query = [("scope", scope), ("limit", str(limit))]
        query += [("state", state) for state in states]
        query += [("severity", severity) for severity in severities]
        query += [("service_id", ident) for ident in service_ids]
        query += [("team_id", ident) for ident in team_ids]
        query += [("since", since.isoformat())] if since else []
        query += [("q", text)] if text else []
        query += [("cursor", cursor)] if cursor else []
        return await self._get(routes.INCIDENTS, Page[IncidentItem], query)

    async def incident_counts(self, *, scope: Scope | None = None) -> IncidentCounts:
        """Open incidents per segment; with a scope, those of the segment by state and severity."""
        return await self._get(routes.INCIDENT_COUNTS, IncidentCounts, [("scope", scope)] if scope else [])

    async def incident(self, incident_id: str) -> Incident:
        """Everything about one incident but its alerts and its timeline."""
        return await self._get(routes.INCIDENT.format(incident_id=incident_id), Incident)

    async def alerts(self, incident_id: str, *, limit: int) -> Page[Alert]:
        """The newest of the incident's alerts."""
        path = routes.INCIDENT_ALERTS.format(incident_id=incident_id)
        return await self._get(path, Page[Alert], [("limit", str(limit))])

    async def timeline(self, incident_id: str, cursor: str | None = None) -> Page[TimelineEntry]:
        """One page of what happened, oldest first."""
        path = routes.INCIDENT_TIMELINE.format(incident_id=incident_id)
        query = [("limit", "200"), *([("cursor", cursor)] if cursor else [])]
        return await self._get(path, Page[TimelineEntry], query)

    async def act(self, path: str, body: Mapping[str, Any], *, key: str) -> Incident:
        """Do a verb; the same key twice does it once."""
        response = await self._send("POST", path, dict(body), headers={"Idempotency-Key": key})
        return _decoded(response, Incident)

    # The demo's outbox

    async def outbox(self) -> Page[OutboxItem]:
        """What would have left the machine, newest first."""
        return await self._get(routes.OUTBOX, Page[OutboxItem])

    async def answer(self, action: Action) -> ActionResult:
        """Press a button of a notification; its token pays, not my session."""
        return await self._post(routes.ACTIONS, ActionResult, action)

    # Anything else, by its path: the Console's kinds name theirs

    async def read(self, path: str, answer: type[Body], query: Sequence[tuple[str, str]] = ()) -> Body:
        """Read what stands at a path."""
        return await self._get(path, answer, query)

    async def read_text(self, path: str) -> str:
        """What stands at a path as it is: a table, and no JSON."""
        return (await self._send("GET", path, None)).text

    async def read_all(self, path: str, item: type[Body], query: Sequence[tuple[str, str]] = ()) -> list[Body]:
        """Every item of a list, page by page, as long as a person could still want to see them all."""
        form: Any = Page[item]
        found: list[Body] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await self._get(path, form, [*query, *([("cursor", cursor)] if cursor else [])])
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
        return found

    async def write(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        answer: type[Body],
        rev: int | None = None,
        key: str | None = None,
    ) -> Body:
        """Write to a path; `rev` guards against somebody else's change, `key` against doing it twice."""
        headers = {"If-Match": str(rev)} if rev is not None else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        response = await self._send(method, path, body, headers=headers)
        if not response.content:
            return msgspec.convert({}, answer)
        return _decoded(response, answer)

    # The wire

    async def _get(self, path: str, answer: type[Body], query: Sequence[tuple[str, str]] = ()) -> Body:
        return _decoded(await self._send("GET", path, None, query=query), answer)

    async def _post(self, path: str, answer: type[Body], body: object) -> Body:
        return _decoded(await self._send("POST", path, body), answer)

    async def _send(
        self,
        method: str,
        path: str,
        body: object,
        *,
        headers: Mapping[str, str] | None = None,
        query: Sequence[tuple[str, str]] = (),
    ) -> httpx.Response:
        own_pay = path in TOKEN_EXPIRED_AT_LOGIN
        if self._access is None and not own_pay:
            await self.renew(None)
        stale = self._access
        try:
            return await self._prove_and_exchange(method, path, body, headers or {}, query)
        except ApiError as error:
            if error.status != 401 or own_pay:
                raise
        await self.renew(stale)
        return await self._prove_and_exchange(method, path, body, headers or {}, query)

    async def _prove_and_exchange(
        self, method: str, path: str, body: object, headers: Mapping[str, str], query: Sequence[tuple[str, str]]
    ) -> httpx.Response:
        try:
            return await self._exchange(method, path, body, headers, query)
        except ApiError as error:
            if error.code != ASKS_PROOF or not await self.prove_first():
                raise
        return await self._exchange(method, path, body, headers, query)

    async def _exchange(
        self,
        method: str,
        path: str,
        body: object,
        headers: Mapping[str, str],
        query: Sequence[tuple[str, str]],
    ) -> httpx.Response:
        sent = {**headers, "Accept": "application/json"}
        if self._access is not None and path not in (routes.LOGIN, routes.REFRESH, routes.ACTIONS):
            sent["Authorization"] = f"Bearer {self._access}"
        content = None if body is None else msgspec.json.encode(body)
        if content is not None:
            sent["Content-Type"] = "application/json"
        try:
            url = self.base_url + path
            response = await self._http.request(method, url, content=content, headers=sent, params=list(query))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable from error
        if self._learn_time is not None:
            self._learn_time(response.headers.get("date"))
        self.answered(response.content)
        if response.is_success:
            return response
        raise refusal_in(response)


async def _nobody() -> bool:
    """Nobody can be asked."""
    return False


def _decoded(response: httpx.Response, answer: type[Body]) -> Body:
    try:
        return msgspec.json.decode(response.content, type=answer)
    except msgspec.MsgspecError as error:
        raise ApiError(status=response.status_code, code="unreadable_answer", detail=str(error)) from error
