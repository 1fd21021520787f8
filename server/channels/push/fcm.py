"""Firebase Cloud Messaging, HTTP v1: the way to Android."""

from datetime import datetime

import msgspec
from msgspec import Struct

from server.channels import refusals
from server.channels.base import DeliveryFailed, Message, Now, Receipt
from server.channels.push.fcm_payload import android
from server.channels.push.google import GoogleTokens
from server.channels.push.payload import Address, Parcel
from server.kernel.outbound import PUSH_TIMEOUT_S, Outbound, OutboundError, Reply, Whose

QUOTA_WAIT_S = 60.0
ADDRESS_FIELDS = ("message.token", "message.fid")


class _Violation(Struct):
    field: str = ""


class _Detail(Struct):
    errorCode: str = ""
    fieldViolations: list[_Violation] = []


class _Error(Struct):
    status: str = ""
    message: str = ""
    details: list[_Detail] = []

    @property
    def code(self) -> str:
        return next((detail.errorCode for detail in self.details if detail.errorCode), self.status)

    @property
    def blames_address(self) -> bool:
        fields = [violation.field for detail in self.details for violation in detail.fieldViolations]
        return any(field in ADDRESS_FIELDS for field in fields)


class _Answer(Struct):
    name: str = ""
    error: _Error = msgspec.field(default_factory=_Error)


class Fcm:
    """Sends to one Firebase project."""

    def __init__(self, outbound: Outbound, tokens: GoogleTokens, *, endpoint: str, server: str, now: Now) -> None:
        self._outbound = outbound
        self._tokens = tokens
        self._url = f"{endpoint}/v1/projects/{tokens.project_id}/messages:send"
        self._server = server
        self._now = now

    async def open(self) -> None:
        try:
            await self._tokens.current()
        except DeliveryFailed:
            return

    def close(self) -> None:
        self._tokens.close()

    async def send(self, message: Message, address: Address) -> Receipt:
        """What is too large with its words goes without them."""
        reply = await self._post(android(message, address, server=self._server, now=self._now()))
        if _is_too_large(reply) and message.privacy != "id":
            bare = msgspec.structs.replace(message, privacy="id")
            reply = await self._post(android(bare, address, server=self._server, now=self._now()))
        if reply.status == 200:
            return Receipt(reference=_read(reply).name)
        raise fcm_failure(reply, self._now())

    async def _post(self, parcel: Parcel, *, refused: str = "") -> Reply:
        """Google may forget a token early: one refused with 401 is replaced once."""
        token = await self._tokens.current(refused=refused)
        try:
            reply = await self._outbound.request(
                "POST",
                self._url,
                content=parcel.body,
                headers={**parcel.headers, "authorization": f"Bearer {token}"},
                timeout_s=PUSH_TIMEOUT_S,
                whose=Whose.OPERATOR,
                http2=True,
            )
        except OutboundError as error:
            raise refusals.on_the_way(error) from error
        return await self._post(parcel, refused=token) if reply.status == 401 and not refused else reply


def _read(reply: Reply) -> _Answer:
    try:
        return msgspec.json.decode(reply.body, type=_Answer)
    except (ValueError, RecursionError):
        return _Answer()


def _is_too_large(reply: Reply) -> bool:
    return reply.status == 413 or (reply.status == 400 and "too big" in _read(reply).error.message.lower())


def fcm_failure(reply: Reply, now: datetime) -> DeliveryFailed:
    """The meaning of an answer other than 200: firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode."""
    error = _read(reply).error
    if error.code == "UNREGISTERED":
        return DeliveryFailed("unregistered", permanent=True, dead_address=True)
    if _is_too_large(reply):
        return DeliveryFailed("too_large", permanent=True)
    if reply.status == 400 and error.blames_address:
        return DeliveryFailed("invalid_address", permanent=True, dead_address=True)
    if error.code == "SENDER_ID_MISMATCH":
        return DeliveryFailed("wrong_app", permanent=True, bad_credentials=True)
    if reply.status in (401, 403) or error.code == "THIRD_PARTY_AUTH_ERROR":
        return DeliveryFailed("bad_credentials", permanent=False, bad_credentials=True)
    if reply.status == 404:
        return DeliveryFailed("http_404", permanent=False, bad_credentials=True)
    wait_s = refusals.retry_after_s(reply, now)
    if reply.status == 429:
        return DeliveryFailed("rate_limited", permanent=False, retry_after_s=wait_s or QUOTA_WAIT_S)
    if refusals.is_transient(reply.status):
        return DeliveryFailed(f"http_{reply.status}", permanent=False, retry_after_s=wait_s)
    reason = "invalid_message" if reply.status == 400 else f"http_{reply.status}"
    return DeliveryFailed(reason, permanent=True)
