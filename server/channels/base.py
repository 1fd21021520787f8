"""The contract of the channel family."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Literal

import msgspec
from msgspec import Struct

from server.kernel.outbound import Outbound
from server.kernel.registry import Registry
from server.kernel.settings import Settings
from shared.wire.actions import Button
from shared.wire.incidents import Severity

Kind = Literal["page", "cleared", "test", "notice", "account"]
Privacy = Literal["full", "minimal", "id"]
LONGEST_FIELD = 20_000
LONGEST_LINE = 300
Now = Callable[[], datetime]


class Subject(Struct, frozen=True, kw_only=True):
    """The incident a message is about, as far as a phone needs it."""

    incident_id: str
    number: int
    severity: Severity
    rev: int
    service: str
    url: str


class Asked(Struct, frozen=True, kw_only=True):
    """The request for cover that a message asks its reader about."""

    request_id: str
    user_id: str


class Message(Struct, frozen=True, kw_only=True):
    """One message in the receiver's language, the same over every retry.

    `id` is the notification's; `collapse_key` lets a newer message replace an older one on the phone;
    `verbs` are the buttons, which `action_token` pays for; after `expires_at` the message is worthless.
    A device says with `receipt_token` that it arrived. A message of kind `account` is about its reader's account or
    the installation, never about an incident, so it says everything whatever the privacy; `{code}` in one that
    `has_code` is filled in at sending. `severity` is that of a test, which has no subject. What is about no incident
    may have a `url` to open, and what asks for cover says so in `cover`.
    """

    id: str
    kind: Kind
    title: str
    body: str
    language: str = "en"
    time_zone: str = "UTC"
    privacy: Privacy = "full"
    subject: Subject | None = None
    cover: Asked | None = None
    url: str = ""
    collapse_key: str = ""
    verbs: tuple[Button, ...] = ()
    action_token: str = ""
    receipt_token: str = ""
    has_code: bool = False
    severity: Severity | None = None
    badge: int | None = None
    sent_at: datetime | None = None
    expires_at: datetime | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """The provider took it; `reference` is the provider's own id."""

    reference: str = ""


class DeliveryFailed(Exception):
    """The message was not taken.

    `permanent`: never try this message to this address again. `dead_address`: the address itself is gone
    (a token that was unregistered). `bad_credentials`: our own key was refused, so no address may be blamed.
    `retry_after_s`: what the provider asked for. `dead_since`: an address registered later is alive again.
    `reason` is a short stable code that phones translate: `timeout`, `unreachable`, `connection_lost`,
    `unregistered`, `invalid_address`, `invalid_message`, `too_large`, `rate_limited`, `bad_credentials`,
    `wrong_app`, `blocked_address`, `bad_url`, `unresolved`, `expired`, `not_configured`, `gone`, `receiver_busy`, or
    `http_<status>` and `smtp_<code>`.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        dead_address: bool = False,
        bad_credentials: bool = False,
        retry_after_s: float | None = None,
        dead_since: datetime | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.dead_address = dead_address
        self.bad_credentials = bad_credentials
        self.retry_after_s = retry_after_s
        self.dead_since = dead_since


class NoConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to set."""


def labelled(en: str, zh: str, *, is_secret: bool = False, example: str = "") -> msgspec.Meta:
    """How a form names a field of a `Config`; a secret is written, never read, and may be a file's content."""
    schema: dict[str, object] = {"x-title": {"en": en, "zh": zh}}
    if is_secret:
        schema["writeOnly"] = True
    longest = LONGEST_FIELD if is_secret else LONGEST_LINE
    return msgspec.Meta(max_length=longest, extra_json_schema=schema, examples=[example] if example else None)


class Channel(ABC):
    """One way out. It knows messages and addresses, never the database.

    `Config` is what an administrator may set in the app where the environment sets nothing: flat, every field text
    with a default, annotated with `labelled`.
    """

    slug: ClassVar[str]
    title: ClassVar[dict[str, str]]
    Address: ClassVar[type[Struct]]
    Config: ClassVar[type[Struct]] = NoConfig
    at_once: ClassVar[int] = 48
    """How many messages may be on their way to one receiver from one process."""

    @classmethod
    @abstractmethod
    def configured(cls, settings: Settings, outbound: Outbound, now: Now) -> "Channel | None":
        """The channel as the settings want it; None when they leave it unconfigured.

        Raises SettingError when a file that a setting names is not what it should be.
        """

    @classmethod
    def adopted(cls, config: Struct, settings: Settings, outbound: Outbound, now: Now) -> "Channel | None":
        """The channel as a `Config` wants it; None when that leaves it unconfigured.

        Raises SettingError whose name is the field that can't be used.
        """
        del config, settings, outbound, now
        return None

    @classmethod
    def group_address(cls, text: str) -> Struct | None:
        """The address of a place that many read, as somebody types it; None for a channel that reaches single people.

        Raises ValueError for what can't be one.
        """
        del text
        return None

    async def prove(self, address: Struct, challenge: str) -> None:
        """Let the address show that it takes what we send; raises DeliveryFailed. Most can't be asked."""
        del address, challenge

    @property
    def routes(self) -> tuple[str, ...]:
        """What it can hand messages to as it is configured; `route_of` names which of them an address needs."""
        return (self.slug,)

    @classmethod
    def route_of(cls, address: Struct) -> str:
        """The route that messages to this address take; the slug alone means any route of the channel."""
        del address
        return cls.slug

    @classmethod
    def receiver_of(cls, address: Struct) -> str:
        """Who has to answer; a receiver that is slow keeps nobody else's messages waiting."""
        return cls.route_of(address)

    @abstractmethod
    async def send(self, message: Message, address: Struct) -> Receipt:
        """Hand the message over, or raise DeliveryFailed; returns within `timeout_s` of its settings."""

    @classmethod
    @abstractmethod
    def label(cls, address: Struct) -> str:
        """The address for a timeline that colleagues read: recognisable, not complete."""

    async def open(self) -> None:
        """Get ready at start, so that the first page does not pay for it; never raises."""
        return

    async def close(self) -> None:
        """Let go of connections."""
        return


CHANNELS: Registry[Channel] = Registry("channels")
