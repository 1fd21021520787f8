"""Where the record ends, kept in a file beside the secret key: a database that goes back behind it is found.

The file is written after what it tells of was committed, so a crash leaves it behind the database, never ahead.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from server.accounts.audit.chain import Head, head_of
from server.accounts.audit.chains import load_head
from server.kernel.database import Database
from server.kernel.private_files import write_private
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.timeline.links import SUM
from server.timeline.seal import key_begins

log = structlog.get_logger()
EVERY_S = 5.0


class Heads(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The audit trail's head, the number of the newest timeline entry, what timelines before the key add up to, and how
    many entries were sealed."""

    length: int
    link: str
    newest: int
    keyed_from: str
    sealed: int = 0

    @property
    def audit(self) -> Head:
        return Head(self.length, self.link)


class _File(Struct, frozen=True):
    heads: Heads
    link: str


def heads_path(settings: Settings) -> Path | None:
    """None where nothing is kept: in the demo, and with PostgreSQL unless a file is named."""
    if settings.demo:
        return None
    if settings.heads_file:
        return Path(settings.heads_file)
    return settings.sqlite_path.with_name(settings.sqlite_path.name + ".heads") if settings.is_sqlite else None


def read_heads(path: Path | None, secrets: Secrets) -> Heads | None:
    """None where there is no file; raises ValueError for one that isn't as this installation wrote it."""
    if path is None or not path.exists():
        return None
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
    except msgspec.DecodeError:
        raise ValueError("can't be read") from None
    if found.link != _link(found.heads, secrets):
        raise ValueError("was changed")
    return found.heads


def _link(heads: Heads, secrets: Secrets) -> str:
    return secrets.record_link("heads " + msgspec.json.encode(heads, order="deterministic").decode())


async def load_heads(db: Database) -> Heads:
    """As the database has them now."""
    newest = await db.value("SELECT MAX(seq) FROM timeline") or 0
    head = await head_of(db)
    begun, sealed = await key_begins(db) or "", await _sealed(db)
    return Heads(length=head.length, link=head.link, newest=newest, keyed_from=begun, sealed=sealed)


async def _sealed(db: Database) -> int:
    head = await load_head(db, SUM)
    return 0 if head is None else head.length


async def flaw_behind(db: Database, kept: Heads) -> str | None:
    """What of the record that was kept the database has no longer."""
    link = await db.value("SELECT link FROM audit WHERE place = :place", place=kept.length)
    if kept.length and link != kept.link:
        return f"audit entry {kept.length} is missing or another"
    if (await db.value("SELECT MAX(seq) FROM timeline") or 0) < kept.newest:
        return "the newest timeline entries are missing"
    if kept.keyed_from and await key_begins(db) != kept.keyed_from:
        return "the mark from which timelines are sealed under the key is missing or another"
    if await _sealed(db) < kept.sealed:
        return "timeline entries that were sealed have gone, or are so no longer"
    return None


@dataclass
class KeepHeads:
    """Each process with a file has one. What went back is told and never written over the file."""

    db: Database
    secrets: Secrets
    path: Path | None
    kept: Heads | None = None
    flaw: str | None = None

    async def run(self) -> None:
        """Until cancelled; an error is waited out."""
        while self.path is not None:
            try:
                await self.keep()
            except Exception:
                log.exception("record.heads_not_kept")
            await asyncio.sleep(EVERY_S)

    def read(self) -> Heads | None:
        """What was kept when this process began."""
        try:
            self.kept = read_heads(self.path, self.secrets)
        except ValueError as error:
            self.flaw = f"the file of heads {error}"
        return self.kept

    async def look(self) -> None:
        """Hold the database to what was kept."""
        if self.kept is None and self.read() is None and self.flaw is not None:
            return
        if self.kept is not None:
            self.flaw = await flaw_behind(self.db, self.kept)

    async def keep(self) -> None:
        """Write where the record ends, if it goes on from what was kept."""
        if self.path is None:
            return
        await self.look()
        if self.flaw is not None:
            log.error("record.went_back", flaw=self.flaw)
            return
        heads = await load_heads(self.db)
        if heads != self.kept:
            said = msgspec.json.encode(_File(heads, _link(heads, self.secrets)))
            await asyncio.to_thread(write_private, self.path, said)
            self.kept = heads
