"""My phones: registered again and again under the id of their installation, each with one person at a time."""

import re
from datetime import datetime

import msgspec
from msgspec import Struct

from server.accounts.actors import Actor
from server.accounts.audit import About, note
from server.accounts.reach import device_address, register
from server.channels.base import CHANNELS
from server.delivery.phones import NewPhone, keep_phone, known_phone
from server.kernel.database import Database, Writes
from server.kernel.errors import Invalid, NotFound
from server.kernel.secrets import Secrets
from server.tables.deliveries import Address
from shared.domain.time import is_zone_name
from shared.wire import devices as wire
from shared.wire import people

_INSTALLATION = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


class Facts(Struct, frozen=True, kw_only=True):
    """What a phone says of itself, besides how it is reached."""

    platform: str = ""
    app_version: str = ""
    locale: str = ""
    time_zone: str = ""
    permissions: wire.DevicePermissions = wire.DevicePermissions()


class _PhoneRow(Struct, frozen=True, kw_only=True):
    id: str
    installation_id: str | None
    session_id: str | None
    name: str
    created_at: datetime
    dead_at: datetime | None
    dead_reason: str | None
    last_receipt_at: datetime | None
    device: Facts | None


async def add_phone(
    db: Database, actor: Actor, given: people.NewDevice, *, session_id: str, secrets: Secrets, now: datetime
) -> tuple[Writes, people.ContactMethod]:
    """Register a phone that has no installation id; registered again it stays one, and it ends with its session."""
    new = device_address(given, user_id=actor.user_id, now=now)
    writes, phone = await register(db, "push", new, secrets=secrets, now=now)
    writes.update(Address, {"id": phone.id}, session_id=session_id)
    note(writes, actor, About("device", phone.id, phone.name), now=now, verb="registered")
    return writes, phone


async def put_device(
    db: Database,
    actor: Actor,
    installation_id: str,
    given: wire.DeviceInput,
    *,
    session_id: str,
    secrets: Secrets,
    now: datetime,
) -> tuple[Writes, wire.Device]:
    """Register a phone, or say what has changed; whoever else had it, or its token, has it no longer."""
    if not _INSTALLATION.fullmatch(installation_id):
        raise Invalid.one("installation_id", "not_an_id", "must be 1 to 100 letters, digits and .:_-")
    value = {
        "provider": "fcm" if given.platform == "android" else "apns",
        "device_id": installation_id,
        "kind": given.kind,
        "value": given.value,
        "name": given.name,
        "platform": given.platform,
        "sandbox": given.sandbox,
        "critical_alerts": given.permissions.critical_alerts == "granted",
    }
    if given.time_zone and not is_zone_name(given.time_zone):
        raise Invalid.one("time_zone", "unknown_zone", "must be an IANA time zone such as Europe/Berlin")
    channel = CHANNELS["push"]
    facts = Facts(
        platform=given.platform,
        app_version=given.app_version,
        locale=given.locale,
        time_zone=given.time_zone,
        permissions=given.permissions,
    )
    address: Struct = msgspec.convert(value, channel.Address)
    new = NewPhone(
        user_id=actor.user_id,
        installation_id=installation_id,
        session_id=session_id,
        name=given.name,
        token=given.value,
        value=address,
        device=facts,
    )
    before = await _row(db, actor, installation_id)
    known = await known_phone(db, new, secrets)
    writes = Writes()
    id = keep_phone(writes, channel, new, known=known, secrets=secrets, now=now)
    after = _PhoneRow(
        id=id,
        installation_id=installation_id,
        session_id=session_id,
        name=given.name,
        created_at=now,
        dead_at=None,
        dead_reason=None,
        last_receipt_at=before.last_receipt_at if before else None,
        device=facts,
    )
    note(writes, actor, About("device", id, given.name), now=now, before=before, after=after)
    return writes, _as_wire(after, session_id)


async def list_devices(db: Database, actor: Actor, *, session_id: str) -> list[wire.Device]:
    rows = await db.rows(
        _PhoneRow,
        "SELECT * FROM address WHERE user_id = :user AND channel = 'push' ORDER BY created_at, id",
        user=actor.user_id,
    )
    return [_as_wire(row, session_id) for row in rows]


async def remove_device(db: Database, actor: Actor, device_id: str, *, now: datetime) -> Writes:
    """By its installation id, or by its own; raises NotFound unless it is the person's."""
    found = await _row(db, actor, device_id)
    if found is None:
        raise NotFound
    writes = Writes().sql(
        "DELETE FROM address WHERE id = :id AND user_id = :user", expect=1, id=found.id, user=actor.user_id
    )
    note(writes, actor, About("device", found.id, found.name), now=now, before=found)
    return writes


async def _row(db: Database, actor: Actor, device_id: str) -> _PhoneRow | None:
    return await db.row(
        _PhoneRow,
        "SELECT * FROM address WHERE user_id = :user AND channel = 'push'"
        " AND (installation_id = :device OR id = :device)",
        user=actor.user_id,
        device=device_id,
    )


def _as_wire(row: _PhoneRow, session_id: str) -> wire.Device:
    facts = row.device or Facts()
    return wire.Device(
        id=row.id,
        installation_id=row.installation_id,
        name=row.name,
        platform=facts.platform,
        app_version=facts.app_version,
        locale=facts.locale,
        time_zone=facts.time_zone,
        permissions=facts.permissions,
        registered_at=row.created_at,
        last_receipt_at=row.last_receipt_at,
        dead_at=row.dead_at,
        dead_reason=row.dead_reason,
        is_current=row.session_id == session_id,
    )
