"""How I can be reached: my phones, mail addresses and webhooks."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from server.channels.base import CHANNELS
from server.delivery.addresses import AddressRow, add_address, addresses_of
from server.kernel.database import Database, Writes
from server.kernel.errors import Invalid, NotFound
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets, new_webhook_secret
from shared.wire import people as wire


def new_device(
    new: wire.NewDevice, *, user_id: str, secrets: Secrets, now: datetime
) -> tuple[Writes, wire.ContactMethod]:
    """A phone that can be paged by push."""
    value = {
        "provider": "fcm" if new.platform == "android" else "apns",
        "device_id": new_id(now),
        "kind": new.kind,
        "value": new.value,
        "name": new.name,
        "platform": new.platform,
        "sandbox": new.sandbox,
    }
    return _add("push", value, name=new.name, user_id=user_id, secrets=secrets, now=now)


def new_contact_method(
    new: wire.NewContactMethod, *, user_id: str, secrets: Secrets, now: datetime
) -> tuple[Writes, wire.ContactMethod]:
    """A mail address or a webhook; raises Invalid for what is neither."""
    if new.channel == "email":
        if "@" not in new.value[1:-1] or any(char.isspace() for char in new.value):
            raise Invalid.one("value", "not_an_email", "must be a mail address")
        value = {"email": new.value}
    else:
        if not _is_web_address(new.value):
            raise Invalid.one("value", "not_an_address", "must be an http or https address")
        value = {"url": new.value, "secret": new.secret or new_webhook_secret()}
    return _add(new.channel, value, name=new.name, user_id=user_id, secrets=secrets, now=now)


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def local_phone(writes: Writes, *, user_id: str, name: str, platform: str, secrets: Secrets, now: datetime) -> None:
    """A phone of the demo: pages to it leave the machine nowhere."""
    value = {
        "provider": "local",
        "device_id": new_id(now),
        "value": f"local {user_id}",
        "name": name,
        "platform": platform,
    }
    writes.extend_with(_add("push", value, name=name, user_id=user_id, secrets=secrets, now=now)[0])


def _add(
    channel: str, value: Mapping[str, object], *, name: str, user_id: str, secrets: Secrets, now: datetime
) -> tuple[Writes, wire.ContactMethod]:
    member = CHANNELS[channel]
    address: Struct = msgspec.convert(value, member.Address)
    writes = Writes()
    row = add_address(writes, member, address, user_id=user_id, name=name, secrets=secrets, now=now)
    return writes, _as_wire(row)


async def own_addresses(db: Database, user_id: str) -> list[wire.ContactMethod]:
    return [_as_wire(row) for row in await addresses_of(db, user_id)]


async def forget_address(db: Database, id: str, *, user_id: str) -> None:
    """Raises NotFound unless it is the person's own."""
    if not any(row.id == id for row in await addresses_of(db, user_id)):
        raise NotFound
    await db.apply(Writes().sql("DELETE FROM address WHERE id = :id AND user_id = :user", id=id, user=user_id))


def _as_wire(row: AddressRow) -> wire.ContactMethod:
    return wire.ContactMethod(
        id=row.id,
        channel=row.channel,
        name=row.name,
        label=row.label,
        created_at=row.created_at,
        dead_at=row.dead_at,
        dead_reason=row.dead_reason,
    )
