"""How I can be reached: my phones, mail addresses and webhooks."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from server.channels.base import CHANNELS
from server.delivery.addresses import AddressRow, NewAddress, keep_address, known_address
from server.kernel.database import Database, Writes
from server.kernel.errors import Invalid
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets, new_webhook_secret
from shared.domain.mail_address import is_mail_address
from shared.wire import people as wire


def contact_address(new: wire.NewContactMethod, *, user_id: str) -> NewAddress:
    """A mail address or a webhook; raises Invalid for what is neither."""
    if new.channel == "email":
        if not is_mail_address(new.value):
            raise Invalid.one("value", "not_an_email", "must be an email address")
        value = {"email": new.value}
    else:
        if not is_web_address(new.value):
            raise Invalid.one("value", "not_an_address", "must be an http or https address")
        value = {"url": new.value, "secret": new.secret or new_webhook_secret()}
    identity = new.value.lower() if new.channel == "email" else new.value
    return _address(new.channel, value, name=new.name, identity=identity, user_id=user_id)


async def register(
    db: Database, channel: str, new: NewAddress, *, secrets: Secrets, now: datetime
) -> tuple[Writes, wire.ContactMethod]:
    """Keep the address as one that is known to work; registered again it stays one address."""
    writes = Writes()
    member = CHANNELS[channel]
    known = await known_address(db, member, new, secrets)
    row = keep_address(writes, member, new, known=known, is_proven=True, secrets=secrets, now=now)
    return writes, as_wire(row)


def is_web_address(value: str) -> bool:
    """Something that a browser or a webhook opens: nothing that runs as a script."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def local_phone(*, user_id: str, name: str, platform: str, now: datetime) -> NewAddress:
    """A phone of the demo: pages to it leave the machine nowhere."""
    token = f"local {user_id} {name}"
    value = {"provider": "local", "device_id": new_id(now), "value": token, "name": name, "platform": platform}
    return _address("push", value, name=name, identity=token, user_id=user_id)


def _address(channel: str, value: Mapping[str, object], *, name: str, identity: str, user_id: str) -> NewAddress:
    address: Struct = msgspec.convert(value, CHANNELS[channel].Address)
    return NewAddress(user_id=user_id, name=name, identity=identity, value=address)


def as_wire(row: AddressRow) -> wire.ContactMethod:
    return wire.ContactMethod(
        id=row.id,
        channel=row.channel,
        name=row.name,
        label=row.label,
        created_at=row.created_at,
        dead_at=row.dead_at,
        dead_reason=row.dead_reason,
        verified_at=row.verified_at,
        last_receipt_at=row.last_receipt_at,
        can_leave=row.can_leave,
    )
