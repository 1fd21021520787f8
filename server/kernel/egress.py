"""Which addresses may be connected to: decided on the address itself, whatever name led there."""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import ClassVar

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


METADATA = _networks(
    "169.254.0.0/16",  # link-local, and the metadata of most clouds
    "100.100.100.200/32",  # Alibaba
    "168.63.129.16/32",  # Azure's wire server
    "192.0.0.192/32",  # Oracle
    "fd00:ec2::/32",  # AWS
    "fd20:ce::254/128",  # Google
    "fd00:c1::a9fe:a9fe/128",  # Oracle
    "fd00:42::42/128",  # Scaleway
    "fe80::a9fe:a9fe/128",
)
"""Whoever reaches these is the machine: closed whatever the operator allows."""
FORBIDDEN = _networks(
    "0.0.0.0/8",
    "127.0.0.0/8",
    "192.0.0.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "64:ff9b:1::/48",  # local NAT64: where the IPv4 part stands is the operator's choice
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
)
"""Only for hosts in networks that the operator allows."""
PRIVATE = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "fc00::/7")
"""Open to hosts that are entered with configuration rights; to those that a person enters for themself as FORBIDDEN."""
LOOPBACK = _networks("127.0.0.0/8", "::1/128")

_LOW_32_BITS = tuple(ipaddress.IPv6Network(n) for n in ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


class OutboundError(Exception):
    """Nothing usable came back; `code` is short and stable."""

    code: ClassVar[str] = "unreachable"


class BadUrl(OutboundError):
    """Not an http(s) address with a host."""

    code = "bad_url"


class Blocked(OutboundError):
    """The name leads to an address that configuration may not reach."""

    code = "blocked_address"


class Unresolved(OutboundError):
    """The name has no address."""

    code = "unresolved"


class Unreachable(OutboundError):
    """No connection, or no TLS that can be trusted."""


class TimedOut(OutboundError):
    """The whole exchange took too long, wherever the time went."""

    code = "timeout"


class ConnectionLost(OutboundError):
    """The exchange broke off; whether the other side acted on it is unknown."""

    code = "connection_lost"


class Guard:
    """Says which addresses may be connected to.

    `allow` opens networks that are forbidden otherwise, `also` closes more of them, `only` closes all others.
    """

    def __init__(
        self,
        allow: Iterable[Network] = (),
        *,
        also: Iterable[Network] = (),
        only: Iterable[Network] | None = None,
    ) -> None:
        self._allow, self._forbidden = tuple(allow), (*FORBIDDEN, *also)
        self._only = None if only is None else tuple(only)

    def check(self, text: str) -> str:
        """The address as it may be connected to; raises Blocked."""
        address = ipaddress.ip_address(text)
        if _is_in(address, METADATA) or any(_is_in(inner, METADATA) for inner in embedded(address)):
            raise Blocked(f"{address} belongs to the machine's own provider")
        if not self._permits(address):
            raise Blocked(f"{address} is not an address that a configured host may have")
        return text

    def _permits(self, address: Address) -> bool:
        if self._only is not None:
            return _is_in(address, self._only)
        if _is_in(address, self._allow):
            return True
        if _is_in(address, self._forbidden):
            return False
        return all(self._permits(inner) for inner in embedded(address))


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def embedded(address: Address) -> Iterator[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address may end up at: mapped, compatible, NAT64, 6to4, Teredo, ISATAP."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    yield from address.teredo or ()
    bits = int(address)
    is_isatap = (bits >> 32) & 0xFFFF_FFFF in _ISATAP
    if is_isatap or any(address in network for network in _LOW_32_BITS):
        yield ipaddress.IPv4Address(bits & 0xFFFF_FFFF)
