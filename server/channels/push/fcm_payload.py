"""What goes to Firebase, byte for byte; nothing here sends."""

from datetime import datetime

from server.channels.base import Message
from server.channels.privacy import Words, visible_words
from server.channels.push.payload import LOUD, Address, Data, Parcel, fitted, reference, seconds_left

LONGEST_TTL_S = 28 * 24 * 3600


def android(message: Message, address: Address, *, server: str, now: datetime) -> Parcel:
    """A data-only message for FCM v1: the app itself draws, sounds and drops doubles."""

    def build(words: Words) -> Data:
        return {
            "message": {
                address.kind: address.value,
                "data": _android_data(message, words, server),
                "android": {
                    "priority": "HIGH" if message.kind in LOUD else "NORMAL",
                    "ttl": f"{min(seconds_left(message, now), LONGEST_TTL_S)}s",
                    "direct_boot_ok": True,
                    **({"collapse_key": message.collapse_key} if _may_collapse(message) else {}),
                },
                "fcm_options": {"analytics_label": message.kind},
            }
        }

    return Parcel(fitted(build, visible_words(message)), {"content-type": "application/json"})


def _may_collapse(message: Message) -> bool:
    """FCM keeps at most four collapse keys a device and drops others, so a page never has one."""
    return bool(message.collapse_key) and message.kind not in LOUD


def _android_data(message: Message, words: Words, server: str) -> dict[str, str]:
    """Firebase takes strings only."""
    fields = reference(message, server) | {"title": words.title, "body": words.body}
    fields["verbs"] = ",".join(message.verbs)
    if message.badge is not None:
        fields["badge"] = message.badge
    return {name: str(value) for name, value in fields.items() if value != ""}
