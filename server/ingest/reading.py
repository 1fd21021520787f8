"""Read a request's body within limits, and unpack what came compressed."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar.types import Receive

from server.kernel.errors import DogwatchError, FieldError, Invalid, TooLarge, Unavailable
from server.kernel.telemetry import REQUESTS_REFUSED

PLAIN = ("", "identity")
WBITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""What zlib unpacks; deflate is said for zlib's own format, and by some for the bare one."""
BARE = -15
MOST_MEMBERS = 64
"""What gzip files may be made of (RFC 1952, 2.2), one after the other; zeros after the last are padding."""


class BodyTooLarge(TooLarge):
    """With how it begins, as far as that is known: its key may stand there."""

    def __init__(self, at_most: int, start: bytes) -> None:
        super().__init__(f"at most {at_most} bytes")
        self.start = start


class SenderGone(Invalid):
    """In the middle of a body: nobody was refused, and whoever it was knows that it was not taken."""


class NotUnpacked(DogwatchError):
    status = 415
    title = "Unsupported encoding"
    default_code = "unsupported_encoding"


@dataclass
class Reading:
    """The bytes of bodies that are being read at this moment."""

    most: int
    now: int = 0

    def add(self, size: int) -> None:
        if self.now + size > self.most:
            REQUESTS_REFUSED.labels("bodies").inc()
            raise Unavailable("too much is being sent at once; send it again", code="busy", retry_after_s=2)
        self.now += size


async def read_body(receive: Receive, headers: Mapping[str, str], at_most: int, reading: Reading) -> bytes:
    """The whole body; raises BodyTooLarge as soon as it is known to be, Unavailable when others' fill the memory."""
    declared = headers.get("content-length", "")
    is_too_large = declared.isdigit() and int(declared) > at_most
    chunks: list[bytes] = []
    size = 0
    try:
        while True:
            message: Any = await receive()
            if message["type"] == "http.disconnect":
                raise SenderGone([FieldError("", "disconnected", "the sender went away")])
            chunk: bytes = message.get("body", b"")
            reading.add(len(chunk))
            size += len(chunk)
            chunks.append(chunk)
            if is_too_large or size > at_most:
                raise BodyTooLarge(at_most, chunks[0])
            if not message.get("more_body", False):
                return b"".join(chunks)
    finally:
        reading.now -= size


def unpacked(body: bytes, headers: Mapping[str, str], at_most: int) -> bytes:
    """The body as it was before its sender compressed it; raises BodyTooLarge, NotUnpacked or Invalid."""
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in PLAIN:
        return body
    if encoding not in WBITS:
        raise NotUnpacked("send it plain, or with Content-Encoding gzip or deflate")
    wbits = WBITS[encoding]
    if wbits == WBITS["deflate"] and not _is_zlib(body):
        wbits = BARE
    plain, rest = b"", body
    for _ in range(MOST_MEMBERS):
        unpacking = zlib.decompressobj(wbits)
        try:
            plain += unpacking.decompress(rest, at_most + 1 - len(plain))
        except zlib.error:
            raise Invalid.one("", "not_packed", f"the body is not {encoding}, as Content-Encoding says") from None
        if len(plain) > at_most:
            raise BodyTooLarge(at_most, plain[:at_most])
        if not unpacking.eof:
            raise Invalid.one("", "not_packed", f"the body's {encoding} ends too early")
        rest = unpacking.unused_data
        if wbits != WBITS["gzip"] or not rest.strip(b"\0"):
            return plain
    raise Invalid.one("", "not_packed", f"the body is more than {MOST_MEMBERS} pieces of {encoding}")


def _is_zlib(body: bytes) -> bool:
    """RFC 1950: the first two bytes as a number are divisible by 31, and the method is 8."""
    return len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
