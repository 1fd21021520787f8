"""Addresses: how people can be reached, encrypted at rest."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from server.channels.base import Channel
from server.kernel.database import Database, Writes
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets
from server.tables.deliveries import Address
from shared.domain.paging.notification import Reachable

CAN_LEAVE = (
    "(COALESCE(NULLIF(route, ''), channel) IN (SELECT route FROM way_out) OR NOT EXISTS (SELECT 1 FROM way_out))"
)
"""Whether messages to an address have a way out now; before any process has said what it can send, they may."""
DELIVERS = f"dead_at IS NULL AND verified_at IS NOT NULL AND {CAN_LEAVE}"
"""The one notion of a way that can deliver now: proven, not known to be gone, and of a route that is configured."""


class AddressRow(Struct, frozen=True, kw_only=True):
    """`can_leave` says whether the installation can send there as it is configured now."""

    id: str
    user_id: str
    channel: str
    name: str
    label: str
    created_at: datetime
    verified_at: datetime | None
    last_receipt_at: datetime | None
    dead_at: datetime | None
    dead_reason: str | None
    can_leave: bool = True


_COLUMNS = ", ".join(name for name in AddressRow.__struct_fields__ if name != "can_leave")


class _Owned(Struct, frozen=True):
    id: str
    user_id: str
    channel: str
    label: str


class _Sealed(Struct, frozen=True):
    channel: str
    value_enc: str


class _Placed(_Sealed, frozen=True):
    id: str


class KnownAddress(Struct, frozen=True, kw_only=True):
    """An address that a person has already."""

    id: str
    verified_at: datetime | None


class NewAddress(Struct, frozen=True, kw_only=True):
    """An address to keep: `name` is what its owner calls it, `identity` what makes it the same as another."""

    user_id: str
    name: str
    identity: str
    value: Struct


async def known_address(db: Database, channel: type[Channel], new: NewAddress, secrets: Secrets) -> KnownAddress | None:
    """The same address, if the person has it already."""
    return await db.row(
        KnownAddress,
        "SELECT <fields> FROM address WHERE user_id = :user AND channel = :channel AND value_hmac = :hmac",
        user=new.user_id,
        channel=channel.slug,
        hmac=secrets.lookup(new.identity),
    )


def keep_address(
    writes: Writes,
    channel: type[Channel],
    new: NewAddress,
    *,
    known: KnownAddress | None,
    is_proven: bool,
    secrets: Secrets,
    now: datetime,
) -> AddressRow:
    """Add the address, or take it as registered again; what was never proven waits to be verified."""
    id = known.id if known else new_id(now)
    row = AddressRow(
        id=id,
        user_id=new.user_id,
        channel=channel.slug,
        name=new.name,
        label=channel.label(new.value) or new.name,
        created_at=now,
        verified_at=now if is_proven else known.verified_at if known else None,
        last_receipt_at=None,
        dead_at=None,
        dead_reason=None,
    )
    hmac = secrets.lookup(new.identity)
    values = {name: getattr(row, name) for name in row.__struct_fields__ if name not in ("id", "can_leave")}
    values["route"] = channel.route_of(new.value)
    sealed = secrets.encrypt(msgspec.json.encode(new.value).decode(), place=_place(id))
    if known is None:
        writes.insert(Address, id=id, value_enc=sealed, value_hmac=hmac, **values)
    else:
        writes.update(Address, {"id": id}, value_enc=sealed, **values)
    return row


async def addresses_of(db: Database, user_id: str) -> list[AddressRow]:
    """Every address of a person, dead ones included."""
    return await db.rows(
        AddressRow,
        f"SELECT {_COLUMNS}, {CAN_LEAVE} AS can_leave FROM address WHERE user_id = :user ORDER BY created_at, id",  # noqa: S608 (constants)
        user=user_id,
    )


async def living_addresses(db: Database, user_ids: Iterable[str]) -> dict[str, list[Reachable]]:
    """The addresses that can be sent a message now, by person."""
    rows = await db.rows(
        _Owned,
        f"SELECT <fields> FROM address WHERE {DELIVERS} AND user_id IN :users ORDER BY created_at",  # noqa: S608 (constants)
        users=tuple(user_ids),
    )
    found: dict[str, list[Reachable]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(Reachable(id=row.id, channel=row.channel, label=row.label))
    return found


async def can_leave(db: Database, route: str) -> bool:
    """Whether messages of this route have a way out now."""
    return bool(
        await db.value(
            f"SELECT {CAN_LEAVE} FROM (SELECT CAST(:route AS VARCHAR) AS route, '' AS channel) AS address",  # noqa: S608 (constants)
            route=route,
        )
    )


async def open_address(db: Database, id: str, kind: type[Struct], secrets: Secrets) -> Struct | None:
    """The address itself; None when it was removed."""
    row = await db.row(_Sealed, "SELECT <fields> FROM address WHERE id = :id", id=id)
    if row is None:
        return None
    return msgspec.json.decode(secrets.decrypt(row.value_enc, place=_place(id)), type=kind)


async def open_addresses(
    db: Database, user_id: str, kinds: Mapping[str, type[Struct]], secrets: Secrets
) -> list[Struct]:
    """The person's addresses themselves, in the order of `addresses_of`, each as its channel in `kinds` reads it."""
    rows = await db.rows(
        _Placed, "SELECT <fields> FROM address WHERE user_id = :user ORDER BY created_at, id", user=user_id
    )
    return [
        msgspec.json.decode(secrets.decrypt(row.value_enc, place=_place(row.id)), type=kinds[row.channel])
        for row in rows
    ]


def mark_proven(writes: Writes, id: str, *, now: datetime) -> None:
    """Its owner has shown that what goes there reaches them."""
    writes.update(Address, {"id": id}, verified_at=now)


def forget_address(writes: Writes, user_id: str, id: str) -> None:
    """An address of this owner is no more; stale when it is another's, or gone already."""
    writes.sql("DELETE FROM address WHERE id = :id AND user_id = :user", expect=1, id=id, user=user_id)


def forget_addresses(writes: Writes, user_id: str, ids: tuple[str, ...]) -> None:
    """Of these whichever are this owner's."""
    writes.sql("DELETE FROM address WHERE user_id = :user AND id IN :ids", user=user_id, ids=ids)


def bury(writes: Writes, id: str, *, reason: str, since: datetime, now: datetime) -> None:
    """The provider says that nothing arrives there since then; an address that was added later is alive."""
    writes.sql(
        "UPDATE address SET dead_at = :now, dead_reason = :reason"
        " WHERE id = :id AND dead_at IS NULL AND created_at <= :since",
        now=now,
        since=since,
        reason=reason,
        id=id,
    )


def _place(id: str) -> str:
    return f"address:value_enc:{id}"


def sealed(value: Struct, id: str, secrets: Secrets) -> str:
    """An address as it is kept under this id."""
    return secrets.encrypt(msgspec.json.encode(value).decode(), place=_place(id))
