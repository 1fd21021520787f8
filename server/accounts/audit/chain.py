"""The audit trail as a chain: each entry is tied to all before it under a key that the database doesn't have.

Like timelines, entries are written without a link, so that nobody waits for the chain, and are given a place and a link
within about a second, in whatever order they were committed.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from server.accounts.audit.chains import Head, load_head, move_chain
from server.accounts.audit.trail import AuditHead
from server.kernel.clock import to_us
from server.kernel.database import Database, Priority, Stale, Writes
from server.kernel.secrets import Secrets

log = structlog.get_logger()
EVERY_S = 1.0
AT_ONCE = 500
CHAIN = "audit"
_CONTENT = (
    "id, at, actor_kind, actor_id, actor_name, verb, object_kind, object_id, object_name, team_id, differences AS said"
)


class Entry(AuditHead, frozen=True, kw_only=True):
    """One entry as it is chained; `said` is what differs as it is stored, and place and link are None until sealed."""

    said: str
    place: int | None
    link: str | None

    def linked(self, secrets: Secrets, place: int, before: str) -> str:
        """The link that this entry has at a place behind another link."""
        content = (
            self.id, to_us(self.at), self.actor_kind, self.actor_id, self.actor_name, self.verb,
            self.object_kind, self.object_id, self.object_name, self.team_id, self.said,
        )  # fmt: skip
        said = msgspec.json.encode((place, before, *content), order="deterministic").decode()
        return secrets.record_link(said)


async def head_of(db: Database) -> Head:
    return await load_head(db, CHAIN) or Head(0, "")


async def entries_after(db: Database, place: int, *, limit: int) -> list[Entry]:
    """Chained entries in their order."""
    text = f"SELECT seq, {_CONTENT}, place, link FROM audit WHERE place > :place ORDER BY place, seq LIMIT :limit"  # noqa: S608 fixed
    return await db.rows(Entry, text, place=place, limit=limit)


@dataclass
class AuditSealer:
    """Any number of processes may have one: the chain is continued by whoever is first.

    Each remembers the longest chain that it saw, and puts its hand to no other: what was rolled back stays unsealed.
    """

    db: Database
    secrets: Secrets
    seen: Head | None = None

    async def run(self) -> None:
        """Until cancelled; an error is waited out."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.drain()
            except Exception:
                log.exception("audit.seal_failed")

    async def drain(self) -> None:
        """Until nothing is left to seal."""
        while await self.round():
            pass

    async def round(self) -> int:
        """Seal some of what was written; returns how many."""
        text = f"SELECT seq, {_CONTENT}, place, link FROM audit WHERE place IS NULL ORDER BY seq LIMIT :limit"  # noqa: S608 fixed
        rows = await self.db.rows(Entry, text, limit=AT_ONCE)
        if not rows:
            return 0
        head = await head_of(self.db)
        if not await self._goes_on(head):
            log.error("audit.chain_was_changed", length=head.length, seen=self.seen)
            return 0
        self.seen = head
        writes, place, link = Writes(), head.length, head.link
        sealed: list[dict[str, Any]] = []
        for row in rows:
            place += 1
            link = row.linked(self.secrets, place, link)
            sealed.append({"seq": row.seq, "place": place, "link": link})
        move_chain(writes, CHAIN, head, Head(place, link))
        writes.sql_many("UPDATE audit SET place = :place, link = :link WHERE seq = :seq AND place IS NULL", sealed)
        try:
            await self.db.apply(writes, Priority.NOTICE)
        except Stale:
            return 0
        self.seen = Head(place, link)
        return len(sealed)

    async def _goes_on(self, head: Head) -> bool:
        """Whether the chain as it stands is the one that was seen, or goes on from there."""
        if self.seen is None or self.seen.length == 0:
            return True
        text = "SELECT link FROM audit WHERE place = :place"
        is_there = await self.db.value(text, place=self.seen.length) == self.seen.link
        return is_there and head.length >= self.seen.length
