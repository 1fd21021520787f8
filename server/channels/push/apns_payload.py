"""What goes to Apple, byte for byte: headers, sound, how loud, what collapses; nothing here sends."""

import uuid
from datetime import datetime, timedelta
from hashlib import sha256

from server.channels.base import Message
from server.channels.privacy import Words, visible_words
from server.channels.push.payload import LOUD, Address, Data, Parcel, fitted, reference, seconds_left

COLLAPSE_ID_BYTES = 64
SOUND = "page.caf"


def ios(message: Message, address: Address, *, server: str, now: datetime, topic: str) -> Parcel:
    """An APNs payload with its headers; a cleared page is silent and only tidies up."""
    is_silent = message.kind == "cleared"
    expires_at = now + timedelta(seconds=seconds_left(message, now))
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
        return {"aps": aps, **reference(message, server)}

    return Parcel(fitted(build, visible_words(message)), headers)


def notification_uuid(notification_id: str) -> str:
    """The id in the form APNs wants; the same for every retry."""
    try:
        return str(uuid.UUID(notification_id))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, notification_id))


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


def _collapse_id(key: str) -> str:
    return key if len(key.encode()) <= COLLAPSE_ID_BYTES else sha256(key.encode()).hexdigest()
