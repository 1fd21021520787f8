"""Ways out: what is configured, by whom, and how it fared lately."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct


class ChannelConfigInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`config` has the fields of the channel's schema; a secret left out stays as it was kept."""

    config: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Channel(Struct, frozen=True, kw_only=True):
    """`source` says where it is configured: what stands in the environment can't be changed here.

    `config` comes without its secrets; `has` names the secrets that are kept. Fields of `config_schema` carry
    `x-title` {en, zh}, and `writeOnly` when they are secret. `needs_address`: people add addresses of it themselves.
    """

    slug: str
    title: dict[str, str]
    is_configured: bool
    source: Literal["environment", "here", "always"] | None
    config: dict[str, Any]
    has: list[str]
    config_schema: dict[str, Any]
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure_reason: str | None
    rev: int
