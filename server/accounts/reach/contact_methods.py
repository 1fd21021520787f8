"""My ways to be reached: kept, proven by a mailed code or a signed challenge, and removed."""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.accounts.people.mail import notify_of_code
from server.accounts.reach.addresses import as_wire, contact_address
from server.accounts.sign_in.quotas import Quota, take
from server.channels.base import CHANNELS, Channel, DeliveryFailed
from server.delivery.addresses import (
    AddressRow,
    NewAddress,
    addresses_of,
    forget_address,
    keep_address,
    known_address,
    mark_proven,
    open_addresses,
)
from server.delivery.send import code_of
from server.kernel.database import Database, Writes, select
from server.kernel.effects import Effects
from server.kernel.errors import Conflict, DogwatchError, Invalid, NotFound, TooManyRequests
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets
from server.tables.accounts import User
from server.tables.deliveries import ContactCode
from shared.wire import people as wire

log = structlog.get_logger()
GOOD_FOR = timedelta(minutes=10)
TRIES = 5
BETWEEN = timedelta(seconds=60)
AN_HOUR = timedelta(hours=1)
CODES_AN_HOUR = 10
MOST = 20
SHOWN = {"email": "email", "webhook": "url"}


class KeptMethod(Struct, frozen=True):
    """What is remembered of an address that was added; a secret made up here is read again each time."""

    id: str
    is_secret_new: bool


class _Code(Struct, frozen=True, kw_only=True):
    delivery_id: str
    sent_at: datetime
    tries: int


async def own_methods(db: Database, actor: Actor, secrets: Secrets) -> list[wire.ContactMethod]:
    """Every address of mine, each with what I typed."""
    kinds = {slug: CHANNELS[slug].Address for slug in CHANNELS}
    opened = await open_addresses(db, actor.user_id, kinds, secrets)
    rows = await addresses_of(db, actor.user_id)
    return [_shown(row, value) for row, value in zip(rows, opened, strict=True)]


async def read_method(db: Database, actor: Actor, kept: KeptMethod, secrets: Secrets) -> wire.ContactMethod:
    """The address as it is answered when it was added: with its secret if that was made up here."""
    kinds = {slug: CHANNELS[slug].Address for slug in CHANNELS}
    opened = await open_addresses(db, actor.user_id, kinds, secrets)
    for row, value in zip(await addresses_of(db, actor.user_id), opened, strict=True):
        if row.id == kept.id:
            return _shown(row, value, with_secret=kept.is_secret_new)
    raise NotFound


def _shown(row: AddressRow, value: Struct, *, with_secret: bool = False) -> wire.ContactMethod:
    typed = getattr(value, SHOWN[row.channel]) if row.channel in SHOWN else None
    secret = getattr(value, "secret", None) if with_secret else None
    return msgspec.structs.replace(as_wire(row), value=typed, secret=secret)


async def add_method(
    db: Database,
    actor: Actor,
    data: wire.NewContactMethod,
    *,
    channels: Mapping[str, Channel],
    secrets: Secrets,
    effects: Effects,
    now: datetime,
) -> tuple[Writes, KeptMethod]:
    """Keep an address. A webhook must answer a signed challenge first; a mail address is sent a code.

    The owner's own mail address is taken as proven: whoever made the first account holds the server, and a fresh
    installation must be able to page. Raises Invalid naming the field, Conflict, TooManyRequests.
    """
    channel = channels.get(data.channel)
    if channel is None:
        raise Conflict("an administrator has to configure this channel first", code="channel_not_configured")
    new = contact_address(data, user_id=actor.user_id)
    known = await known_address(db, type(channel), new, secrets)
    if known is None and len(await addresses_of(db, actor.user_id)) >= MOST:
        raise Conflict(f"nobody can have more than {MOST} addresses", code="too_many")
    is_proven = data.channel == "webhook" or await _is_own_mail(db, actor, data.value)
    if data.channel == "webhook":
        await effects.once("probe", partial(take, db, Quota.ADDRESSES_TRIED, actor.user_id, now))
        new = await effects.once("challenge", partial(_challenged, channel, new, now))
    writes = Writes()
    row = keep_address(writes, type(channel), new, known=known, is_proven=is_proven, secrets=secrets, now=now)
    if row.verified_at is None:
        await _mail_code(db, writes, actor, row, now=now)
    about = About("contact_method", row.id, f"{row.channel} {row.label}")
    audit(writes, actor, about, now=now, after=as_wire(row), verb="changed" if known else None)
    return writes, KeptMethod(row.id, data.channel == "webhook" and data.secret is None)


async def _is_own_mail(db: Database, actor: Actor, value: str) -> bool:
    own: str = await db.value(select(User, User.email).where(User.id == actor.user_id))
    return actor.role == "owner" and own == value.strip().lower()


async def _challenged(channel: Channel, new: NewAddress, now: datetime) -> NewAddress:
    """The address that answered, with the secret that its challenge was signed with."""
    try:
        await channel.prove(new.value, new_id(now))
    except DeliveryFailed as failure:
        log.info("address.not_proven", reason=failure.reason)
        message = "did not answer the signed challenge with 2xx, or may not be reached from here"
        raise Invalid.one("value", "unreachable", message) from failure
    return new


async def send_code(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    """Mail another code; the ones before are worth nothing then. Raises Conflict once it is verified."""
    row = await _own(db, actor, id)
    if row.verified_at is not None:
        raise Conflict("it is verified already", code="already_verified")
    writes = Writes()
    await _mail_code(db, writes, actor, row, now=now)
    audit(writes, actor, About("contact_method", row.id, f"{row.channel} {row.label}"), now=now, verb="code_sent")
    return writes


async def _mail_code(db: Database, writes: Writes, actor: Actor, row: AddressRow, *, now: datetime) -> None:
    sent = await db.rows(
        _Code,
        select(ContactCode)
        .where(ContactCode.user_id == actor.user_id, ContactCode.sent_at > (now - AN_HOUR))
        .order_by(ContactCode.sent_at),
    )
    last = await _newest_code(db, row.id)
    if last is not None and now - last.sent_at < BETWEEN:
        wait_s = int((last.sent_at + BETWEEN - now).total_seconds()) + 1
        raise TooManyRequests("a code was sent a moment ago", code="code_just_sent", retry_after_s=wait_s)
    if len(sent) >= CODES_AN_HOUR:
        wait_s = int((sent[0].sent_at + AN_HOUR - now).total_seconds()) + 1
        raise TooManyRequests("too many codes were sent", code="too_many_codes", retry_after_s=wait_s)
    id = new_id(now)
    writes.insert(ContactCode, delivery_id=id, address_id=row.id, user_id=actor.user_id, sent_at=now, tries=0)
    notify_of_code(writes, id, now=now)


async def _newest_code(db: Database, address_id: str) -> _Code | None:
    return await db.row(
        _Code,
        select(ContactCode)
        .where(ContactCode.address_id == address_id)
        .order_by(ContactCode.sent_at, ascending=False)
        .order_by(ContactCode.delivery_id, ascending=False)
        .limit(1),
    )


async def verify_method(
    db: Database, actor: Actor, id: str, code: str, *, secrets: Secrets, now: datetime
) -> tuple[Writes, wire.ContactMethod | DogwatchError]:
    """Try a code: five times each, for ten minutes. A wrong one is counted, so a refusal comes with writes."""
    row = await _own(db, actor, id)
    writes = Writes()
    if row.verified_at is not None:
        return writes, as_wire(row)
    sent = await _newest_code(db, id)
    if sent is None or now - sent.sent_at >= GOOD_FOR or sent.tries >= TRIES:
        return writes, Conflict("this code is not good any more; ask for a new one", code="code_spent")
    where = {"delivery_id": sent.delivery_id, "tries": sent.tries}
    writes.update(ContactCode, where, tries=sent.tries + 1)
    if not hmac.compare_digest(code_of(secrets, sent.delivery_id).encode(), code.strip().encode()):
        left = TRIES - sent.tries - 1
        return writes, Invalid.one("code", "wrong_code", "is not the code that was sent", tries_left=left)
    mark_proven(writes, id, now=now)
    audit(writes, actor, About("contact_method", id, f"{row.channel} {row.label}"), now=now, verb="verified")
    return writes, msgspec.structs.replace(as_wire(row), verified_at=now)


async def remove_method(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    """Raises NotFound unless it is my own."""
    row = await _own(db, actor, id)
    writes = Writes()
    forget_address(writes, row.user_id, id)
    audit(writes, actor, About("contact_method", id, f"{row.channel} {row.label}"), now=now, before=as_wire(row))
    return writes


async def _own(db: Database, actor: Actor, id: str) -> AddressRow:
    for row in await addresses_of(db, actor.user_id):
        if row.id == id:
            return row
    raise NotFound
