"""Bodies of events as they are stored: packed where that makes them smaller."""

import zlib

LEVEL = 1
"""A tenth of the bytes of a hundred alerts; higher levels win little and cost several times as much."""
WORTH_BYTES = 200
LARGE_BYTES = 128 * 1024
"""A larger body is packed and parsed beside the loop."""


def pack(body: bytes) -> bytes:
    """What to store beside the body's own size: it is packed if it is shorter than that."""
    packed = zlib.compress(body, LEVEL) if len(body) >= WORTH_BYTES else body
    return packed if len(packed) < len(body) else body


def unpack(stored: bytes, size: int) -> bytes:
    """The body of this size."""
    return stored if len(stored) == size else zlib.decompress(stored)
