"""My phones: registered again and again under the id of their installation, each with one person at a time."""

import re
from datetime import datetime

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.accounts.reach.phone_claims import arm_claim
from server.accounts.sign_in.sessions import SessionRow, is_session_over, require_lately
from server.channels.base import CHANNELS
from server.delivery.addresses import CAN_LEAVE, can_leave, forget_address
from server.delivery.phones import NewPhone, Registered, keep_phone, own_phone, same_phones
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Flaws, NotFound
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets
from shared.domain.flaws import unknown_time_zone
from shared.domain.time import is_zone_name
from shared.wire import devices as wire
from shared.wire import people
from shared.wire.devices import DeviceInput

MOST = 20
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
    can_leave: bool = True


_COLUMNS = ", ".join(name for name in _PhoneRow.__struct_fields__ if name != "can_leave")
_READ = f"SELECT {_COLUMNS}, {CAN_LEAVE} AS can_leave FROM address"  # noqa: S608 (constants)


async def add_phone(
    db: Database, actor: Actor, given: people.NewDevice, *, session: SessionRow, secrets: Secrets, now: datetime
) -> tuple[Writes, people.ContactMethod]:
    """Register a phone that has no installation id: its token is what makes it the same again."""
    known_as = DeviceInput(
        name=given.name, platform=given.platform, kind=given.kind, value=given.value, sandbox=given.sandbox
    )
    writes, row = await _register(db, actor, None, known_as, session=session, secrets=secrets, now=now)
    label = CHANNELS["push"].label(_address(known_as, row.id)) or row.name
    return writes, people.ContactMethod(
        id=row.id,
        channel="push",
        name=row.name,
        label=label,
        created_at=now,
        dead_at=None,
        dead_reason=None,
        verified_at=now,
        last_receipt_at=row.last_receipt_at,
        can_leave=row.can_leave,
    )


async def put_device(
    db: Database,
    actor: Actor,
    installation_id: str,
    given: DeviceInput,
    *,
    session: SessionRow,
    secrets: Secrets,
    now: datetime,
) -> tuple[Writes, wire.Device]:
    """Register a phone, or say what has changed."""
    flaws = Flaws()
    if not _INSTALLATION.fullmatch(installation_id):
        flaws.add("installation_id", "not_an_id", "must be 1 to 100 letters, digits and .:_-")
    if given.time_zone and not is_zone_name(given.time_zone):
        wrong = unknown_time_zone("time_zone", given.time_zone)
        flaws.add(wrong.field, wrong.code, wrong.message, **wrong.args)
    flaws.refuse()
    writes, row = await _register(db, actor, installation_id, given, session=session, secrets=secrets, now=now)
    return writes, _as_wire(row, session.id)


async def _register(
    db: Database,
    actor: Actor,
    installation_id: str | None,
    given: DeviceInput,
    *,
    session: SessionRow,
    secrets: Secrets,
    now: datetime,
) -> tuple[Writes, _PhoneRow]:
    """The one way a phone comes to a person (decision 26).

    Knowing an installation or a token takes no phone away: a colleague whose device is signed in keeps theirs and is
    told. What nobody is signed in with any more goes to whoever registers it. A phone that this session has not had
    wants a sign-in or a pairing of the last ten minutes (decision 31).
    """
    channel = CHANNELS["push"]
    facts = Facts(
        platform=given.platform,
        app_version=given.app_version,
        locale=given.locale,
        time_zone=given.time_zone,
        permissions=given.permissions,
    )
    new = NewPhone(
        user_id=actor.user_id,
        installation_id=installation_id,
        session_id=session.id,
        name=given.name,
        token=given.value,
        value=_address(given, installation_id or new_id(now)),
        device=facts,
    )
    same = await same_phones(db, new, secrets)
    known = own_phone(new, same)
    if not any(each.id == known and each.session_id == session.id for each in same):
        require_lately(session, now=now)
    if known is None and await _is_full(db, actor):
        raise Conflict(f"nobody can have more than {MOST} phones; remove one", code="too_many")
    before = await _row(db, actor, known) if known else None
    if before is not None and installation_id is None:
        new = msgspec.structs.replace(new, installation_id=before.installation_id)
    others = [each for each in same if each.user_id != actor.user_id]
    left = [each for each in others if await _is_over(db, each, now)]
    over = (*left, *(each for each in same if each.user_id == actor.user_id and each.id != known))
    writes = Writes()
    over_ids = tuple(each.id for each in over)
    id = keep_phone(writes, channel, new, known=known, over=over_ids, secrets=secrets, now=now)
    for other in others:
        if other not in left:
            await arm_claim(db, writes, other, by=actor, now=now)
    after = _PhoneRow(
        id=id,
        installation_id=new.installation_id,
        session_id=session.id,
        name=given.name,
        created_at=now,
        dead_at=None,
        dead_reason=None,
        last_receipt_at=before.last_receipt_at if before else None,
        device=facts,
        can_leave=await can_leave(db, channel.route_of(new.value)),
    )
    audit(writes, actor, About("device", id, given.name), now=now, before=before, after=after)
    return writes, after


def _address(given: DeviceInput, device_id: str) -> Struct:
    value = {
        "provider": "fcm" if given.platform == "android" else "apns",
        "device_id": device_id,
        "kind": given.kind,
        "value": given.value,
        "name": given.name,
        "platform": given.platform,
        "sandbox": given.sandbox,
        "critical_alerts": given.permissions.critical_alerts == "granted",
    }
    return msgspec.convert(value, CHANNELS["push"].Address)


async def _is_over(db: Database, phone: Registered, now: datetime) -> bool:
    """Whether nobody is signed in on it any more as whoever has it."""
    if phone.dead_at is not None:
        return True
    return phone.session_id is not None and await is_session_over(db, phone.session_id, now=now)


async def _is_full(db: Database, actor: Actor) -> bool:
    text = "SELECT COUNT(*) FROM address WHERE user_id = :user AND channel = 'push' AND dead_at IS NULL"
    return await db.value(text, user=actor.user_id) >= MOST


async def list_devices(db: Database, actor: Actor, *, session_id: str) -> list[wire.Device]:
    rows = await db.rows(
        _PhoneRow,
        f"{_READ} WHERE user_id = :user AND channel = 'push' ORDER BY created_at, id",
        user=actor.user_id,
    )
    return [_as_wire(row, session_id) for row in rows]


async def remove_device(db: Database, actor: Actor, device_id: str, *, now: datetime) -> Writes:
    """By its installation id, or by its own; raises NotFound unless it is the person's."""
    found = await _row(db, actor, device_id)
    if found is None:
        raise NotFound
    writes = Writes()
    forget_address(writes, actor.user_id, found.id)
    audit(writes, actor, About("device", found.id, found.name), now=now, before=found)
    return writes


async def _row(db: Database, actor: Actor, device_id: str) -> _PhoneRow | None:
    return await db.row(
        _PhoneRow,
        f"{_READ} WHERE user_id = :user AND channel = 'push' AND (installation_id = :device OR id = :device)",
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
        can_leave=row.can_leave,
    )
