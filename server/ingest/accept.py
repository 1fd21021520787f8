"""Take a request from a monitoring system: find its integration, look at the body, keep it, answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import Receive, Scope, Send

from server.ingest.backlog import Backlog
from server.ingest.store import EventStore, NewEvent
from server.integrations.base import (
    INTEGRATIONS,
    MIB,
    Accepted,
    Answer,
    BadEvent,
    Challenge,
    Envelope,
    Integration,
)
from server.kernel.clock import Clock
from server.kernel.errors import (
    DogwatchError,
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
from server.services.directory import Directory, IntegrationFacts

log = structlog.get_logger()

PER_S, BURST = 1_000.0, 60_000
STRANGE_PER_S, STRANGE_BURST = 32 * 1024.0, MIB
"""Bytes of bodies from one address whose keys we don't know: what reading them costs is bounded."""
STRANGE_AT_ONCE, KNOWN_AT_ONCE = 32 * MIB, 256 * MIB
KEPT_HEADERS = ("content-type", "user-agent", "x-request-id", "x-github-delivery", "x-github-event")
LONGEST_IDEM_KEY = 255
LARGE_BYTES = 256 * 1024
_encode = msgspec.json.Encoder().encode


@dataclass
class Accept:
    """The ASGI application behind every way in. No framework stands between a sender and the store."""

    store: EventStore
    directory: Directory
    clock: Clock
    backlog: Backlog
    strangers: Strangers = field(default_factory=Strangers)
    trusted: tuple[Network, ...] = ()
    limit: Budget = field(default_factory=lambda: Budget("events", per_s=PER_S, burst=BURST))
    strange_bytes: Budget = field(default_factory=lambda: Budget("bytes", per_s=STRANGE_PER_S, burst=STRANGE_BURST))
    _members: dict[str, Integration] = field(default_factory=dict[str, Integration])
    _strange: "_Reading" = field(default_factory=lambda: _Reading(STRANGE_AT_ONCE))
    _known: "_Reading" = field(default_factory=lambda: _Reading(KNOWN_AT_ONCE))

    async def __call__(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """A request to `<source>` or `<source>/<key>`, which stand below /ingest."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        source, key = _source_and_key(path, headers)
        member = self._member(source)
        try:
            if member is None or scope["type"] != ScopeType.HTTP or scope["method"] != "POST":
                (await self._turn(scope)).end()
                raise NotFound("there is no such way in") if member is None else MethodNotAllowed("send events by POST")
            answer = await self._take_or_refuse(member, key, scope, headers, receive)
        except DogwatchError as error:
            EVENTS_REFUSED.labels(source if member else "unknown", error.code).inc()
            answer = _refuse(member, error)
        await _send(send, answer)

    async def _take_or_refuse(
        self, member: Integration, key: str | None, scope: Scope, headers: Mapping[str, str], receive: Receive
    ) -> Answer | Challenge:
        """What goes wrong here is our trouble: whoever sent it should send it again."""
        try:
            return await self._take(member, key, scope, headers, receive)
        except DogwatchError:
            raise
        except Exception as error:
            log.exception("ingest.failed", source=member.slug)
            raise Unavailable("it could not be kept; send it again") from error

    async def _take(
        self, member: Integration, key: str | None, scope: Scope, headers: Mapping[str, str], receive: Receive
    ) -> Answer | Challenge:
        """The key comes first. From then on nothing is refused that may be sent again, but by 503."""
        if key is None and member.has_body_key:
            body = await _read(receive, headers, member.max_body_bytes, self._strange)
            integration = await self._integration_in(member, body, scope)
        else:
            integration = await self._integration(member, key, scope)
            body = await _read(receive, headers, member.max_body_bytes, self._known)
        now = self.clock.now()
        await self._refuse_flood(member, integration, now)
        envelope = Envelope(
            event_id=new_id(now), body=body, received_at=now, headers=headers, config=integration.config
        )
        if len(body) > LARGE_BYTES:
            looked = await asyncio.to_thread(_look, member, envelope)
        else:
            looked = _look(member, envelope)
        if isinstance(looked, Challenge):
            return looked
        kept = await self.store.keep(_new_event(envelope, looked, integration, headers, now))
        EVENTS_ACCEPTED.labels(member.slug).inc()
        if kept != envelope.event_id:
            envelope = msgspec.structs.replace(envelope, event_id=kept)
            looked = member.check(envelope)
            assert isinstance(looked, Accepted)
        return member.accepted(envelope, looked)

    async def _refuse_flood(self, member: Integration, integration: IntegrationFacts, now: datetime) -> None:
        """What a known key may be refused for although its event is a good one; raises Unavailable."""
        self.backlog.refuse_flood(integration.id, now)
        wait_s = await self.limit.wait_s(self.store.db, integration.id, now)
        if wait_s > 0 and member.can_retry_4xx:
            raise Unavailable("this integration sends too fast", code="too_fast", retry_after_s=int(wait_s) + 1)

    async def _integration(self, member: Integration, key: str | None, scope: Scope) -> IntegrationFacts:
        """Whoever has a key that we know doesn't wait; an unknown one is asked of the database in the line."""
        found = self._by_key(key)
        if found is None:
            turn = await self._turn(scope)
            try:
                found = await self.directory.integration_of_key(key) if key else None
            finally:
                turn.end()
        if not key:
            raise Unauthenticated("the integration's key is missing", code="key_missing")
        if found is None or found.source != member.slug:
            raise NotFound(f"no {member.slug} integration has this key", code="unknown_key")
        if (place := place_of(scope)) is not None:
            place.is_known = True
        return found

    async def _integration_in(self, member: Integration, body: bytes, scope: Scope) -> IntegrationFacts:
        """The key is in the body, which is read with care only for a key that we seem to know, or within a budget."""
        if any(self._by_key(likely) for likely in member.likely_keys(body)):
            return await self._integration(member, _body_key(member, body), scope)
        return await self._integration(member, await self._strange_key(member, body, scope), scope)

    async def _strange_key(self, member: Integration, body: bytes, scope: Scope) -> str | None:
        """Raises TooManyRequests when an address has sent too many bytes that lead to no integration."""
        address = address_of(scope, self.trusted)
        turn = await self.strangers.line.turn(address)
        try:
            cost, now = float(len(body)), self.clock.now()
            wait_s = await self.strange_bytes.wait_s(self.store.db, limited_by(address), now, cost=cost)
            if wait_s > 0:
                REQUESTS_REFUSED.labels("address_bytes").inc()
                raise TooManyRequests("too much without a key of ours from here", retry_after_s=int(wait_s) + 1)
            return _body_key(member, body)
        finally:
            turn.end()

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


def _source_and_key(path: str, headers: Mapping[str, str]) -> tuple[str, str | None]:
    source, _, key = path.strip("/").partition("/")
    return ("", None) if "/" in key else (source, key or _key_of(headers))


def _key_of(headers: Mapping[str, str]) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return headers.get("x-dogwatch-key")


@dataclass
class _Reading:
    """The bytes of bodies that are being read at this moment."""

    most: int
    now: int = 0

    def add(self, size: int) -> None:
        if self.now + size > self.most:
            REQUESTS_REFUSED.labels("bodies").inc()
            raise Unavailable("too much is being sent at once; send it again", retry_after_s=2)
        self.now += size


async def _read(receive: Receive, headers: Mapping[str, str], at_most: int, reading: _Reading) -> bytes:
    """The whole body; raises TooLarge as soon as it is known to be, Unavailable when others' fill the memory."""
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > at_most:
        raise TooLarge(f"at most {at_most} bytes")
    chunks: list[bytes] = []
    size = 0
    try:
        while True:
            message: Any = await receive()
            if message["type"] == "http.disconnect":
                raise Invalid.one("", "disconnected", "the sender went away")
            chunk: bytes = message.get("body", b"")
            reading.add(len(chunk))
            size += len(chunk)
            if size > at_most:
                raise TooLarge(f"at most {at_most} bytes")
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)
    finally:
        reading.now -= size


def _body_key(member: Integration, body: bytes) -> str | None:
    try:
        return member.body_key(body)
    except BadEvent as bad:
        raise Invalid.one(bad.field, bad.code, bad.message) from bad


def _look(member: Integration, envelope: Envelope) -> Accepted | Challenge:
    try:
        return member.check(envelope)
    except BadEvent as bad:
        raise Invalid.one(bad.field, bad.code, bad.message) from bad


def _new_event(
    envelope: Envelope,
    looked: Accepted,
    integration: IntegrationFacts,
    headers: Mapping[str, str],
    now: datetime,
) -> NewEvent:
    idem_key = looked.idem_key or headers.get("idempotency-key")
    return NewEvent(
        id=envelope.event_id,
        integration_id=integration.id,
        received_at=now,
        headers={name: headers[name][:500] for name in KEPT_HEADERS if name in headers},
        body=envelope.body,
        idem_key=idem_key[:LONGEST_IDEM_KEY].replace("\0", "") if idem_key else None,
    )


def _refuse(member: Integration | None, error: DogwatchError) -> Answer:
    problem = problem_of(error)
    if member is None:
        answer = Answer(status=error.status, body=problem, headers={"content-type": "application/problem+json"})
    else:
        answer = member.refused(problem)
    after_s = error.retry_after_s or (5 if isinstance(error, Unavailable) else None)
    extra = {"retry-after": str(after_s)} if after_s is not None else {}
    if isinstance(error, MethodNotAllowed):
        extra["allow"] = "POST"
    if isinstance(error, TooManyRequests):
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
