"""Phones: how they join by one scan, and how they can be paged."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from shared.domain.visible import LINE, Written
from shared.wire.names import Name

Answer = Literal["granted", "denied", "unknown"]
Platform = Literal["android", "ios"]


class DevicePermissions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the phone lets the app do; `critical_alerts` is iOS, the last three are Android."""

    notifications: Answer = "unknown"
    critical_alerts: Answer = "unknown"
    full_screen: Answer = "unknown"
    dnd_access: Answer = "unknown"
    battery_unrestricted: Answer = "unknown"


class DeviceInput(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phone that can be paged: `value` is its Firebase installation id or token, or its APNs token."""

    name: Name
    platform: Platform
    kind: Literal["fid", "token"] = "token"
    value: Annotated[str, Meta(min_length=1, max_length=4096)]
    sandbox: bool = False
    app_version: Annotated[str, Meta(max_length=40, extra=LINE)] = ""
    locale: Annotated[str, Meta(max_length=35)] = ""
    time_zone: Annotated[str, Meta(max_length=64)] = ""
    permissions: DevicePermissions = DevicePermissions()


class Device(Struct, frozen=True, kw_only=True):
    """`last_receipt_at` is when a page was last known to have arrived; `dead_reason` why none arrives any more.

    `can_leave` is false while the installation has no push of the phone's kind.
    """

    id: str
    installation_id: str | None
    name: str
    platform: str
    app_version: str
    locale: str
    time_zone: str
    permissions: DevicePermissions
    registered_at: datetime
    last_receipt_at: datetime | None
    dead_at: datetime | None
    dead_reason: str | None
    is_current: bool
    can_leave: bool = True

    @property
    def delivers(self) -> bool:
        """Whether a page would be sent there now."""
        return self.can_leave and self.dead_at is None


class PairingCode(Struct, frozen=True, kw_only=True):
    """To be scanned or typed within five minutes, once; `link` is what `qr_svg` shows.

    `rings` is false while the installation has no push of any kind: the phone would show incidents, and not ring.
    """

    id: str
    code: str
    link: str
    qr_svg: str
    expires_at: datetime
    rings: bool = True


class Pairing(Struct, frozen=True, kw_only=True):
    """What became of a code; until `undo_until` the phone that joined can be thrown out again."""

    id: str
    state: Literal["waiting", "joined", "undone", "expired"]
    device: str | None
    joined_at: datetime | None
    undo_until: datetime | None


class PairingDevice(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name = "Phone"
    platform: Platform | None = None
    app_version: Annotated[str, Meta(max_length=40, extra=LINE)] = ""


class Pair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code in any case, with or without its hyphens."""

    code: Annotated[str, Meta(max_length=1000)]
    device: PairingDevice = msgspec.field(default_factory=PairingDevice)
