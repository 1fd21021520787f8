"""Where chains of entries end: how long each is, and the link of its last entry."""

from msgspec import Struct

from server.kernel.database import Database, Writes
from server.tables.audits import Chain


class Head(Struct, frozen=True):
    """How many entries are chained, and the last one's link; the empty link of an empty chain."""

    length: int
    link: str


async def load_head(db: Database, name: str) -> Head | None:
    """None for a chain that has not begun."""
    return await db.row(Head, "SELECT length, link FROM chain WHERE name = :name", name=name)


def begin_chain(writes: Writes, name: str, head: Head) -> None:
    writes.insert(Chain, name=name, length=head.length, link=head.link)


def move_chain(writes: Writes, name: str, was: Head, now: Head) -> None:
    """Stale where somebody else has moved it."""
    writes.sql(
        "UPDATE chain SET length = :length, link = :link WHERE name = :name AND length = :was AND link = :before",
        expect=1,
        length=now.length,
        link=now.link,
        name=name,
        was=was.length,
        before=was.link,
    )
