"""Ways out as administrators see and configure them."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.channels.base import CHANNELS, Channel, NoConfig
from server.delivery.account_settings import ChannelRow, channel_row, keep_channel
from server.delivery.ways_out import WaysOut, open_config, seal_config, touch_channels
from server.kernel.database import Database, Writes, select
from server.kernel.errors import Conflict, FieldError, Invalid, NotFound
from server.kernel.reading.misfits import converted
from server.kernel.refusals import require_rev
from server.kernel.settings import SettingError
from server.tables.deliveries import Delivery
from shared.wire import channels as wire


class _Failure(Struct, frozen=True, kw_only=True):
    failed_at: datetime
    reason: str | None


class _Audited(Struct, frozen=True, kw_only=True):
    """What the audit trail says of a configuration."""

    config: dict[str, Any]
    has: list[str]


async def list_channels(db: Database, actor: Actor, ways_out: WaysOut) -> list[wire.Channel]:
    return [await read_channel(db, actor, ways_out, slug) for slug in CHANNELS]


async def read_channel(db: Database, actor: Actor, ways_out: WaysOut, slug: str) -> wire.Channel:
    """Everybody sees whether it works, administrators also how it is set. Raises NotFound."""
    member = _member(slug)
    row = await channel_row(db, slug)
    told = _audited(member, row, ways_out) if actor.is_admin else _Audited(config={}, has=[])
    failure = await db.row(
        _Failure,
        select(Delivery)
        .where(Delivery.channel == slug, Delivery.failed_at.is_not_null())
        .order_by(Delivery.failed_at, ascending=False)
        .limit(1),
    )
    success = await db.row(
        _Success, "SELECT MAX(accepted_at) AS accepted_at FROM delivery WHERE channel = :slug", slug=slug
    )
    return wire.Channel(
        slug=slug,
        title=member.title,
        is_configured=slug in ways_out.channels,
        source=_source(slug, member, ways_out),
        config=told.config,
        has=told.has,
        config_schema=schema_of(member.Config),
        last_success_at=success.accepted_at if success else None,
        last_failure_at=failure.failed_at if failure else None,
        last_failure_reason=failure.reason if failure else None,
        rev=row.rev if row else 0,
    )


class _Success(Struct, frozen=True, kw_only=True):
    accepted_at: datetime | None


def _member(slug: str) -> type[Channel]:
    member = CHANNELS.get(slug)
    if member is None:
        raise NotFound
    return member


def _source(slug: str, member: type[Channel], ways_out: WaysOut) -> Any:
    if slug in ways_out.given:
        return "always" if member.Config is NoConfig else "environment"
    return "here" if slug in ways_out.channels else None


def schema_of(config: type[Struct]) -> dict[str, Any]:
    """The JSON Schema of a `Config`, as one object without references."""
    schema = msgspec.json.schema(config)
    return schema["$defs"][schema["$ref"].rpartition("/")[2]]


def secrets_of(config: type[Struct]) -> list[str]:
    return [name for name, each in schema_of(config)["properties"].items() if each.get("writeOnly")]


def _audited(member: type[Channel], row: ChannelRow | None, ways_out: WaysOut) -> _Audited:
    kept = _kept(member, row, ways_out)
    hidden = secrets_of(member.Config)
    return _Audited(
        config={name: value for name, value in kept.items() if name not in hidden},
        has=[name for name in hidden if kept.get(name)],
    )


def _kept(member: type[Channel], row: ChannelRow | None, ways_out: WaysOut) -> dict[str, Any]:
    if row is None or row.config_enc is None:
        return {}
    return msgspec.to_builtins(open_config(member.Config, row.config_enc, member.slug, ways_out.secrets))


async def save_channel(
    db: Database,
    actor: Actor,
    ways_out: WaysOut,
    slug: str,
    data: wire.ChannelConfigInput,
    *,
    rev: int,
    now: datetime,
) -> Writes:
    """Every process takes it up within a second. Raises Conflict for what the environment sets, Invalid by field."""
    member = _member(slug)
    if slug in ways_out.given:
        raise Conflict("it is configured in the environment of the server", code="set_by_environment")
    row = await channel_row(db, slug)
    require_rev(row.rev if row else 0, rev)
    config = _checked(member, data.config, _kept(member, row, ways_out), ways_out)
    sealed = seal_config(config, slug, ways_out.secrets)
    writes = Writes()
    keep_channel(writes, slug, sealed, before=row)
    touch_channels(writes)
    before = _audited(member, row, ways_out) if row else None
    after = _audited(member, ChannelRow(config_enc=sealed, rev=rev + 1), ways_out)
    audit(writes, actor, About("channel", slug, member.title["en"]), now=now, before=before, after=after)
    return writes


def _checked(member: type[Channel], given: dict[str, Any], kept: dict[str, Any], ways_out: WaysOut) -> Struct:
    """The configuration as it will be kept: a secret that is left out or null stays."""
    whole = dict(given)
    for name in secrets_of(member.Config):
        if whole.get(name) is None and kept.get(name):
            whole[name] = kept[name]
    whole = {name: value for name, value in whole.items() if value is not None}
    config = converted(whole, member.Config, "config")
    try:
        ways_out.adopted(member.slug, config)
    except SettingError as error:
        raise Invalid(
            [FieldError(f"config.{each.name.lower()}", "unusable", each.problem) for each in error.all]
        ) from error
    return config
