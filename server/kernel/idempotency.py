"""Idempotency keys: the first answer to a key is every later answer, for 72 h."""

import hashlib
from datetime import datetime, timedelta

from msgspec import Struct

from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict
from server.kernel.ids import new_id
from server.kernel.tables import Idempotency

KEPT = timedelta(hours=72)
LONGEST = 255


class Replay(Struct, frozen=True, kw_only=True):
    """The answer that was given first."""

    request_hash: str
    status: int
    body: bytes


def known_as(key: str) -> str:
    """How a key of any length is kept; empty for none."""
    return key if len(key) <= LONGEST else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def request_hash(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).hexdigest()


async def find_replay(db: Database, *, actor: str, key: str, request: str, now: datetime) -> Replay | None:
    """The first answer to this actor's key; raises Conflict when the key came with another request."""
    found = await db.row(
        Replay,
        "SELECT request_hash, status, body FROM idempotency"
        " WHERE actor = :actor AND key = :key AND created_at > :since",
        actor=actor, key=key, since=now - KEPT,
    )  # fmt: skip
    if found is not None and found.request_hash != request:
        raise Conflict("this Idempotency-Key came with another request before", code="idempotency_key_reused")
    return found


def keep_answer(writes: Writes, *, actor: str, key: str, request: str, status: int, body: bytes, now: datetime) -> None:
    """One of the use case's own writes, so that the effect and the memory of it are one commit."""
    writes.sql("DELETE FROM idempotency WHERE actor = :actor AND key = :key AND created_at <= :old",
               actor=actor, key=key, old=now - KEPT)  # fmt: skip
    writes.insert(
        Idempotency,
        id=new_id(now),
        actor=actor,
        key=key,
        request_hash=request,
        status=status,
        body=body,
        created_at=now,
    )
