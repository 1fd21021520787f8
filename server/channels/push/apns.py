"""The Apple Push Notification service: the way to iOS."""

import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from server.channels import refusals
from server.channels.base import DeliveryFailed, Message, Now, Receipt
from server.channels.push.apns_payload import ios
from server.channels.push.payload import Address, Parcel
from server.kernel.outbound import PUSH_TIMEOUT_S, Outbound, OutboundError, Reply, Whose
from server.kernel.settings import SettingError, Settings

PRODUCTION = "https://api.push.apple.com"
SANDBOX = "https://api.sandbox.push.apple.com"
FRESH_FOR_S = 50 * 60
FORCED_RENEWAL_EVERY_S = 20 * 60
PER_TOKEN_WAIT_S = 30.0

DEAD_ADDRESS = {"BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered", "ExpiredToken"}
OUR_KEY = {"InvalidProviderToken", "ExpiredProviderToken", "MissingProviderToken", "Forbidden"}
OUR_TOPIC = {
    "BadTopic",
    "MissingTopic",
    "TopicDisallowed",
    "UnrelatedKeyIdInToken",
    "BadEnvironmentKeyInToken",
}


class _Answer(Struct):
    reason: str = ""
    timestamp: int | None = None


class ProviderToken:
    """The signed statement of who we are, renewed before Apple's hour is over."""

    def __init__(self, *, key: EllipticCurvePrivateKey, key_id: str, team_id: str, now: Now) -> None:
        self._key = key
        self._key_id = key_id
        self._team_id = team_id
        self._now = now
        self._token = ""
        self._signed_s = 0.0
        self._forced_s: float | None = None

    def current(self) -> str:
        if not self._token or time.monotonic() - self._signed_s >= FRESH_FOR_S:
            self._sign()
        return self._token

    def renewed(self, refused: str) -> str | None:
        """Another token than the one refused; None when Apple would count one more as abuse."""
        if self._token != refused:
            return self._token
        elapsed_s = time.monotonic()
        if self._forced_s is not None and elapsed_s - self._forced_s < FORCED_RENEWAL_EVERY_S:
            return None
        self._forced_s = elapsed_s
        self._sign()
        return self._token

    def _sign(self) -> None:
        claims = {"iss": self._team_id, "iat": int(self._now().timestamp())}
        self._token = jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self._key_id})
        self._signed_s = time.monotonic()


class Apns:
    """Sends as one team to one endpoint; a sandbox address goes to Apple's sandbox."""

    def __init__(
        self, outbound: Outbound, token: ProviderToken, *, endpoint: str, topic: str, server: str, now: Now
    ) -> None:
        self._outbound = outbound
        self._token = token
        self._endpoint = endpoint
        self._topic = topic
        self._server = server
        self._now = now

    @classmethod
    def configured(
        cls, settings: Settings, outbound: Outbound, *, server: str, now: Now, pem: bytes | None = None
    ) -> "Apns":
        """The key is `pem`, or else in the file that the settings name; raises SettingError."""
        token = ProviderToken(
            key=_signing_key(settings.apns_key, pem),
            key_id=settings.apns_key_id,
            team_id=settings.apns_team_id,
            now=now,
        )
        return cls(
            outbound,
            token,
            endpoint=settings.apns_endpoint,
            topic=settings.apns_topic,
            server=server,
            now=now,
        )

    async def send(self, message: Message, address: Address) -> Receipt:
        reply = await self._authorized(self._parcel(message, address), address)
        if reply.status == 413 and message.privacy != "id":
            bare = msgspec.structs.replace(message, privacy="id")
            reply = await self._authorized(self._parcel(bare, address), address)
        if reply.status == 200:
            return Receipt(reference=reply.headers.get("apns-id", ""))
        raise apns_failure(reply, self._now())

    def _parcel(self, message: Message, address: Address) -> Parcel:
        return ios(message, address, server=self._server, now=self._now(), topic=self._topic)

    async def _authorized(self, parcel: Parcel, address: Address) -> Reply:
        token = self._token.current()
        reply = await self._exchange(parcel, address, token)
        if reply.status == 403 and _read(reply).reason in OUR_KEY:
            renewed = self._token.renewed(token)
            if renewed is not None:
                reply = await self._exchange(parcel, address, renewed)
        return reply

    async def _exchange(self, parcel: Parcel, address: Address, token: str) -> Reply:
        endpoint = SANDBOX if address.sandbox and self._endpoint == PRODUCTION else self._endpoint
        try:
            return await self._outbound.request(
                "POST",
                f"{endpoint}/3/device/{quote(address.value, safe='')}",
                content=parcel.body,
                headers={**parcel.headers, "authorization": f"bearer {token}"},
                timeout_s=PUSH_TIMEOUT_S,
                whose=Whose.OPERATOR,
                http2=True,
            )
        except OutboundError as error:
            raise refusals.on_the_way(error) from error


def _signing_key(file: str, pem: bytes | None) -> EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(Path(file).read_bytes() if pem is None else pem, None)
    except (ValueError, TypeError, OSError, UnsupportedAlgorithm) as error:
        raise SettingError("APNS_KEY", f"not a signing key: {error}") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise SettingError("APNS_KEY", "not an elliptic-curve key as Apple hands them out")
    return key


def _read(reply: Reply) -> _Answer:
    try:
        return msgspec.json.decode(reply.body, type=_Answer)
    except (ValueError, RecursionError):
        return _Answer()


def _instant(timestamp_ms: int | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(timestamp_ms / 1000, UTC) if timestamp_ms else None
    except (ValueError, OverflowError, OSError):
        return None


def apns_failure(reply: Reply, now: datetime) -> DeliveryFailed:
    """The meaning of an answer other than 200: Apple's "Handling notification responses from APNs"."""
    answer = _read(reply)
    if reply.status == 410 or answer.reason in DEAD_ADDRESS:
        reason = "unregistered" if reply.status == 410 else "invalid_address"
        return DeliveryFailed(reason, permanent=True, dead_address=True, dead_since=_instant(answer.timestamp))
    if answer.reason in OUR_TOPIC:
        return DeliveryFailed("wrong_app", permanent=True, bad_credentials=True)
    if reply.status == 403:
        return DeliveryFailed("bad_credentials", permanent=False, bad_credentials=True)
    if reply.status == 413:
        return DeliveryFailed("too_large", permanent=True)
    wait_s = refusals.retry_after_s(reply, now)
    if reply.status == 429:
        return DeliveryFailed("rate_limited", permanent=False, retry_after_s=wait_s or PER_TOKEN_WAIT_S)
    if refusals.is_transient(reply.status):
        return DeliveryFailed(f"http_{reply.status}", permanent=False, retry_after_s=wait_s)
    reason = "invalid_message" if reply.status == 400 else f"http_{reply.status}"
    return DeliveryFailed(reason, permanent=True)
