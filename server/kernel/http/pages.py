"""Pages of a list: where one goes on, and how many rows it shows."""

import base64
import binascii
from typing import Any

import msgspec

from server.kernel.errors import Invalid


def encode_cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).rstrip(b"=").decode()


def decode_cursor(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """The values of a cursor of ours; raises Invalid for anything else."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=tuple[kinds])
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise Invalid.one("cursor", "bad_cursor", "is not a cursor of this list") from None
