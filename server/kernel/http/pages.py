"""Pages of a list: how long they are, and where the next one goes on."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from litestar.params import QueryParameter

from server.kernel.errors import Invalid

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
"""As many as one page shows."""
T = TypeVar("T")


def encode_cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).rstrip(b"=").decode()


def decode_cursor(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """The values of a cursor of ours; raises Invalid for anything else."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=tuple[kinds])
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise Invalid.one("cursor", "bad_cursor", "is not a cursor of this list") from None


def cut(rows: list[T], limit: int, place: Callable[[T], tuple[Any, ...]]) -> tuple[list[T], str | None]:
    """Of `limit + 1` rows those that are shown, and the cursor of the next page; None when these were the last.

    `place` is where a row stands in the list's order.
    """
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], encode_cursor(*place(rows[limit - 1]))
