"""A signed POST to an address that somebody configured (standardwebhooks.com)."""

import base64
import binascii
import hmac
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from server.channels import refusals
from server.channels.base import CHANNELS, Channel, DeliveryFailed, Message, Now, Receipt
from server.channels.privacy import may_show_all, visible_words
from server.kernel.outbound import CONFIGURED_TIMEOUT_S, PER_ADDRESS, Outbound, OutboundError, Reply, Whose
from server.kernel.settings import Settings

SECRET_PREFIX = "whsec_"  # noqa: S105 (a prefix, no secret)


class Address(Struct, frozen=True, kw_only=True):
    """Where to, and the secret that signs (`whsec_` and base64, or any text), if any.

    `is_shared` is one that was entered with the right to configure, not by a person for themself.
    """

    url: str
    secret: str = ""
    is_shared: bool = False


@CHANNELS.member
class Webhook(Channel):
    slug = "webhook"
    title = {"en": "Webhook", "zh": "Webhook 回调"}
    Address = Address
    at_once = PER_ADDRESS

    def __init__(self, outbound: Outbound, now: Now, *, demo: bool) -> None:
        self._outbound = outbound
        self._now = now
        self._demo = demo

    @classmethod
    def configured(cls, settings: Settings, outbound: Outbound, now: Now) -> "Webhook":
        return cls(outbound, now, demo=settings.demo)

    async def send(self, message: Message, address: Struct) -> Receipt:
        if not self._demo:
            await self._post(cast(Address, address), message.id, webhook_body(message))
            return Receipt()
        return Receipt(reference="demo")

    @classmethod
    def group_address(cls, text: str) -> Address:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError(text)
        return Address(url=text, is_shared=True)

    @classmethod
    def receiver_of(cls, address: Struct) -> str:
        """The whole address: of somebody's that hangs the others at that host are to notice nothing."""
        return f"{cls.slug} {cast(Address, address).url}"

    async def prove(self, address: Struct, challenge: str) -> None:
        """A signed POST of type `address.challenge`, which must be answered with 2xx."""
        body = msgspec.json.encode({"type": "address.challenge", "timestamp": self._now(), "data": {"id": challenge}})
        if not self._demo:
            await self._post(cast(Address, address), challenge, body)

    async def _post(self, target: Address, webhook_id: str, body: bytes) -> None:
        now = self._now()
        headers = {"content-type": "application/json", "user-agent": "Dogwatch"}
        headers |= signed_headers(target.secret, webhook_id, now, body)
        try:
            reply = await self._outbound.request(
                "POST",
                target.url,
                content=body,
                headers=headers,
                timeout_s=CONFIGURED_TIMEOUT_S,
                whose=Whose.CONFIGURATION if target.is_shared else Whose.PERSON,
            )
        except OutboundError as error:
            raise refusals.on_the_way(error) from error
        if not 200 <= reply.status < 300:
            raise webhook_failure(reply, now)

    @classmethod
    def label(cls, address: Struct) -> str:
        """Only the host: path and query of a webhook are often its secret."""
        try:
            return urlsplit(cast(Address, address).url).hostname or "webhook"
        except ValueError:
            return "webhook"


def webhook_body(message: Message) -> bytes:
    words = visible_words(message)
    data: dict[str, Any] = {
        "notification_id": message.id,
        "kind": message.kind,
        "title": words.title,
        "body": words.body,
        "language": message.language,
        "time_zone": message.time_zone,
        "verbs": message.verbs,
        "action_token": message.action_token or None,
        "receipt_token": message.receipt_token or None,
        "expires_at": message.expires_at,
        "incident": message.subject if may_show_all(message) else _bare_subject(message),
    }
    if message.cover is not None:
        data["cover_request_id"] = message.cover.request_id
    return msgspec.json.encode({"type": f"notification.{message.kind}", "timestamp": message.sent_at, "data": data})


def _bare_subject(message: Message) -> dict[str, Any] | None:
    if message.subject is None:
        return None
    whole: dict[str, Any] = msgspec.to_builtins(message.subject)
    del whole["service"]
    return whole


def signed_headers(secret: str, webhook_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """`webhook-id`, `webhook-timestamp` and, with a secret, `webhook-signature` over both and the body."""
    timestamp = str(int(now.astimezone(UTC).timestamp()))
    headers = {"webhook-id": webhook_id, "webhook-timestamp": timestamp}
    if secret:
        signed = f"{webhook_id}.{timestamp}.".encode() + body
        digest = hmac.new(_key(secret), signed, sha256).digest()
        headers["webhook-signature"] = "v1," + base64.b64encode(digest).decode()
    return headers


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()


def webhook_failure(reply: Reply, now: datetime) -> DeliveryFailed:
    """410 means that the receiver is gone for good; what may pass is tried again."""
    if reply.status == 410:
        return DeliveryFailed("gone", permanent=True, dead_address=True)
    wait_s = refusals.retry_after_s(reply, now)
    is_transient = refusals.is_transient(reply.status)
    reason = "rate_limited" if reply.status == 429 else f"http_{reply.status}"
    return DeliveryFailed(reason, permanent=not is_transient, retry_after_s=wait_s if is_transient else None)
