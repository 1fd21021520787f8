"""The kernel's own tables: due work, idempotency keys, the change log, counters, tries."""

from piccolo.columns import BigInt, BigSerial, Bytea, Integer, SmallInt, Text, Varchar
from piccolo.table import Table

ID = 36


class Due(Table, tablename="due"):
    """Work that must happen at `due_at`; the row is the truth, queues only hurry."""

    id = Varchar(length=ID, primary_key=True, default=None)
    kind = Varchar(length=40, default=None)
    ref = Varchar(length=120, default=None)  # pyright: ignore[reportAssignmentType] hides Table.ref, unused
    priority = SmallInt(default=None)
    due_at = BigInt(default=None)
    leased_until = BigInt(default=None)
    fence = BigInt(default=None)
    attempts = Integer(default=None)
    parked_at = BigInt(null=True, default=None)
    error = Text(null=True, default=None)


class Idempotency(Table, tablename="idempotency"):
    """The first answer to a key, kept 72 h."""

    id = Varchar(length=ID, primary_key=True, default=None)
    actor = Varchar(length=80, default=None)
    key = Varchar(length=255, default=None)
    request_hash = Varchar(length=64, default=None)
    status = SmallInt(default=None)
    body = Bytea(default=None)
    created_at = BigInt(default=None)


class Change(Table, tablename="change"):
    """What changed, for live sockets; `team_id` null: everybody may know; a person's id: only they may."""

    seq = BigSerial(primary_key=True)
    kind = Varchar(length=40, default=None)
    object_id = Varchar(length=ID, default=None)
    rev = BigInt(default=None)
    team_id = Varchar(length=ID, null=True, default=None)
    changed_at = BigInt(default=None)


class Counter(Table, tablename="counter"):
    """Numbers that people say aloud, and revisions that caches watch."""

    name = Varchar(length=40, primary_key=True, default=None)
    value = BigInt(default=None)


class Attempt(Table, tablename="attempt"):
    """How often something was tried that has a limit: the next try is free at `free_at`, all is forgotten later."""

    key = Varchar(length=64, primary_key=True, default=None)
    tries = Integer(default=None)
    counted_at = BigInt(default=None)
    free_at = BigInt(default=None)
    forgotten_at = BigInt(default=None)
