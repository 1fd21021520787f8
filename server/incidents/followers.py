"""Who follows an incident, and whether there is anybody to be told."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.incidents.current import IncidentRow
from server.incidents.follower_notices import NOTABLE, NOTIFY, UNDOABLE, EntryRef
from server.kernel.clock import to_us
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.ids import new_id
from server.tables.incidents import Follower
from server.timeline.append import append
from shared.domain.incidents.timeline import Entry, Who
from shared.domain.incidents.verbs import UNDO
from shared.wire.lists import Ref


class _Name(Struct, frozen=True):
    id: str
    name: str


async def followers_of(db: Database, incident_id: str) -> list[Ref]:
    rows = await db.rows(
        _Name,
        "SELECT user_account.id, user_account.name FROM incident_follower"
        " JOIN user_account ON user_account.id = incident_follower.user_id"
        " WHERE incident_id = :incident ORDER BY user_account.name, user_account.id",
        incident=incident_id,
    )
    return [Ref(row.id, row.name) for row in rows]


async def tell(db: Database, writes: Writes, incident_id: str, entries: Sequence[Entry], *, now: datetime) -> None:
    """Let followers be notified of entries that are recorded now, if they are notable and anybody follows."""
    notable = [entry.kind for entry in entries if entry.kind in NOTABLE]
    if not notable:
        return
    if await db.value("SELECT 1 FROM incident_follower WHERE incident_id = :id LIMIT 1", id=incident_id):
        for kind in notable:
            at = now + UNDO if kind in UNDOABLE else now
            arm(writes, NOTIFY, EntryRef(incident_id, kind, to_us(now)), at=at, now=now)


async def follow(db: Database, incident: IncidentRow, people: Sequence[Ref], *, by: Who, now: datetime) -> Writes:
    """Let people be told of what becomes of it; those who follow already go on doing so."""
    known = {ref.id for ref in await followers_of(db, incident.id)}
    added = [person for person in people if person.id not in known]
    writes = Writes()
    if not added:
        return writes
    rows = [{"id": new_id(now), "incident_id": incident.id, "user_id": person.id, "since_at": now} for person in added]
    writes.insert_many(Follower, rows)
    names = [person.name for person in added]
    append(writes, incident.id, [Entry("followers_added", {"people": names}, by)], now=now)
    return writes


async def unfollow(db: Database, incident: IncidentRow, user_id: str, *, by: Who, now: datetime) -> Writes:
    """Whoever doesn't follow it is left as they are."""
    gone = next((ref for ref in await followers_of(db, incident.id) if ref.id == user_id), None)
    writes = Writes()
    if gone is None:
        return writes
    writes.sql(
        "DELETE FROM incident_follower WHERE incident_id = :incident AND user_id = :user",
        expect=1,
        incident=incident.id,
        user=user_id,
    )
    append(writes, incident.id, [Entry("follower_removed", {"person": gone.name}, by)], now=now)
    return writes


async def bring_followers(db: Database, writes: Writes, source: str, target: str, *, now: datetime) -> None:
    """Whoever follows one incident follows another one too."""
    for follower in await followers_of(db, source):
        writes.sql(
            "INSERT INTO incident_follower (id, incident_id, user_id, since_at) VALUES (:id, :incident, :user, :now)"
            " ON CONFLICT (incident_id, user_id) DO NOTHING",
            id=new_id(now),
            incident=target,
            user=follower.id,
            now=now,
        )
