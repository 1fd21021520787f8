"""What every handler shares: problems as answers, If-Match, cursors, idempotent writes."""

import base64
import binascii
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.di import Dependency
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import SkipValidationMarker
from msgspec import Struct

from server.kernel.database import Database, Writes
from server.kernel.errors import (
    Conflict,
    DogwatchError,
    FieldError,
    Invalid,
    Stale,
)
from server.kernel.idempotency import Replay, find_replay, keep_answer, known_as, request_hash
from server.kernel.settings import Network
from server.kernel.tables import Idempotency
from server.kernel.telemetry import REQUESTS_REFUSED

log = structlog.get_logger()
AnyRequest = Request[Any, Any, State]
T = TypeVar("T")
Given: TypeAlias = Annotated[T, Dependency(), SkipValidationMarker()]
"""A parameter that the application gives by name, as it is."""

PROBLEM = "application/problem+json"
TRIES = 5
COUNTED = (413, 429, 503)
"""Refusals of too much, as the metrics count them."""
NOT_VALID = "is not valid here"


def path(route: str) -> str:
    """A shared route as Litestar wants it: every parameter is text."""
    return route.replace("}", ":str}")


def problem_of(error: DogwatchError) -> dict[str, Any]:
    """RFC 9457 object of a refusal."""
    return {
        "type": f"urn:dogwatch:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "errors": [
            {"field": each.field, "code": each.code, "message": each.message, "args": each.args}
            for each in error.errors
        ],
    }


def _answer(problem: dict[str, Any], headers: dict[str, str] | None = None) -> Response[dict[str, Any]]:
    return Response(problem, status_code=problem["status"], media_type=PROBLEM, headers=headers or {})


def on_refusal(_: AnyRequest, error: DogwatchError) -> Response[dict[str, Any]]:
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s is not None else {}
    if error.status in COUNTED:
        REQUESTS_REFUSED.labels(error.code).inc()
    if error.status == 503:
        headers.setdefault("Retry-After", "5")
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(problem_of(error), headers)


def on_validation(_: AnyRequest, error: ValidationException) -> Response[dict[str, Any]]:
    """What `refuse_what_is_wrong` did not find before; the framework's words stay here."""
    extra: list[dict[str, Any] | str] = error.extra if isinstance(error.extra, list) else []
    fields = [str(each.get("key") or "") for each in extra if isinstance(each, dict)]
    return _answer(problem_of(Invalid([FieldError(each, "invalid", NOT_VALID) for each in fields or [""]])))


def on_http_exception(_: AnyRequest, error: HTTPException) -> Response[dict[str, Any]]:
    if error.status_code == 400:
        return _answer(problem_of(Invalid.one("", "invalid", NOT_VALID)))
    codes = {401: "unauthenticated", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    code = codes.get(error.status_code, f"http_{error.status_code}")
    if error.status_code in COUNTED:
        REQUESTS_REFUSED.labels(code).inc()
    problem = {"type": f"urn:dogwatch:problem:{code}", "title": error.detail, "status": error.status_code}
    return _answer(problem | {"code": code, "detail": error.detail, "errors": []}, dict(error.headers or {}))


def on_recursion(_: AnyRequest, __: RecursionError) -> Response[dict[str, Any]]:
    return _answer(problem_of(Invalid.one("", "too_deep", "the body is nested too deeply")))


def on_bad_text(_: AnyRequest, __: UnicodeDecodeError) -> Response[dict[str, Any]]:
    return _answer(problem_of(Invalid.one("", "not_utf8", "text must be UTF-8")))


def on_overflow(_: AnyRequest, __: OverflowError) -> Response[dict[str, Any]]:
    return _answer(problem_of(Invalid.one("", "out_of_range", "a number or an instant is out of range")))


def on_stale(_: AnyRequest, __: Stale) -> Response[dict[str, Any]]:
    return _answer(problem_of(Conflict("somebody else changed it at the same moment; try again", code="contended")))


def on_bug(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    log.error("request.failed", method=request.method, path=request.url.path, exc_info=error)
    return _answer(problem_of(DogwatchError("something went wrong here; nothing was changed")))


EXCEPTION_HANDLERS: dict[type[Exception] | int, Any] = {
    DogwatchError: on_refusal,
    ValidationException: on_validation,
    HTTPException: on_http_exception,
    RecursionError: on_recursion,
    UnicodeDecodeError: on_bad_text,
    OverflowError: on_overflow,
    Stale: on_stale,
    Exception: on_bug,
}


def encode_cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).rstrip(b"=").decode()


def decode_cursor(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """The values of a cursor of ours; raises Invalid for anything else."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=tuple[kinds])
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise Invalid.one("cursor", "bad_cursor", "is not a cursor of this list") from None


Decide = Callable[[], Awaitable[tuple[Writes, Struct | None]]]
Reread = Callable[[], Awaitable[Struct]]
Reveal = Callable[[bytes], Awaitable[Struct]]


@dataclass(frozen=True)
class Once:
    """One changing request of one actor, carried out once however often it is sent with the same key."""

    db: Database
    request: AnyRequest
    actor_id: str
    now: datetime

    async def carry_out(
        self, decide: Decide, *, status: int = 200, reread: Reread | None = None, reveal: Reveal | None = None
    ) -> Response[Any]:
        """Decide, commit, answer; decides again when the rows changed meanwhile.

        What is remembered for replays is the decided answer, or else what `reread` finds after the commit. `reveal`
        turns what is remembered into what is answered, each time, so that secrets are not remembered.
        """
        key = known_as(self.request.headers.get("idempotency-key", ""))
        hashed = request_hash(self.request.method, self.request.url.path, await self.request.body()) if key else ""
        for _ in range(TRIES):
            if key and (replay := await self._replay(key, hashed, reread)) is not None:
                return json_response(await _shown(replay.body, reveal), replay.status)
            writes, answer = await decide()
            body = msgspec.json.encode(answer) if answer is not None else b""
            if key:
                keep_answer(
                    writes, actor=self.actor_id, key=key, request=hashed, status=status, body=body, now=self.now
                )
            try:
                await self.db.apply(writes)
            except Stale:
                continue
            return json_response(await _shown(await self._remembered(body, key, reread), reveal), status)
        raise Conflict("it kept changing meanwhile; try again", code="contended")

    async def _replay(self, key: str, hashed: str, reread: Reread | None) -> Replay | None:
        found = await find_replay(self.db, actor=self.actor_id, key=key, request=hashed, now=self.now)
        if found is None or found.body or reread is None:
            return found
        return msgspec.structs.replace(found, body=msgspec.json.encode(await reread()))

    async def _remembered(self, body: bytes, key: str, reread: Reread | None) -> bytes:
        if body or reread is None:
            return body
        body = msgspec.json.encode(await reread())
        if key:
            await self.db.apply(Writes().update(Idempotency, {"actor": self.actor_id, "key": key}, body=body))
        return body


async def _shown(body: bytes, reveal: Reveal | None) -> bytes:
    return body if reveal is None else msgspec.json.encode(await reveal(body))


def json_response(body: bytes, status: int) -> Response[Any]:
    return Response(body, status_code=status, media_type="application/json" if body else "text/plain")


def client_address(request: AnyRequest, trusted: tuple[Network, ...]) -> str:
    """Where a request comes from."""
    return address_of(request.scope, trusted)


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def address_of(scope: Any, trusted: tuple[Network, ...]) -> str:
    """Where it comes from; X-Forwarded-For is believed only from trusted proxies, from the right.

    However many lines of it there are, they are one list: a proxy may add its own below those of a stranger.
    """
    client = scope.get("client")
    address = (plain_address(client[0]) or client[0]) if client else ""
    if not _is_trusted(address, trusted):
        return address
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = [hop.strip() for hop in ",".join(lines).split(",") if hop.strip()]
    while hops and _is_trusted(address, trusted) and (before := plain_address(hops.pop())):
        address = before
    return address


def plain_address(text: str) -> str:
    """An address as proxies write it, without brackets and port, IPv4 within IPv6 as IPv4; empty for nonsense."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or (ipaddress.IPv4Address(parsed.packed[-4:]) if parsed in NAT64 else None)
        parsed = inner or parsed
    return str(parsed)


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
