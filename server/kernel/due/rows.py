"""Due rows: armed, moved, claimed with a lease and a fence, ended, given back."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from server.kernel.database import Database, Writes
from server.kernel.database.rows import make_structs
from server.kernel.due.batches import Batch
from server.kernel.due.kinds import Kind, P
from server.kernel.ids import new_id

LEASE = timedelta(seconds=10)


class Claimed(Struct, frozen=True, kw_only=True):
    """One row that this process holds until `leased_until`."""

    id: str
    kind: str
    ref: str
    due_at: datetime
    fence: int
    attempts: int
    batch: Batch = msgspec.field(default_factory=Batch)


class Share(Struct, frozen=True):
    """How many rows of a kind are wanted: of those that are due longest, and of the newest."""

    oldest: int
    newest: int


def arm(writes: Writes, kind: Kind[P], about: P, *, at: datetime, now: datetime) -> None:
    """Let `kind` happen at `at`; an armed row about the same is moved.

    A row that is being handled and is armed for the very instant it was claimed for moves by a microsecond,
    so that its handler's finish notices and leaves it due.
    """
    writes.hurries = True
    writes.sql(
        "INSERT INTO due (id, kind, ref, priority, due_at, leased_until, fence, attempts)"
        " VALUES (:id, :kind, :ref, :priority, :at, 0, 0, 0)"
        " ON CONFLICT (kind, ref) DO UPDATE SET priority = excluded.priority, attempts = 0, parked_at = NULL,"
        " due_at = CASE WHEN excluded.due_at = due.due_at AND due.leased_until > 0"
        " THEN due.due_at + 1 ELSE excluded.due_at END",
        id=new_id(now),
        kind=kind,
        ref=about if isinstance(about, str) else about.as_ref(),
        priority=int(kind.priority),
        at=at,
    )


def arm_again(writes: Writes, claimed: Claimed, *, at: datetime) -> None:
    """Let what is being handled happen once more at `at`, or as soon as somebody wanted it meanwhile.

    A handler that armed its own row would take back what others armed since it looked.
    """
    writes.hurries = True
    writes.sql(
        "UPDATE due SET due_at = CASE WHEN due_at = :was OR due_at > :at THEN :at ELSE due_at END, attempts = 0"
        " WHERE id = :id",
        was=claimed.due_at,
        at=at,
        id=claimed.id,
    )


def arm_unless_armed(writes: Writes, kind: Kind[P], about: P, *, at: datetime, now: datetime) -> None:
    """Let `kind` happen at `at`, or when it was to happen anyhow."""
    writes.hurries = True
    writes.sql(
        "INSERT INTO due (id, kind, ref, priority, due_at, leased_until, fence, attempts)"
        " VALUES (:id, :kind, :ref, :priority, :at, 0, 0, 0) ON CONFLICT (kind, ref) DO NOTHING",
        id=new_id(now),
        kind=kind,
        ref=about if isinstance(about, str) else about.as_ref(),
        priority=int(kind.priority),
        at=at,
    )


def bring_forward(writes: Writes, kind: Kind[P], about: P, *, at: datetime) -> None:
    """Let an armed row happen no later than `at`; nothing when none is armed."""
    writes.hurries = True
    writes.sql(
        "UPDATE due SET due_at = :at WHERE kind = :kind AND ref = :ref AND due_at > :at",
        kind=kind,
        ref=about if isinstance(about, str) else about.as_ref(),
        at=at,
    )


def move(writes: Writes, kind: Kind[P], about: P, *, at: datetime) -> None:
    """Let an armed row happen at `at`, and once more where it is being handled; nothing when none is armed."""
    writes.hurries = True
    writes.sql(
        "UPDATE due SET due_at = :at WHERE kind = :kind AND ref = :ref",
        kind=kind,
        ref=about if isinstance(about, str) else about.as_ref(),
        at=at,
    )


def disarm(writes: Writes, kind: Kind[P], about: P) -> None:
    """Nothing is due any more."""
    writes.sql(
        "DELETE FROM due WHERE kind = :kind AND ref = :ref",
        kind=kind,
        ref=about if isinstance(about, str) else about.as_ref(),
    )


async def waiting(db: Database, kind: Kind[Any], *, most: int, now: datetime) -> int:
    """How many of a kind are due, being handled or not, counted up to `most`."""
    text = (
        "SELECT COUNT(*) FROM (SELECT 1 FROM due WHERE kind = :kind AND due_at <= :now AND parked_at IS NULL"
        " LIMIT :most) AS found"
    )
    return await db.value(text, kind=kind, now=now, most=most)


async def claim(db: Database, wanted: Mapping[Kind[Any], Share], *, now: datetime) -> list[Claimed]:
    """Lease rows that are due; nobody else gets them until the lease ends. The kinds are of one priority.

    Of each kind some of the longest due and some of the newest, so that what becomes due now waits behind no backlog
    and the backlog is worked off all the same.
    """
    if not wanted:
        return []
    (priority,) = {kind.priority for kind in wanted}
    locked = " FOR UPDATE SKIP LOCKED" if db.dialect == "postgres" else ""
    writes = Writes()
    for kind, share in wanted.items():
        for order, limit in (("", share.oldest), (" DESC", share.newest)):
            if limit:
                writes.sql(
                    "UPDATE due SET leased_until = :until, fence = fence + 1, attempts = attempts + 1"  # noqa: S608 fixed
                    " WHERE id IN (SELECT id FROM due WHERE kind = :kind AND due_at <= :now AND leased_until <= :now"
                    f" AND priority = :priority AND parked_at IS NULL ORDER BY due_at{order} LIMIT :limit{locked})"
                    " RETURNING id, kind, ref, due_at, fence, attempts",
                    until=now + LEASE, priority=int(priority), now=now, kind=kind, limit=limit,
                )  # fmt: skip
    claimed = [
        row for columns, rows in await db.apply(writes, priority) for row in make_structs(Claimed, columns, rows)
    ]
    batches = {str(kind): Batch() for kind in wanted}
    claimed.sort(key=lambda each: each.due_at)
    return [msgspec.structs.replace(each, batch=batches[each.kind]) for each in claimed]


def finish(writes: Writes, claimed: Claimed) -> Writes:
    """Add what ends the claim: the fence must still be ours, and a row that was moved meanwhile stays due."""
    writes.sql(
        "UPDATE due SET leased_until = 0 WHERE id = :id AND fence = :fence",
        expect=1, id=claimed.id, fence=claimed.fence,
    )  # fmt: skip
    writes.sql(
        "DELETE FROM due WHERE id = :id AND fence = :fence AND due_at = :due_at",
        id=claimed.id, fence=claimed.fence, due_at=claimed.due_at,
    )  # fmt: skip
    return writes


def give_back(claimed: Claimed, *, rests_until: datetime) -> Writes:
    """End the claim undone and uncounted: it stays due since when it was, and anybody's once it has rested."""
    return Writes().sql(
        "UPDATE due SET leased_until = :rested, fence = fence + 1,"
        " attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END WHERE id = :id AND fence = :fence",
        rested=rests_until, id=claimed.id, fence=claimed.fence,
    )  # fmt: skip


def postpone(claimed: Claimed, *, to: datetime) -> Writes:
    """End the claim undone and uncounted: it is due then, unless it was moved meanwhile."""
    return Writes().sql(
        "UPDATE due SET leased_until = 0, due_at = CASE WHEN due_at = :was THEN :later ELSE due_at END,"
        " attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END WHERE id = :id AND fence = :fence",
        was=claimed.due_at, later=to, id=claimed.id, fence=claimed.fence,
    )  # fmt: skip


def put_off(claimed: Claimed, error: str, *, later: datetime, parked_at: datetime | None) -> Writes:
    """End the claim undone: it is due later, unless it was moved meanwhile."""
    return Writes().sql(
        "UPDATE due SET leased_until = 0, due_at = CASE WHEN due_at = :was THEN :later ELSE due_at END,"
        " parked_at = :parked, error = :error WHERE id = :id AND fence = :fence",
        was=claimed.due_at, later=later, parked=parked_at, error=error[:2000], id=claimed.id, fence=claimed.fence,
    )  # fmt: skip


def try_parked_again(*, parked_before: datetime, attempts: int, now: datetime) -> Writes:
    """Rows that were given up long enough ago are due again, as if tried so often."""
    return Writes().sql(
        "UPDATE due SET parked_at = NULL, attempts = :attempts, due_at = :now WHERE parked_at < :before",
        attempts=attempts,
        now=now,
        before=parked_before,
    )


def take_back_claims(writes: Writes) -> Writes:
    """Every claim ends: whoever held one is gone."""
    return writes.sql("UPDATE due SET leased_until = 0, fence = fence + 1 WHERE leased_until > 0")


def put_right(kinds: Iterable[Kind[Any]]) -> Writes:
    """Move rows to their kind's name and priority that another release armed at another: nobody would ever claim them.

    The answers hold the refs that were moved. What is due under both names is due once.
    """
    writes = Writes()
    for kind in kinds:
        for was in kind.formerly:
            writes.sql(
                "UPDATE due SET kind = :kind WHERE kind = :was AND NOT EXISTS"
                " (SELECT 1 FROM due AS other WHERE other.kind = :kind AND other.ref = due.ref) RETURNING ref",
                kind=kind,
                was=was,
            )
            writes.sql("DELETE FROM due WHERE kind = :was", was=was)
        writes.sql(
            "UPDATE due SET priority = :priority WHERE kind = :kind AND priority <> :priority RETURNING ref",
            priority=int(kind.priority),
            kind=kind,
        )
    writes.hurries = True
    return writes
