"""What goes to Firebase and to Apple, byte for byte; nothing here sends."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import msgspec
from msgspec import Struct

from server.channels.base import DeliveryFailed, Message
from server.channels.privacy import Words, visible_words

LIMIT_BYTES = 4096
COLLAPSE_ID_BYTES = 64
WITHOUT_EXPIRY = timedelta(hours=1)
LONGEST_TTL_S = 28 * 24 * 3600
CUT = "…"
LOUD = ("page", "test")
SOUND = "page.caf"

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


def android(message: Message, address: Address, *, server: str, now: datetime) -> Parcel:
    """A data-only message for FCM v1: the app itself draws, sounds and drops doubles."""

    def build(words: Words) -> Data:
        return {
            "message": {
                address.kind: address.value,
                "data": _android_data(message, words, server),
                "android": {
                    "priority": "HIGH" if message.kind in LOUD else "NORMAL",
                    "ttl": f"{min(_seconds_left(message, now), LONGEST_TTL_S)}s",
                    "direct_boot_ok": True,
                    **({"collapse_key": message.collapse_key} if _may_collapse(message) else {}),
                },
                "fcm_options": {"analytics_label": message.kind},
            }
        }

    return Parcel(_fitted(build, visible_words(message)), {"content-type": "application/json"})


def ios(message: Message, address: Address, *, server: str, now: datetime, topic: str) -> Parcel:
    """An APNs payload with its headers; a cleared page is silent and only tidies up."""
    is_silent = message.kind == "cleared"
    expires_at = now + timedelta(seconds=_seconds_left(message, now))
    headers = {
        "apns-id": notification_uuid(message.id),
        "apns-topic": address.topic or topic,
        "apns-push-type": "background" if is_silent else "alert",
        "apns-priority": "10" if message.kind in LOUD else "5",
        "apns-expiration": str(int(expires_at.timestamp())),
        "content-type": "application/json",
    }
    if message.collapse_key:
        headers["apns-collapse-id"] = _collapse_id(message.collapse_key)

    def build(words: Words) -> Data:
        aps = _silent_aps(message) if is_silent else _alert_aps(message, address, words)
        return {"aps": aps, **_reference(message, server)}

    return Parcel(_fitted(build, visible_words(message)), headers)


def _may_collapse(message: Message) -> bool:
    """FCM keeps at most four collapse keys a device and drops others, so a page never has one."""
    return bool(message.collapse_key) and message.kind not in LOUD


def notification_uuid(notification_id: str) -> str:
    """The id in the form APNs wants; the same for every retry."""
    try:
        return str(uuid.UUID(notification_id))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, notification_id))


def _reference(message: Message, server: str) -> Data:
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


def _android_data(message: Message, words: Words, server: str) -> dict[str, str]:
    """Firebase takes strings only."""
    fields = _reference(message, server) | {"title": words.title, "body": words.body}
    fields["verbs"] = ",".join(message.verbs)
    if message.badge is not None:
        fields["badge"] = message.badge
    return {name: str(value) for name, value in fields.items() if value != ""}


def _alert_aps(message: Message, address: Address, words: Words) -> Data:
    is_loud = message.kind in LOUD
    severity = message.subject.severity if message.subject else message.severity or "critical"
    is_worst = severity == "critical"
    pierces_silence = is_loud and is_worst and address.critical_alerts
    alert = {"title": words.title} | ({"body": words.body} if words.body else {})
    aps: Data = {"alert": alert, "mutable-content": 1}
    if pierces_silence:
        aps |= {"interruption-level": "critical", "sound": {"critical": 1, "name": SOUND, "volume": 1.0}}
    elif is_loud:
        aps |= {"interruption-level": "time-sensitive", "sound": SOUND}
    else:
        aps |= {"interruption-level": "active", "sound": "default"}
    if message.verbs:
        aps["category"] = "COVER" if message.cover else "PAGE"
    return aps | _thread_and_badge(message)


def _silent_aps(message: Message) -> Data:
    return {"content-available": 1} | _thread_and_badge(message)


def _thread_and_badge(message: Message) -> Data:
    both: Data = {}
    if message.subject is not None:
        both["thread-id"] = message.subject.incident_id
    if message.badge is not None:
        both["badge"] = message.badge
    return both


def _seconds_left(message: Message, now: datetime) -> int:
    left = message.expires_at - now if message.expires_at else WITHOUT_EXPIRY
    if left <= timedelta(0):
        raise DeliveryFailed("expired", permanent=True)
    return max(1, int(left.total_seconds()))


def _collapse_id(key: str) -> str:
    return key if len(key.encode()) <= COLLAPSE_ID_BYTES else sha256(key.encode()).hexdigest()


def _instant(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""


def _fitted(build: Callable[[Words], Data], words: Words) -> bytes:
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
