"""The channels of this process: from the environment, or else as administrators configured them a second ago."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import structlog
from msgspec import Struct

from server.channels.base import CHANNELS, Channel
from server.kernel.database import Database, Writes
from server.kernel.outbound import Outbound
from server.kernel.revisions import revision, touch
from server.kernel.secrets import Secrets
from server.kernel.settings import SettingError, Settings

log = structlog.get_logger()
REFRESH_S = 1.0
CHANNELS_CONFIGURED = "channels"


class _SettingRow(Struct, frozen=True, kw_only=True):
    slug: str
    config_enc: str | None
    rev: int


class _Unusable:
    """A configuration that no channel can be made of."""


def touch_channels(writes: Writes) -> None:
    """Tell every process, within a second, that a channel was configured."""
    touch(writes, CHANNELS_CONFIGURED)


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
    _rev: int = -1
    _revs: dict[str, int] = field(default_factory=dict[str, int])
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self) -> None:
        """The channels of the environment, ready to send; raises SettingError."""
        for slug in CHANNELS:
            channel = CHANNELS[slug].configured(self.settings, self.outbound, self.now)
            if channel is not None:
                await channel.open()
                self.channels[slug] = channel
        self.given = frozenset(self.channels)
        await self.refresh()
        await self._declare()

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
        async with self._loading:
            rev = await revision(self.db, CHANNELS_CONFIGURED)
            if rev == self._rev:
                return
            rows = await self.db.rows(_SettingRow, "SELECT <fields> FROM channel_setting")
            changed = [row for row in rows if row.slug in CHANNELS and row.slug not in self.given]
            changed = [row for row in changed if self._revs.get(row.slug) != row.rev]
            found = {row.slug: await self._opened(row) for row in changed}
            self._take_up(found)
            self._revs.update({row.slug: row.rev for row in changed})
            if self._rev >= 0:
                await self._declare()
            self._rev = rev

    async def _declare(self) -> None:
        """Say in the database which routes can be sent by, so that every room knows who is reached (decision 30)."""
        routes = {route for channel in self.channels.values() for route in channel.routes}
        if routes == {route for (route,) in await self.db.values("SELECT route FROM way_out")}:
            return
        writes = Writes()
        for route in sorted(routes):
            writes.sql("INSERT INTO way_out (route) VALUES (:route) ON CONFLICT (route) DO NOTHING", route=route)
        writes.sql("DELETE FROM way_out WHERE route NOT IN :routes", routes=tuple(routes))
        await self.db.apply(writes)

    async def _opened(self, row: _SettingRow) -> "Channel | _Unusable | None":
        try:
            channel = self.built(row.slug, row.config_enc)
        except (SettingError, ValueError):
            log.exception("ways_out.unusable", channel=row.slug)
            return _Unusable()
        if channel is not None:
            await channel.open()
        return channel

    def _take_up(self, found: Mapping[str, "Channel | _Unusable | None"]) -> None:
        """All at once. A message on its way may still hold a channel that is replaced, so that one is left to be
        collected; what can't be used leaves the one before."""
        for slug, channel in found.items():
            if channel is None:
                self.channels.pop(slug, None)
            elif not isinstance(channel, _Unusable):
                self.channels[slug] = channel

    def built(self, slug: str, sealed: str | None) -> Channel | None:
        """The channel of a kept configuration; raises SettingError naming the field."""
        if sealed is None:
            return None
        return self.adopted(slug, open_config(CHANNELS[slug].Config, sealed, slug, self.secrets))

    def adopted(self, slug: str, config: Struct) -> Channel | None:
        return CHANNELS[slug].adopted(config, self.settings, self.outbound, self.now)
