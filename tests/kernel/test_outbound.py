"""Out over HTTP: which addresses may be reached, and that nothing an answer does can hold us up."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from server.kernel.egress import PRIVATE
from server.kernel.outbound import (
    BODY_CAP_BYTES,
    BadUrl,
    Blocked,
    ConnectionLost,
    Guard,
    Outbound,
    TimedOut,
    Unreachable,
    Unresolved,
    Whose,
)
from tests.kit.certificates import Authority

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)

FORBIDDEN_ADDRESSES = [
    "0.0.0.0", "0.1.2.3", "127.0.0.1", "127.0.0.53", "127.255.255.254", "169.254.169.254", "169.254.170.2",
    "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.0.8", "224.0.0.1",
    "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
    "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42", "fd00:c1::a9fe:a9fe",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0.0.0.0", "::ffff:100.100.100.200",
    "::ffff:224.0.0.1", "::127.0.0.1",
    "::169.254.169.254", "::ffff:0:127.0.0.1", "::ffff:0:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::c000:c0", "64:ff9b:1::1", "64:ff9b:1:7f00:1::",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c000:c0::", "2002:e000:1::",
    "2001:0:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:4136:e378:8000:63bf:5601:5601",
    "fe80::5efe:127.0.0.1", "2001:db8::5efe:127.0.0.1", "2001:db8::200:5efe:169.254.169.254",
]  # fmt: skip

PERMITTED_ADDRESSES = [
    "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.100.100.199", "8.8.8.8",
    "168.63.129.17", "192.0.1.1", "fd12:3456:789a::1", "2606:4700::1111", "64:ff9b::808:808",
    "2002:808:808::1",    "::ffff:10.1.2.3", "::ffff:8.8.8.8",
]  # fmt: skip

ENCODED_LOOPBACK = [
    "127.0.0.1", "127.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "0177.0.0.1", "017700000001", "127.0.1",
    "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "localhost", "LOCALHOST",
    "[0:0:0:0:0:0:0:1]", "[x", "①②⑦.0.0.1", "127。0。0。1", "127.0.0.1.", "localhost.",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN_ADDRESSES)
def test_forbidden_address(address: str):
    with pytest.raises(Blocked):
        Guard().check(address)


@pytest.mark.parametrize("address", PERMITTED_ADDRESSES)
def test_private_and_public_addresses_are_theirs_to_reach(address: str):
    assert Guard().check(address) == address


def test_the_operator_may_open_a_forbidden_network():
    guard = Guard(LOOPBACK)
    assert guard.check("127.0.0.1")
    assert guard.check("::ffff:127.0.0.1")
    with pytest.raises(Blocked):
        guard.check("::1")
    with pytest.raises(Blocked):
        guard.check("169.254.169.254")


METADATA_ADDRESSES = [
    "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254",
    "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "fd20:ce::254",
]  # fmt: skip
PRIVATE_ADDRESSES = [
    "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1", "fd12:3456:789a::1",
    "::ffff:10.1.2.3", "64:ff9b::a00:1", "2002:c0a8:101::1",
]  # fmt: skip
EVERYTHING = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


@pytest.mark.parametrize("address", METADATA_ADDRESSES)
def test_metadata_is_closed_whatever_the_operator_opens(address: str):
    with pytest.raises(Blocked):
        Guard(EVERYTHING).check(address)


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_what_a_person_enters_for_themself_reaches_private_ranges_only_where_the_operator_allows_it(address: str):
    with pytest.raises(Blocked):
        Guard(also=PRIVATE).check(address)
    assert Guard(EVERYTHING, also=PRIVATE).check(address)
    assert Guard().check(address)


async def test_a_personal_address_whose_name_turns_to_a_private_one_is_not_connected_to():
    answers = [["8.8.8.8"], ["10.0.0.5"], ["127.0.0.1"], ["8.8.8.8", "192.168.1.1"]]
    asked = 0

    async def rebinding(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return answers[asked]

    out = Outbound(resolve=rebinding)
    for _ in range(3):
        with pytest.raises(Blocked):
            await out.request("GET", "http://rebind.example/", whose=Whose.PERSON)
    assert asked == 3
    await out.close()


async def test_with_nothing_but_this_machine_no_name_is_asked_and_nothing_else_is_reached():
    out = Outbound(only_here=True)
    async with listening(answering()) as server:
        for host in ("127.0.0.1", "localhost"):
            assert (await out.request("GET", f"http://{host}:{server.port}/", whose=Whose.PERSON)).status == 200
        for whose in Whose:
            with pytest.raises(Unresolved):
                await out.request("GET", "http://example.com/", whose=whose)
            for host in ("10.0.0.7", "192.0.2.1", "[2606:4700::1111]", "169.254.169.254"):
                with pytest.raises(Blocked):
                    await out.request("GET", f"http://{host}/", whose=whose)
    await out.close()


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listener:
    """A server on loopback that counts who connects."""

    def __init__(self) -> None:
        self.connections = 0
        self.open_now = 0
        self.most_at_once = 0
        self.heads: list[str] = []
        self.port = 0


@asynccontextmanager
async def listening(handler: Handler) -> AsyncGenerator[Listener]:
    listener = Listener()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.connections += 1
        listener.open_now += 1
        listener.most_at_once = max(listener.most_at_once, listener.open_now)
        try:
            listener.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            listener.open_now -= 1
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()


def answering(status: str = "200 OK", body: bytes = b"fine", extra: str = "") -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{extra}\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return handler


async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.mark.parametrize("host", ENCODED_LOOPBACK)
async def test_no_spelling_of_loopback_is_connected_to(host: str):
    async with listening(answering()) as trap:
        out = Outbound()
        with pytest.raises((Blocked, Unresolved, BadUrl)):
            await out.request("GET", f"http://{host}:{trap.port}/")
        await out.close()
        assert trap.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x/",
        "//x",
        "x",
        "",
        "http://",
        "http:///a",
        "http://a:99999/",
        "http://\ud800/",
    ],
)
async def test_not_an_address(url: str):
    out = Outbound()
    with pytest.raises(BadUrl):
        await out.request("GET", url)
    await out.close()


async def test_every_address_of_a_name_is_checked():
    async def mixed(host: str, port: int) -> list[str]:
        return ["127.0.0.1", "169.254.169.254"]

    async with listening(answering()) as trap:
        out = Outbound(allow=LOOPBACK, resolve=mixed)
        with pytest.raises(Blocked):
            await out.request("GET", f"http://mixed.example:{trap.port}/")
        await out.close()
        assert trap.connections == 0


async def test_a_rebinding_name_is_asked_once_per_connection_and_refused_when_it_turns():
    answers = [["10.255.255.1"], ["127.0.0.1"]]
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    async with listening(answering()) as trap:
        out = Outbound(resolve=rebinding)
        with pytest.raises((TimedOut, Unreachable)):
            await out.request("GET", f"http://rebind.example:{trap.port}/", timeout_s=0.3)
        assert asked == ["rebind.example"]
        with pytest.raises(Blocked):
            await out.request("GET", f"http://rebind.example:{trap.port}/", timeout_s=0.3)
        assert asked == ["rebind.example"] * 2
        await out.close()
        assert trap.connections == 0


async def test_the_checked_address_is_connected_to_under_the_name_of_the_host():
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with listening(answering()) as server:
        out = Outbound(allow=LOOPBACK, resolve=resolve)
        reply = await out.request("POST", f"http://hooks.example:{server.port}/a?b=1", content=b"x")
        await out.close()
        assert (reply.status, reply.body) == (200, b"fine")
        assert server.heads[0].startswith("POST /a?b=1 HTTP/1.1\r\n")
        assert f"host: hooks.example:{server.port}" in server.heads[0].lower()


async def test_the_next_address_is_tried_when_the_first_refuses():
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.9", "127.0.0.1"]

    async with listening(answering()) as server:
        out = Outbound(allow=LOOPBACK, resolve=resolve)
        assert (await out.request("GET", f"http://two.example:{server.port}/")).status == 200
        await out.close()


async def test_redirects_are_answers():
    redirect = answering("302 Found", b"", "location: http://169.254.169.254/latest/meta-data\r\n")
    async with listening(redirect) as server:
        out = Outbound(allow=LOOPBACK)
        reply = await out.request("GET", f"http://127.0.0.1:{server.port}/")
        await out.close()
        assert reply.status == 302
        assert server.connections == 1


async def test_an_endless_body_is_cut():
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with listening(endless) as server:
        out = Outbound(allow=LOOPBACK)
        reply = await out.request("GET", f"http://127.0.0.1:{server.port}/")
        await out.close()
        assert len(reply.body) == BODY_CAP_BYTES


async def test_a_slow_drip_does_not_outlast_the_timeout():
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with listening(drip) as server:
        out = Outbound(allow=LOOPBACK)
        with pytest.raises(TimedOut):
            await out.request("GET", f"http://127.0.0.1:{server.port}/", timeout_s=0.2)
        await out.close()


async def test_nobody_listens_and_nobody_answers():
    async with listening(answering()) as server:
        port = server.port
    out = Outbound(allow=LOOPBACK)
    with pytest.raises(Unreachable):
        await out.request("GET", f"http://127.0.0.1:{port}/")

    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"not http\r\n\r\n")

    async with listening(rude) as server:
        with pytest.raises(ConnectionLost):
            await out.request("GET", f"http://127.0.0.1:{server.port}/")
    await out.close()


async def test_an_unknown_name():
    out = Outbound()
    with pytest.raises(Unresolved):
        await out.request("GET", "http://does-not-exist.invalid/", timeout_s=4)
    await out.close()


async def test_trusted_endpoints_may_be_loopback():
    async with listening(answering()) as server:
        out = Outbound()
        assert (await out.request("GET", f"http://127.0.0.1:{server.port}/", whose=Whose.OPERATOR)).status == 200
        await out.close()


async def test_tls_is_checked_against_the_name_though_the_address_was_resolved_by_us(tmp_path: Path):
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    authority = Authority()
    server = await asyncio.start_server(
        lambda reader, writer: answering()(reader, writer), "127.0.0.1", 0, ssl=authority.server_context()
    )
    port = server.sockets[0].getsockname()[1]
    out = Outbound(allow=LOOPBACK, ca_file=authority.write(tmp_path / "ca.pem"), resolve=resolve)
    assert (await out.request("GET", f"https://hooks.example:{port}/")).status == 200
    with pytest.raises(Unreachable):
        await out.request("GET", f"https://other.example:{port}/")
    await out.close()
    stranger = Outbound(allow=LOOPBACK, resolve=resolve)
    with pytest.raises(Unreachable):
        await stranger.request("GET", f"https://hooks.example:{port}/")
    await stranger.close()
    server.close()


async def test_once_open_it_reads_no_authorities_again_whatever_is_lost(monkeypatch: pytest.MonkeyPatch):
    read: list[ssl.SSLContext] = []

    def reading() -> ssl.SSLContext:
        read.append(ssl.create_default_context())
        return read[-1]

    monkeypatch.setattr(httpx, "create_ssl_context", reading)
    async with listening(hanging) as stuck:
        outbound = Outbound(allow=LOOPBACK)
        await outbound.open()
        assert len(read) == 2
        for whose in Whose:
            for http2 in (False, True):
                with pytest.raises(TimedOut):
                    await outbound.request(
                        "POST", f"http://127.0.0.1:{stuck.port}/", whose=whose, http2=http2, timeout_s=0.05
                    )
        await outbound.close()
    assert len(read) == 2
