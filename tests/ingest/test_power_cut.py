"""The power goes at any moment: SQLite's log ends anywhere, or in nonsense; what was answered 202 is there."""

import contextlib
import os
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.ingest.ways import Ways, alert, notification

CUTS = int(os.environ.get("SOAK_CUTS", "150"))
Harm = Literal["cut", "nonsense", "flip"]
HARMS: tuple[Harm, ...] = ("cut", "nonsense", "flip")


@dataclass(frozen=True)
class Promise:
    """How long the log was when this event had been answered."""

    log_bytes: int
    event_id: str


def harmed(log: bytes, at: int, harm: Harm, chance: random.Random) -> bytes:
    if harm == "flip":
        return log[:at] + bytes([log[at] ^ 1 << chance.randrange(8)]) + log[at + 1 :]
    return log[:at] + (chance.randbytes(chance.randrange(1, 9000)) if harm == "nonsense" else b"")


async def test_nothing_accepted_is_lost_and_nothing_is_half_there(ways: Ways, tmp_path: Path) -> None:
    file, seed = await _database(ways), random.randrange(1 << 32)
    log, promises = Path(f"{file}-wal"), list[Promise]()
    with _kept_in_the_log(file):
        for n in range(40):
            body = notification(alert(f"A{n % 7}", str(n)))
            answer = await ways.world.http.post(ways.path("alertmanager"), json=body)
            promises.append(Promise(log.stat().st_size, answer.json()["event_id"]))
            if n % 3 == 0:
                await ways.world.settle()
        main, written = file.read_bytes(), log.read_bytes()
    assert [each.log_bytes for each in promises] == sorted({each.log_bytes for each in promises}), "the log only grew"
    chance, after = random.Random(seed), tmp_path / "after"
    after.mkdir()
    lost = dict[Harm, int]()
    for n in range(CUTS):
        at, harm = chance.randrange(len(written)), HARMS[n % len(HARMS)]
        (after / "cut.sqlite").write_bytes(main)
        (after / "cut.sqlite-wal").write_bytes(harmed(written, at, harm, chance))
        (after / "cut.sqlite-shm").unlink(missing_ok=True)
        kept = _looked_at(after / "cut.sqlite", what=f"seed {seed}, {harm} at {at}")
        promised = {each.event_id for each in promises if each.log_bytes <= at}
        assert promised <= kept, f"seed {seed}, {harm} at {at}: {len(promised - kept)} accepted events are gone"
        lost[harm] = lost.get(harm, 0) + (len(kept) < len(promises))
    assert all(lost[harm] for harm in HARMS), "no harm reached an event: the test looks at nothing"


@contextlib.contextmanager
def _kept_in_the_log(file: Path) -> Iterator[None]:
    """An empty log to begin with; whoever still reads what was there keeps SQLite from moving anything out of it."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as reader:
        [(is_busy, *_)] = reader.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        assert not is_busy
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM event").fetchall()
        yield


async def _database(ways: Ways) -> Path:
    [(file,)] = await ways.world.db.values("SELECT file FROM pragma_database_list WHERE name = 'main'")
    return Path(file)


def _looked_at(file: Path, *, what: str) -> set[str]:
    """The events that are there, once what must hold was seen to hold."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], what
        torn = connection.execute(
            "SELECT id FROM incident WHERE timeline_n <>"
            " (SELECT COUNT(*) FROM timeline WHERE timeline.incident_id = incident.id)"
        ).fetchall()
        assert torn == [], f"{what}: incidents and their timelines come from one commit"
        return {ident for (ident,) in connection.execute("SELECT id FROM event")}
