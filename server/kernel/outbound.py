"""HTTP out: the one client, with a guard that decides on the address it is about to connect to."""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto
from typing import cast
from weakref import WeakValueDictionary

import anyio.lowlevel
import h2.exceptions
import httpcore
import httpx

from server.kernel.concurrency_limit import ConcurrencyLimit, Standstill
from server.kernel.egress import (
    LOOPBACK,
    PRIVATE,
    BadUrl,
    Blocked,
    ConnectionLost,
    Guard,
    Network,
    OutboundError,
    TimedOut,
    Unreachable,
    Unresolved,
)

__all__ = [
    "BadUrl",
    "Blocked",
    "ConnectionLost",
    "Guard",
    "Outbound",
    "OutboundError",
    "Reply",
    "TimedOut",
    "Unreachable",
    "Unresolved",
    "Whose",
]

Resolve = Callable[[str, int], Awaitable[list[str]]]

CONFIGURED_TIMEOUT_S = 5.0
PUSH_TIMEOUT_S = 10.0
BODY_CAP_BYTES = 64 * 1024
PER_ADDRESS, PER_HOST = 4, 16
"""Exchanges at once: of one person's webhook that hangs the others at that host are to notice nothing."""
STILL_S = 2.0
DNS_THREADS = 8
NEXT_ADDRESS_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of any status; `body` ends at BODY_CAP_BYTES or the cap asked for, header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Whose(Enum):
    """Whose word an address is: the environment's, that of whoever may configure, or a person's about themself."""

    OPERATOR = auto()
    CONFIGURATION = auto()
    PERSON = auto()


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves once, checks every address, connects to a checked one; TLS still names the host."""

    def __init__(self, guard: Guard, resolve: Resolve) -> None:
        self._guard = guard
        self._resolve = resolve
        self._plain = cast(httpcore.AsyncNetworkBackend, httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = [self._guard.check(address) for address in await self._resolve(host, port)]
        if len(addresses) > 1:
            timeout = min(timeout or NEXT_ADDRESS_AFTER_S, NEXT_ADDRESS_AFTER_S)
        failure: Exception = Unresolved(f"{host} has no address")
        for address in addresses:
            try:
                return await self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool that connects through the guard; httpx offers no argument for it."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend, tls: ssl.SSLContext, *, http2: bool) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=None,
            max_keepalive_connections=20,
            keepalive_expiry=30,
            http2=http2,
            network_backend=backend,
        )


class _Line:
    """One httpx client; once retired it is closed when its last exchange has ended."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.exchanges = 0
        self.retired = False

    async def close_if_done(self) -> None:
        if self.retired and self.exchanges == 0:
            await self.client.aclose()


class Outbound:
    """The HTTP client of the whole server.

    `allow` are networks that guarded requests may reach although they are forbidden; `ca_file` replaces the
    trusted authorities (otherwise SSL_CERT_FILE, then certifi); `resolve` stands in for DNS in tests. With `only_here`
    nothing leaves this machine, whoever asks, and no name is resolved.
    """

    def __init__(
        self,
        *,
        allow: Iterable[Network] = (),
        ca_file: str = "",
        resolve: Resolve | None = None,
        only_here: bool = False,
    ) -> None:
        self._only_here, networks = only_here, tuple(allow)
        only = LOOPBACK if only_here else None
        self._guards = {
            Whose.CONFIGURATION: Guard(networks, only=only),
            Whose.PERSON: Guard(networks, also=PRIVATE, only=only),
        }
        self._ca_file = ca_file
        self._resolve = resolve or (_stay_here if only_here else self._ask_dns)
        self._dns = ThreadPoolExecutor(DNS_THREADS, thread_name_prefix="dns")
        self._lines: dict[tuple[Whose, bool], _Line] = {}
        self._tls: dict[bool, ssl.SSLContext] = {}
        self._limits: WeakValueDictionary[str, ConcurrencyLimit] = WeakValueDictionary()

    async def open(self) -> None:
        """What the first request would do while everything else stands still: read authorities, import the backend."""
        for http2 in (False, True):
            self._tls[http2] = await asyncio.to_thread(self._new_tls)
        await anyio.lowlevel.checkpoint()

    async def request(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout_s: float = CONFIGURED_TIMEOUT_S,
        whose: Whose = Whose.CONFIGURATION,
        http2: bool = False,
        cap_bytes: int = BODY_CAP_BYTES,
    ) -> Reply:
        """One exchange, redirects not followed; raises OutboundError.

        What the operator says in the environment has no guard and no limit per host. `timeout_s` is for the exchange,
        up to its last byte; who had to wait for a place has all of it, or the receiver would see half a request.
        """
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, ValueError) as error:
            raise BadUrl(str(error)) from error
        if target.scheme not in ("http", "https") or not target.host or (target.port or 0) > 65535:
            raise BadUrl("not an http or https address")
        request = httpx.Request(
            method, target, content=content, headers={"accept-encoding": "identity", **(headers or {})}
        )
        async with contextlib.AsyncExitStack() as places:
            if whose is not Whose.OPERATOR:
                await self._take_places(places, target, timeout_s)
            try:
                async with asyncio.timeout(timeout_s):
                    return await self._exchange(request, whose=whose, http2=http2, cap_bytes=cap_bytes)
            except TimeoutError as error:
                raise TimedOut(f"nothing within {timeout_s:g} s") from error

    async def _take_places(self, places: contextlib.AsyncExitStack, target: httpx.URL, timeout_s: float) -> None:
        """One of the address and one of its host; raises TimedOut where others stand before it for too long."""
        host = f"all of {target.scheme}://{target.host}:{target.port}"
        try:
            async with asyncio.timeout(timeout_s):
                await places.enter_async_context(self._limit_of(str(target), PER_ADDRESS).place())
                await places.enter_async_context(self._limit_of(host, PER_HOST).place())
        except (TimeoutError, Standstill) as error:
            raise TimedOut("others wait there, and none is answered") from error

    async def check(self, host: str, port: int) -> None:
        """Whether a connection that isn't HTTP may go there; raises Blocked or Unresolved."""
        addresses = await self._resolve(host, port)
        if not addresses:
            raise Unresolved(f"{host} has no address")
        for address in addresses:
            self._guards[Whose.CONFIGURATION].check(address)

    async def close(self) -> None:
        lines = list(self._lines.values())
        self._lines.clear()
        for line in lines:
            await line.client.aclose()
        self._dns.shutdown(wait=False)

    async def _exchange(self, request: httpx.Request, *, whose: Whose, http2: bool, cap_bytes: int) -> Reply:
        line = self._line(whose, http2)
        line.exchanges += 1
        try:
            return await _carry(line.client, request, cap_bytes)
        except (asyncio.CancelledError, TimedOut, ConnectionLost):
            # A multiplexed connection that went silent stays in the pool and would swallow what follows.
            if http2:
                line.retired = True
                if self._lines.get((whose, http2)) is line:
                    del self._lines[whose, http2]
            raise
        finally:
            line.exchanges -= 1
            await line.close_if_done()

    def _line(self, whose: Whose, http2: bool) -> _Line:
        line = self._lines.get((whose, http2))
        if line is None:
            line = self._lines[whose, http2] = _Line(self._client(whose, http2))
        return line

    def _client(self, whose: Whose, http2: bool) -> httpx.AsyncClient:
        # httpcore writes the ALPN protocols into a context, so clients share one only where these are the same.
        tls = self._tls[http2] = self._tls.get(http2) or self._new_tls()
        transport: httpx.AsyncBaseTransport
        if whose is Whose.OPERATOR and not self._only_here:
            limits = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=600)
            transport = httpx.AsyncHTTPTransport(verify=tls, trust_env=False, http2=http2, limits=limits)
        else:
            guard = self._guards[Whose.CONFIGURATION if whose is Whose.OPERATOR else whose]
            backend = _GuardedBackend(guard, self._resolve)
            transport = _GuardedTransport(backend, tls, http2=http2)
        unlimited = httpx.Timeout(None)  # request() bounds the whole exchange instead
        return httpx.AsyncClient(transport=transport, timeout=unlimited, trust_env=False)

    def _new_tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._ca_file) if self._ca_file else httpx.create_ssl_context()

    def _limit_of(self, name: str, places: int) -> ConcurrencyLimit:
        limit = self._limits.get(name)
        if limit is None:
            limit = self._limits[name] = ConcurrencyLimit(places, still_s=STILL_S)
        return limit

    async def _ask_dns(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            rows = await loop.run_in_executor(self._dns, _look_up, host, port)
        except (OSError, UnicodeError) as error:
            raise Unresolved(f"{host} has no address") from error
        return list(dict.fromkeys(rows))


async def _stay_here(host: str, port: int) -> list[str]:
    """Addresses as they are written and this machine's own name; asking for any other would leave the machine."""
    del port
    if host.rstrip(".").lower() == "localhost":
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError as error:
        raise Unresolved(f"{host} is asked of nobody") from error


def _look_up(host: str, port: int) -> list[str]:
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


async def _carry(client: httpx.AsyncClient, request: httpx.Request, cap_bytes: int) -> Reply:
    try:
        response = await client.send(request, stream=True)
        try:
            body = await _read(response, cap_bytes)
        finally:
            await response.aclose()
    except httpx.TimeoutException as error:
        raise TimedOut(str(error)) from error
    except httpx.ConnectError as error:
        raise Unreachable(str(error)) from error
    except (httpx.HTTPError, h2.exceptions.H2Error, anyio.ClosedResourceError, OSError) as error:
        raise ConnectionLost(str(error)) from error
    return Reply(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)


async def _read(response: httpx.Response, cap_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= cap_bytes:
            break
    return bytes(body[:cap_bytes])
