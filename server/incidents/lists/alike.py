"""What all alerts of an incident say alike, however many they are."""

from msgspec import Struct

from server.kernel.database import Database
from shared.domain.alerts import Link
from shared.domain.pipeline.alike import Alike, alike

AT_ONCE = 1_000


class _AlikeRow(Struct, frozen=True, kw_only=True):
    seq: int
    title: str
    labels: dict[str, str]
    links: list[Link]


async def read_alike(db: Database, incident_id: str) -> Alike:
    """Reads in parts until nothing is left in common; without alerts there is nothing."""
    found, after = None, -1
    while True:
        rows = await db.rows(
            _AlikeRow,
            "SELECT seq, title, labels, links FROM alert WHERE incident_id = :id AND seq > :after"
            " ORDER BY seq LIMIT :limit",
            id=incident_id,
            after=after,
            limit=AT_ONCE,
        )
        said = [Alike(title=row.title, labels=row.labels, links=row.links) for row in rows]
        found = alike([found, *said] if found is not None else said)
        if len(rows) < AT_ONCE or (found is not None and found.is_nothing):
            return found or Alike(title=None, labels={}, links=[])
        after = rows[-1].seq
