"""Hand one message over: claim, look whether it is still wanted, send, keep the outcome."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct

from server.channels.base import Channel, DeliveryFailed, Message, Privacy
from server.delivery.addresses import bury, open_address
from server.delivery.enqueue import REFUSED, SEND, SETTLED
from server.delivery.places import Busy, Places
from server.delivery.receipts import receipt_token
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Afterwards, Claimed, Postponed, arm, handles
from server.kernel.secrets import Secrets
from server.kernel.telemetry import DELIVERIES
from shared.domain.paging.retrying import is_in_trouble, retry_at, turn_at

log = structlog.get_logger()
ACTION_TOKEN = timedelta(hours=24)


class DeliveryRow(Struct, frozen=True, kw_only=True):
    id: str
    priority: int
    channel: str
    address_id: str
    message: Message
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    expires_at: datetime
    troubled_at: datetime | None


@handles(SEND[Priority.PAGE], at_once=64, aside=448)
@handles(SEND[Priority.NOTICE], at_once=16, aside=48)
@handles(SEND[Priority.BULK], at_once=8, aside=24)
@dataclass(frozen=True)
class Send:
    """Handler of due sends, with the channels that are configured."""

    db: Database
    secrets: Secrets
    channels: Mapping[str, Channel]
    places: Places = field(default_factory=Places)

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes | Afterwards:
        delivery = await self.db.row(DeliveryRow, "SELECT <fields> FROM delivery WHERE id = :id", id=claimed.ref)
        if delivery is None or delivery.state != "queued":
            return Writes()
        try:
            failure = await self._hand_over(delivery, now)
        except Busy:
            return _crowded_out(delivery, now)
        DELIVERIES.labels(delivery.channel, failure.reason if failure else "accepted").inc()

        async def outcome(_: datetime) -> Writes:
            """As of when it was sent, however late it is written."""
            return _failed(delivery, failure, now) if failure else _accepted(delivery, now)

        return outcome

    async def _hand_over(self, delivery: DeliveryRow, now: datetime) -> DeliveryFailed | None:
        """Let its channel send it; returns why that failed."""
        try:
            channel, address = await self._way_of(delivery)
            async with self.places.at(channel.receiver_of(address), channel.at_once):
                receipt = await channel.send(await self._ready(delivery, now), address)
        except DeliveryFailed as failure:
            log.warning("delivery.failed", delivery=delivery.id, channel=delivery.channel, reason=failure.reason)
            if failure.bad_credentials:
                log.error("delivery.credentials_refused", channel=delivery.channel, reason=failure.reason)
            return failure
        log.info("delivery.accepted", delivery=delivery.id, channel=delivery.channel, reference=receipt.reference)
        return None

    async def _way_of(self, delivery: DeliveryRow) -> tuple[Channel, Struct]:
        channel = self.channels.get(delivery.channel)
        if channel is None:
            raise DeliveryFailed("not_configured", permanent=True)
        address = await open_address(self.db, delivery.address_id, channel.Address, self.secrets)
        if address is None:
            raise DeliveryFailed("address_removed", permanent=True)
        return channel, address

    async def _ready(self, delivery: DeliveryRow, now: datetime) -> Message:
        """The message as it leaves: its tokens, its code, and no more words than the account allows."""
        message = delivery.message
        lock_screen: Privacy = await self.db.value("SELECT lock_screen FROM message_privacy")
        token = ""
        if message.verbs:
            token = action_token(self.secrets, delivery.id, message.verbs, buttons_end(message, delivery.created_at))
        if message.has_code:
            code = code_of(self.secrets, delivery.id)
            message = msgspec.structs.replace(message, body=message.body.replace("{code}", code))
        return msgspec.structs.replace(
            message,
            action_token=token,
            receipt_token=receipt_token(self.secrets, delivery.id),
            privacy=lock_screen,
            sent_at=now,
        )


def code_of(secrets: Secrets, delivery_id: str) -> str:
    """The six digits that a message carries: they follow from its id and the secret key, and are kept nowhere."""
    return f"{int(secrets.lookup(f'code:{delivery_id}')[:12], 16) % 1_000_000:06}"


def buttons_end(message: Message, created_at: datetime) -> datetime:
    """Until when its buttons work: what asks for cover may be answered as long as that is of use."""
    return message.expires_at if message.cover and message.expires_at else created_at + ACTION_TOKEN


def action_token(secrets: Secrets, delivery_id: str, verbs: tuple[str, ...], until: datetime) -> str:
    """Lets whoever holds it use these verbs for this notification until then; the same on every retry."""
    text = f"dwn.{delivery_id}.{'-'.join(verbs)}.{int(until.timestamp())}"
    return f"{text}.{secrets.sign(text)}"


def _accepted(delivery: DeliveryRow, now: datetime) -> Writes:
    writes = Writes().sql(
        "UPDATE delivery SET state = 'accepted', accepted_at = :now, attempts = attempts + 1, reason = NULL"
        " WHERE id = :id",
        expect=1,
        now=now,
        id=delivery.id,
    )
    arm(writes, SETTLED, delivery.id, at=now, now=now)
    return writes


def _failed(delivery: DeliveryRow, failure: DeliveryFailed, now: datetime) -> Writes:
    attempts = delivery.attempts + 1
    again = None
    if not failure.permanent:
        again = retry_at(
            delivery.channel,
            attempts,
            retry_after_s=failure.retry_after_s,
            expires_at=delivery.expires_at,
            now=now,
        )
    writes = _try_again(delivery, failure.reason, attempts, again, now)
    if failure.dead_address:
        bury(writes, delivery.address_id, reason=failure.reason, since=failure.dead_since or now, now=now)
    if failure.bad_credentials:
        arm(writes, REFUSED, delivery.channel, at=now, now=now)
    return writes


def _crowded_out(delivery: DeliveryRow, now: datetime) -> Writes:
    """Nothing was tried, so nothing is counted; raises Postponed where nobody has to be told yet."""
    chance = random.random()  # noqa: S311 no secret
    again = turn_at(due_at=delivery.due_at, expires_at=delivery.expires_at, now=now, chance=chance)
    if again is not None and not _begins_trouble(delivery, Busy.reason, delivery.attempts, again, now):
        raise Postponed(again)
    return _try_again(delivery, Busy.reason, delivery.attempts, again, now)


def _begins_trouble(delivery: DeliveryRow, reason: str, attempts: int, again: datetime | None, now: datetime) -> bool:
    """Whether others should stop waiting for it from now on."""
    due_at = min(delivery.due_at, now)
    return delivery.troubled_at is None and is_in_trouble(attempts, reason=reason, again_at=again, due_at=due_at)


def _try_again(delivery: DeliveryRow, reason: str, attempts: int, again: datetime | None, now: datetime) -> Writes:
    """Keep what came of it; without an `again` it is given up."""
    is_troubled = _begins_trouble(delivery, reason, attempts, again, now)
    writes = Writes().sql(
        "UPDATE delivery SET attempts = :attempts, reason = :reason, state = CASE WHEN :over = 1 AND state = 'queued'"
        " THEN 'failed' ELSE state END, failed_at = :now, troubled_at = COALESCE(troubled_at, :troubled)"
        " WHERE id = :id",
        attempts=attempts,
        reason=reason[:120],
        over=int(again is None),
        now=now,
        troubled=now if is_troubled else None,
        id=delivery.id,
    )
    if again is not None:
        arm(writes, SEND[Priority(delivery.priority)], delivery.id, at=again, now=now)
    if is_troubled or again is None:
        arm(writes, SETTLED, delivery.id, at=now, now=now)
    return writes
