"""Take a request from a monitoring system: find its integration, look at the body, keep it, answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import HTTPScope, Receive, Scope, Send

from server.ingest.backlog import Backlog
from server.ingest.reading import BodyTooLarge, Reading, SenderGone, read_body, unpacked
from server.ingest.refusals import RefusalLog
from server.ingest.store import EventStore, idem_key_of
from server.integrations.base import (
    CHANGES,
    INTEGRATIONS,
    MIB,
    Accepted,
    Answer,
    BadEvent,
    Challenge,
    Change,
    Envelope,
    Integration,
)
from server.kernel.clock import Clock
from server.kernel.errors import (
    DogwatchError,
    FieldError,
    Invalid,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from server.kernel.http import address_of, problem_of
from server.kernel.ids import new_id
from server.kernel.limits.counts import Budget
from server.kernel.limits.strangers import Strangers, Turn, limited_by
from server.kernel.limits.strict_http import place_of
from server.kernel.settings import Network
from server.kernel.telemetry import EVENTS_ACCEPTED, EVENTS_REFUSED, REQUESTS_REFUSED
from server.pipeline.arrivals import NewEvent
from server.services.directory import Directory, IntegrationFacts
from server.services.refusals import UNKNOWN

log = structlog.get_logger()

PER_S, BURST = 1_000.0, 60_000
STRANGE_PER_S, STRANGE_BURST = 32 * 1024.0, MIB
"""Bytes of bodies from one address whose keys we don't know: what reading them costs is bounded."""
STRANGE_AT_ONCE, KNOWN_AT_ONCE = 32 * MIB, 256 * MIB
KEPT_HEADERS = ("content-type", "user-agent", "x-request-id", "x-github-delivery", "x-github-event")
ASKING = ("GET", "HEAD", "OPTIONS")
"""What people and proxies do to have a look; nothing is lost by it."""
LARGE_BYTES = 256 * 1024
NO_SOCKETS = 1008
_encode = msgspec.json.Encoder().encode


@dataclass
class _Arrival:
    """One request, and the integration that it is about as soon as a key of it is recognised."""

    member: Integration
    scope: Scope
    headers: Mapping[str, str]
    receive: Receive
    path_key: str | None
    way: str = ""
    integration: IntegrationFacts | None = None
    nobodys: str = ""
    """Where no integration has its key: the one that had it, or UNKNOWN."""

    @property
    def named(self) -> str:
        """The integration whose people see what is refused of it; empty where that is nobody's."""
        return self.integration.id if self.integration is not None else self.nobodys

    @property
    def header_key(self) -> str | None:
        """Our own header first: a bearer may be meant for a proxy on the way."""
        if own := self.headers.get("x-dogwatch-key"):
            return own.strip()
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


@dataclass
class Accept:
    """The ASGI application behind every way in. No framework stands between a sender and the store."""

    store: EventStore
    directory: Directory
    clock: Clock
    backlog: Backlog
    refusals: RefusalLog
    strangers: Strangers = field(default_factory=Strangers)
    trusted: tuple[Network, ...] = ()
    limit: Budget = field(default_factory=lambda: Budget("events", per_s=PER_S, burst=BURST))
    strange_bytes: Budget = field(default_factory=lambda: Budget("bytes", per_s=STRANGE_PER_S, burst=STRANGE_BURST))
    _members: dict[str, Integration] = field(default_factory=dict[str, Integration])
    _strange: Reading = field(default_factory=lambda: Reading(STRANGE_AT_ONCE))
    _known: Reading = field(default_factory=lambda: Reading(KNOWN_AT_ONCE))

    async def __call__(self, path: str, scope: Scope, receive: Receive, send: Send, *, way: str = "") -> None:
        """A request to `<source>` or `<source>/<key>`, which stand below /ingest; `way` is V1, CHANGES or empty."""
        if scope["type"] != ScopeType.HTTP:
            close: Any = {"type": "websocket.close", "code": NO_SOCKETS}
            await send(close)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        source, _, rest = path.strip("/").partition("/")
        key, _, beyond = rest.partition("/")
        member = self._member(source)
        if member is None or beyond or scope["method"] != "POST":
            is_nowhere = member is None or bool(beyond)
            answer = await self._turn_away(member, key, scope, is_nowhere=is_nowhere)
        else:
            arrival = _Arrival(member, scope, headers, receive, key or None, way)
            try:
                answer = await self._take(arrival)
            except DogwatchError as error:
                answer = self._refuse(member, error, arrival.named)
            except Exception:  # our trouble: whoever sent it should send it again
                log.exception("ingest.failed", source=source)
                ours = Unavailable("it could not be kept; send it again")
                answer = self._refuse(member, ours, arrival.named)
        await _send(send, answer)

    async def _turn_away(self, member: Integration | None, key: str, scope: HTTPScope, *, is_nowhere: bool) -> Answer:
        """No event can come this way; where it was meant for an integration, that one's people see it."""
        integration: IntegrationFacts | None = None
        try:
            (await self._turn(scope)).end()
            if is_nowhere or scope["method"] not in ASKING:
                integration = self._by_key(key)
            raise NotFound("there is no such way in") if is_nowhere else MethodNotAllowed("send events by POST")
        except DogwatchError as error:
            return self._refuse(member, error, integration.id if integration is not None else "")

    def _refuse(self, member: Integration | None, error: DogwatchError, named: str) -> Answer:
        EVENTS_REFUSED.labels(member.slug if member else "unknown", error.code).inc()
        if named and not isinstance(error, SenderGone):
            self.refusals.count(named, error)
        return _answer_of(member, error)

    async def _take(self, arrival: _Arrival) -> Answer | Challenge:
        """The key comes first. From then on nothing is refused that may be sent again, but by 503."""
        member, headers = arrival.member, arrival.headers
        if arrival.path_key is None and member.has_body_key:
            body = await self._read(arrival, self._strange)
            integration = await self._integration_in(arrival, body)
        else:
            integration = await self._integration(arrival, arrival.path_key or arrival.header_key)
            body = await self._read(arrival, self._known)
        now = self.clock.now()
        await self._refuse_flood(member, integration, now)
        envelope = Envelope(
            event_id=new_id(now),
            body=body,
            received_at=now,
            headers=headers,
            config=integration.config,
            way=arrival.way,
        )
        if arrival.way == CHANGES:
            await self.store.keep_change(_look_at_change(member, envelope), integration, envelope.event_id, now)
            return member.accepted_change()
        if len(body) > LARGE_BYTES:
            looked = await asyncio.to_thread(_look, member, envelope)
        else:
            looked = _look(member, envelope)
        if isinstance(looked, Challenge):
            return looked
        kept = await self.store.keep(_new_event(envelope, integration, headers, now))
        EVENTS_ACCEPTED.labels(member.slug).inc()
        if kept.reuses:
            self.refusals.count_reuse(integration.id)
        if kept.id != envelope.event_id:
            envelope = msgspec.structs.replace(envelope, event_id=kept.id)
            looked = member.check(envelope)
            assert isinstance(looked, Accepted)
        return member.accepted(envelope, looked)

    async def _read(self, arrival: _Arrival, reading: Reading) -> bytes:
        """The body, unpacked; of one that is too large whose it is, where its beginning says so."""
        at_most = arrival.member.max_body_bytes
        try:
            body = await read_body(arrival.receive, arrival.headers, at_most, reading)
            if "content-encoding" in arrival.headers:
                body = await asyncio.to_thread(unpacked, body, arrival.headers, at_most)
        except BodyTooLarge as error:
            arrival.integration = arrival.integration or self._likely(arrival.member, error.start)
            raise
        return body

    async def _refuse_flood(self, member: Integration, integration: IntegrationFacts, now: datetime) -> None:
        """What a known key may be refused for although its event is a good one; raises Unavailable."""
        self.backlog.refuse_flood(integration.id, now)
        wait_s = await self.limit.wait_s(self.store.db, integration.id, now)
        if wait_s > 0 and member.can_retry_4xx:
            raise Unavailable("this integration sends too fast", code="too_fast", retry_after_s=int(wait_s) + 1)

    async def _integration(self, arrival: _Arrival, key: str | None) -> IntegrationFacts:
        """Whoever has a key that we know doesn't wait; an unknown one is asked of the database in the line."""
        found = arrival.integration = await self._asked(key, arrival.scope)
        if not key:
            raise Unauthenticated("the integration's key is missing", code="key_missing")
        if found is None:
            arrival.nobodys = self.directory.removed_by_key(key) or UNKNOWN
        if found is None or found.source != arrival.member.slug:
            raise NotFound(f"no {arrival.member.slug} integration has this key", code="unknown_key")
        if (place := place_of(arrival.scope)) is not None:
            place.is_known = True
        return found

    async def _asked(self, key: str | None, scope: Scope) -> IntegrationFacts | None:
        if (found := self._by_key(key)) is not None:
            return found
        turn = await self._turn(scope)
        try:
            return await self.directory.integration_of_key(key) if key else None
        finally:
            turn.end()

    async def _integration_in(self, arrival: _Arrival, body: bytes) -> IntegrationFacts:
        """By the key in the body, which is read with care only for a key that we seem to know, or within a budget.

        It wins over a header, which may be meant for a proxy on the way; a header's that we know does without one.
        """
        member = arrival.member
        arrival.integration = self._likely(member, body)
        if arrival.integration is not None and (key := _body_key(member, body)):
            return await self._integration(arrival, key)
        if self._by_key(arrival.header_key) is not None:
            return await self._integration(arrival, arrival.header_key)
        key = await self._strange_key(arrival, body)
        return await self._integration(arrival, key or arrival.header_key)

    async def _strange_key(self, arrival: _Arrival, body: bytes) -> str | None:
        """Raises TooManyRequests when an address has sent too many bytes that lead to no integration, and Invalid when
        there is no key at all where the protocol wants one.
        """
        address = address_of(arrival.scope, self.trusted)
        turn = await self.strangers.line.turn(address)
        try:
            cost, now = float(len(body)), self.clock.now()
            wait_s = await self.strange_bytes.wait_s(self.store.db, limited_by(address), now, cost=cost)
            if wait_s > 0:
                REQUESTS_REFUSED.labels("address_bytes").inc()
                raise TooManyRequests("too much without a key of ours from here", retry_after_s=int(wait_s) + 1)
            await self.directory.refresh()
            arrival.integration = self._likely(arrival.member, body)
            if key := _body_key(arrival.member, body):
                return key
            header_key = arrival.header_key
            if header_key and self._by_key(header_key) is not None:
                return header_key
            if (bad := arrival.member.without_key(body, arrival.way)) is not None:
                raise _invalid(bad)
            return None
        finally:
            turn.end()

    def _likely(self, member: Integration, body: bytes) -> IntegrationFacts | None:
        """Whose body it seems to be, where its key stands in it."""
        found = map(self._by_key, member.likely_keys(body))
        return next((facts for facts in found if facts is not None), None)

    def _by_key(self, key: str | None) -> IntegrationFacts | None:
        return self.directory.known_by_key(key) if key else None

    async def _turn(self, scope: Scope) -> Turn:
        return await self.strangers.line.turn(address_of(scope, self.trusted))

    def _member(self, source: str) -> Integration | None:
        if source not in self._members and (cls := INTEGRATIONS.get(source)) is not None:
            self._members[source] = cls()
        return self._members.get(source)


class MethodNotAllowed(DogwatchError):
    status = 405
    title = "Method not allowed"
    default_code = "method_not_allowed"


def _body_key(member: Integration, body: bytes) -> str | None:
    try:
        return member.body_key(body)
    except BadEvent as bad:
        raise _invalid(bad) from bad


def _look(member: Integration, envelope: Envelope) -> Accepted | Challenge:
    try:
        return member.check(envelope)
    except BadEvent as bad:
        raise _invalid(bad) from bad


def _look_at_change(member: Integration, envelope: Envelope) -> Change:
    try:
        change = member.check_change(envelope)
    except BadEvent as bad:
        raise _invalid(bad) from bad
    if change is None:
        raise NotFound("there is no such way in")
    return change


def _invalid(bad: BadEvent) -> Invalid:
    return Invalid([FieldError(flaw.field, flaw.code, flaw.message, flaw.args) for flaw in bad.flaws])


def _new_event(
    envelope: Envelope, integration: IntegrationFacts, headers: Mapping[str, str], now: datetime
) -> NewEvent:
    idem_key = headers.get("idempotency-key")
    return NewEvent(
        id=envelope.event_id,
        integration_id=integration.id,
        received_at=now,
        headers={name: headers[name][:500] for name in KEPT_HEADERS if name in headers},
        body=envelope.body,
        idem_key=idem_key_of(idem_key, envelope.body) if idem_key else None,
    )


def _answer_of(member: Integration | None, error: DogwatchError) -> Answer:
    problem = problem_of(error)
    if member is None:
        answer = Answer(status=error.status, body=problem, headers={"content-type": "application/problem+json"})
    else:
        answer = member.refused(problem)
    after_s = error.retry_after_s or (5 if isinstance(error, Unavailable) else None)
    extra = {"retry-after": str(after_s)} if after_s is not None else {}
    if isinstance(error, MethodNotAllowed):
        extra["allow"] = "POST"
    if isinstance(error, TooManyRequests | TooLarge):
        extra["connection"] = "close"
    return msgspec.structs.replace(answer, headers=answer.headers | extra)


async def _send(send: Send, answer: Answer | Challenge) -> None:
    if isinstance(answer, Challenge):
        status, body, headers = 200, answer.body, {"content-type": answer.content_type}
    else:
        status, body = answer.status, _encode(answer.body)
        headers = {"content-type": "application/json"} | answer.headers
    headers["content-length"] = str(len(body))
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    start: Any = {"type": "http.response.start", "status": status, "headers": pairs}
    done: Any = {"type": "http.response.body", "body": body, "more_body": False}
    await send(start)
    await send(done)
