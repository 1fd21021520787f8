"""Ids: UUIDv7 text, so that they sort by the time they were made (RFC 9562 §5.7)."""

import os
import threading
from datetime import datetime

from server.kernel.clock import to_us

_lock = threading.Lock()
_last = 0


def new_id(now: datetime) -> str:
    """A new id; ids made by one process sort in the order they were made."""
    global _last
    milliseconds = to_us(now) // 1000
    with _lock:
        _last = max(_last + 1, milliseconds << 12)
        stamp = _last
    random = int.from_bytes(os.urandom(8)) >> 2
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
