"""Links of a timeline's entries, and what all timelines add up to, under the record's key.

Each incident with sealed entries adds a number that only the key can make: of its id, its number and the end of its
chain. The sum is raised in the commit that seals. Without the key nobody can make the sum of a record in which an entry
is no longer sealed, an end was cut off, or an incident has gone or has another number.
"""

import asyncio
import hashlib
from typing import Any

import msgspec
from msgspec import Struct

from server.accounts.audit.chains import Head, load_head, move_chain
from server.kernel.database import Database, Writes
from server.kernel.secrets import Secrets

SUM = "sealed"
IN_ONE = 500
HALF = 32
"""Of the 64 characters of a link the first half is the sum, the other one proves it."""
BEFORE_SUMS, SUMMED = "timelines", "timelines summed"


def keyed_link(secrets: Secrets, incident_id: str, before: str, *content: Any, since: str = SUMMED) -> str:
    """What ties an entry to all before it, and to its incident."""
    said = msgspec.json.encode((since, incident_id, before, content), order="sorted")
    return secrets.record_link(said.decode())


def is_keyed(secrets: Secrets, link: str, incident_id: str, before: str, *content: Any) -> bool:
    """Whether this is an entry's link under the key, from before there was a sum or since."""
    return link in (keyed_link(secrets, incident_id, before, *content, since=since) for since in (SUMMED, BEFORE_SUMS))


def chain_hash(prev_hash: str, *content: Any) -> str:
    """The link of entries that were sealed before there was a key."""
    encoded = msgspec.json.encode(content, order="sorted")
    return hashlib.sha256(prev_hash.encode() + b"\n" + encoded).hexdigest()


class Sealed(Struct, frozen=True):
    """How far an incident's timeline is sealed, and the link there."""

    incident_id: str
    number: int
    n: int
    link: str


class Sum(Struct, frozen=True):
    """So many sealed entries, and what their timelines add up to."""

    entries: int = 0
    total: int = 0

    def moved(self, secrets: Secrets, was: Sealed, now: Sealed) -> "Sum":
        """The sum once an incident's end has moved."""
        total = self.total + _worth(secrets, now) - _worth(secrets, was)
        return Sum(self.entries + now.n - was.n, total % 16**HALF)

    def head(self, secrets: Secrets) -> Head:
        """As it is stored."""
        return Head(self.entries, self.link(secrets))

    def link(self, secrets: Secrets) -> str:
        said = f"{self.total:0{HALF}x}"
        return said + secrets.record_link(f"{SUM} {self.entries} {said}")[:HALF]


def _worth(secrets: Secrets, end: Sealed) -> int:
    if not end.n:
        return 0
    said = msgspec.json.encode((SUM, end.incident_id, end.number, end.n, end.link))
    return int(secrets.record_link(said.decode())[:HALF], 16)


def read_sum(secrets: Secrets, entries: int, link: str) -> Sum:
    """The sum as it is stored; raises ValueError where the key did not make it."""
    try:
        found = Sum(entries, int(link[:HALF], 16))
    except ValueError:
        found = None
    if found is None or found.link(secrets) != link:
        raise ValueError("what sealed timelines add up to was changed")
    return found


async def load_sum(db: Database, secrets: Secrets) -> Sum | None:
    """None before the first sealing with a sum; raises ValueError for one that was changed."""
    head = await load_head(db, SUM)
    return None if head is None else read_sum(secrets, head.length, head.link)


async def add_up(db: Database, secrets: Secrets) -> tuple[Sum | None, Sum]:
    """The sum as it is stored, and as it is at the same moment; raises ValueError for one that was changed."""
    found: Sum | None = None
    entries = total = 0
    rows = await db.values(
        "SELECT id, number, sealed_n, timeline_hash FROM incident WHERE sealed_n <> 0"
        " UNION ALL SELECT '', 0, length, link FROM chain WHERE name = :name",
        name=SUM,
    )
    for place, (id, number, n, link) in enumerate(rows):
        if id:
            entries += n
            total += _worth(secrets, Sealed(id, number, n, link))
        else:
            found = read_sum(secrets, n, link)
        if not place % IN_ONE:
            await asyncio.sleep(0)
    return found, Sum(entries, total % 16**HALF)


def write_sum(writes: Writes, secrets: Secrets, was: Sum, now: Sum) -> None:
    """Stale where somebody else has sealed."""
    move_chain(writes, SUM, was.head(secrets), now.head(secrets))
