"""What payloads of Firebase and Apple have alike: our own fields, how long they live, the limit they are cut to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct

from server.channels.base import DeliveryFailed, Message
from server.channels.privacy import Words

LIMIT_BYTES = 4096
WITHOUT_EXPIRY = timedelta(hours=1)
CUT = "…"
LOUD = ("page", "test")

Data = dict[str, Any]


class Address(Struct, frozen=True, kw_only=True):
    """One phone. `kind` is what `value` is to Firebase: an installation id (fid) or a registration token.

    `topic` and `sandbox` are an iOS build's bundle id and environment; `critical_alerts` says that iOS lets
    this app sound through silence.
    """

    provider: Literal["fcm", "apns", "local"]
    value: str
    device_id: str
    kind: Literal["fid", "token"] = "token"
    name: str = ""
    platform: str = ""
    topic: str = ""
    sandbox: bool = False
    critical_alerts: bool = False


class Parcel(Struct, frozen=True):
    """An HTTP body and the headers that belong to it."""

    body: bytes
    headers: dict[str, str]


def reference(message: Message, server: str) -> Data:
    """Our own fields: what a phone needs to fetch the incident, act on it and drop doubles."""
    fields: Data = {
        "v": 1,
        "kind": message.kind,
        "notification_id": message.id,
        "server": server,
        "sent_at": _instant(message.sent_at),
        "expires_at": _instant(message.expires_at),
        "action_token": message.action_token,
        "receipt_token": message.receipt_token,
        "verbs": list(message.verbs),
        "group": message.collapse_key,
    }
    if message.severity is not None:
        fields["severity"] = message.severity
    if message.subject is not None:
        fields |= {
            "incident_id": message.subject.incident_id,
            "number": message.subject.number,
            "rev": message.subject.rev,
            "severity": message.subject.severity,
            "url": message.subject.url,
        }
        if message.privacy == "full":
            fields["service"] = message.subject.service
    else:
        fields |= {"url": message.url, "cover_request_id": message.cover.request_id if message.cover else ""}
    return {name: value for name, value in fields.items() if value not in ("", [], None)}


def seconds_left(message: Message, now: datetime) -> int:
    left = message.expires_at - now if message.expires_at else WITHOUT_EXPIRY
    if left <= timedelta(0):
        raise DeliveryFailed("expired", permanent=True)
    return max(1, int(left.total_seconds()))


def _instant(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""


def fitted(build: Callable[[Words], Data], words: Words) -> bytes:
    """The payload within the providers' limit: the body gives way first, then the title."""
    for shorten in (_keep, _shorten_body, _shorten_title):
        words = shorten(words, len(msgspec.json.encode(build(words))) - LIMIT_BYTES)
        encoded = msgspec.json.encode(build(words))
        if len(encoded) <= LIMIT_BYTES:
            return encoded
    raise DeliveryFailed("too_large", permanent=True)


def _keep(words: Words, excess: int) -> Words:
    del excess
    return words


def _shorten_body(words: Words, excess: int) -> Words:
    return words._replace(body=_without(words.body, excess))


def _shorten_title(words: Words, excess: int) -> Words:
    return words._replace(title=_without(words.title, excess))


def _without(text: str, excess: int) -> str:
    """Shorter by at least `excess` bytes, or empty; never cut inside a character."""
    whole = text.encode()
    room = len(whole) - excess - len(CUT.encode())
    return whole[:room].decode("utf-8", "ignore") + CUT if room > 0 else ""
