"""Where a request comes from is read from the right, and only behind proxies that we trust."""

import ipaddress

import pytest

from server.kernel.http import address_of
from server.kernel.settings import read_settings


def test_several_lines_of_forwarded_addresses_are_one_list() -> None:
    trusted = read_settings({"TRUSTED_PROXIES": "127.0.0.1/32"}).trusted_proxies
    headers = [(b"x-forwarded-for", b"192.0.2.1"), (b"x-forwarded-for", b"203.0.113.7")]
    scope = {"client": ("127.0.0.1", 1), "headers": headers}
    assert address_of(scope, trusted) == "203.0.113.7"
    assert address_of(scope, ()) == "127.0.0.1"


@pytest.mark.parametrize(
    ("peer", "said", "counted"),
    [
        ("127.0.0.1", "203.0.113.7:4001", "203.0.113.7"),
        ("127.0.0.1", "[2001:db8::1]:400", "2001:db8::1"),
        ("127.0.0.1", "2001:DB8::1", "2001:db8::1"),
        ("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "64:ff9b::203.0.113.7", "203.0.113.7"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("::ffff:198.18.0.7", "203.0.113.7", "198.18.0.7"),
        ("127.0.0.1", "unknown1", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7, _hidden", "127.0.0.1"),
    ],
)
def test_an_address_is_one_however_it_is_written(peer: str, said: str, counted: str) -> None:
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", said.encode())]}
    assert address_of(scope, (ipaddress.ip_network("127.0.0.0/8"),)) == counted
