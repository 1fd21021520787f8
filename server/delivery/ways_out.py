"""The channels of this process: from the environment, or else as administrators configured them a second ago."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import structlog
from msgspec import Struct

from server.channels.base import CHANNELS, Channel
from server.kernel.database import Database
from server.kernel.outbound import Outbound
from server.kernel.secrets import Secrets
from server.kernel.settings import SettingError, Settings

log = structlog.get_logger()
REFRESH_S = 1.0


class _Row(Struct, frozen=True, kw_only=True):
    slug: str
    config_enc: str | None
    rev: int


def seal_config(config: Struct, slug: str, secrets: Secrets) -> str:
    return secrets.encrypt(msgspec.json.encode(config).decode(), place=_place(slug))


def open_config(kind: type[Struct], sealed: str, slug: str, secrets: Secrets) -> Struct:
    """A channel's own configuration, as it was saved."""
    return msgspec.json.decode(secrets.decrypt(sealed, place=_place(slug)), type=kind)


def _place(slug: str) -> str:
    return f"channel_setting:config_enc:{slug}"


@dataclass
class WaysOut:
    """`channels` is changed in place, so whoever holds it has the newest. The environment outranks the app."""

    db: Database
    secrets: Secrets
    settings: Settings
    outbound: Outbound
    now: Callable[[], datetime]
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])
    given: frozenset[str] = frozenset()
    _config_rev: int = -1
    _revs: dict[str, int] = field(default_factory=dict[str, int])

    async def open(self) -> None:
        """The channels of the environment, ready to send; raises SettingError."""
        for slug in CHANNELS:
            channel = CHANNELS[slug].configured(self.settings, self.outbound, self.now)
            if channel is not None:
                await channel.open()
                self.channels[slug] = channel
        self.given = frozenset(self.channels)
        await self.refresh()

    async def run(self) -> None:
        """Until cancelled: look each second whether anything changed; what goes wrong is logged and tried again."""
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.refresh()
            except Exception:
                log.exception("ways_out.refresh_failed")

    async def refresh(self) -> None:
        """Take up what was configured, if the configuration's revision moved."""
        config_rev: int = await self.db.value("SELECT value FROM counter WHERE name = 'config'")
        if config_rev == self._config_rev:
            return
        for row in await self.db.rows(_Row, "SELECT * FROM channel_setting"):
            if row.slug in CHANNELS and row.slug not in self.given and self._revs.get(row.slug) != row.rev:
                await self._adopt(row)
                self._revs[row.slug] = row.rev
        self._config_rev = config_rev

    async def _adopt(self, row: _Row) -> None:
        """A message on its way may still hold the channel that is replaced, so that one is left to be collected."""
        try:
            channel = self.built(row.slug, row.config_enc)
        except (SettingError, ValueError):
            log.exception("ways_out.unusable", channel=row.slug)
            return
        if channel is None:
            self.channels.pop(row.slug, None)
            return
        await channel.open()
        self.channels[row.slug] = channel

    def built(self, slug: str, sealed: str | None) -> Channel | None:
        """The channel of a kept configuration; raises SettingError naming the field."""
        if sealed is None:
            return None
        return self.adopted(slug, open_config(CHANNELS[slug].Config, sealed, slug, self.secrets))

    def adopted(self, slug: str, config: Struct) -> Channel | None:
        return CHANNELS[slug].adopted(config, self.settings, self.outbound, self.now)
