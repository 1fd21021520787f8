"""Where a request comes from."""

import ipaddress
from typing import Any

from server.kernel.http.visit import AnyRequest
from server.kernel.settings import Network


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
