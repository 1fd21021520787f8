"""Read services, integrations, rules and silences, as far as the actor sees them."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import CONFIGURATION_EDIT
from server.integrations.base import INTEGRATIONS, NoConfig
from server.kernel.database import Database, one_of, select
from server.kernel.errors import NotFound
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.services.incoming import last_events, unreadable
from server.services.keys import open_config, open_key
from server.services.refusals import load_all_refusals, load_strays
from server.tables.services import Rule, Service, Silence
from shared.domain.pipeline.refusals import Refusals
from shared.wire import services as wire


class _IntegrationRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    source: str
    service_id: str | None
    key_enc: str
    config_enc: str
    team_id: str | None
    rev: int


_INTEGRATION = (
    "SELECT integration.id, integration.name, source, service_id, key_enc, config_enc, service.team_id, integration.rev"
    " FROM integration LEFT JOIN service ON service.id = integration.service_id"
    " WHERE integration.archived_at IS NULL"
)


async def list_services(db: Database, actor: Actor) -> list[wire.Service]:
    return await db.rows(
        wire.Service,
        select(Service)
        .where(Service.archived_at.is_null(), one_of(Service.team_id, actor.visible_ids))
        .order_by(Service.name),
    )


async def read_service(db: Database, actor: Actor, id: str) -> wire.Service:
    found = await db.row(wire.Service, select(Service).where(Service.archived_at.is_null(), Service.id == id))
    if found is None:
        raise NotFound
    actor.require_visible(found.team_id)
    return found


async def list_integrations(db: Database, actor: Actor, secrets: Secrets, settings: Settings) -> list[wire.Integration]:
    rows = await db.rows(_IntegrationRow, _INTEGRATION + " ORDER BY integration.name")
    visible = [row for row in rows if row.team_id is None or row.team_id in actor.visible_ids]
    ids = [row.id for row in visible]
    last, health = await last_events(db, ids), await _health(db, ids)
    return [_as_wire(row, actor, secrets, settings, last.get(row.id), health[row.id]) for row in visible]


async def read_integration(
    db: Database, actor: Actor, id: str, secrets: Secrets, settings: Settings
) -> wire.Integration:
    row = await db.row(_IntegrationRow, _INTEGRATION + " AND integration.id = :id", id=id)
    if row is None:
        raise NotFound
    actor.require_visible(row.team_id)
    last, health = await last_events(db, [id]), await _health(db, [id])
    return _as_wire(row, actor, secrets, settings, last.get(id), health[id])


def _as_wire(
    row: _IntegrationRow,
    actor: Actor,
    secrets: Secrets,
    settings: Settings,
    last_event_at: datetime | None,
    health: wire.WayHealth,
) -> wire.Integration:
    """The key is shown to those who may change the integration only."""
    may_see_key = actor.may_in(CONFIGURATION_EDIT, row.team_id, row.id)
    key = open_key(row.key_enc, row.id, secrets) if may_see_key else ""
    url = f"{settings.api_url}/ingest/{row.source}/{key or '…'}"
    member = INTEGRATIONS.get(row.source)
    setup = member.setup.get(actor.language, member.setup.get("en", "")) if member else ""
    return wire.Integration(
        id=row.id,
        name=row.name,
        source=row.source,
        service_id=row.service_id,
        key=key,
        ingest_url=url,
        setup=setup.replace("{ingest_url}", url),
        config=_config(row, secrets) if may_see_key else {},
        last_event_at=last_event_at,
        health=health,
        rev=row.rev,
    )


async def _health(db: Database, ids: list[str]) -> dict[str, wire.WayHealth]:
    refusals, unread = await load_all_refusals(db, ids), await unreadable(db, ids)
    return {id: _way_health(refusals.get(id) or Refusals(), unread.get(id, 0)) for id in ids}


async def list_strays(db: Database, actor: Actor, now: datetime) -> list[wire.StraySender]:
    """Administrators alone see them: their team is not known any more, or never was."""
    return [
        wire.StraySender(
            id=each.integration_id,
            name=each.name,
            source=each.source,
            removed_at=each.archived_at,
            health=_way_health(each, 0),
        )
        for each in (await load_strays(db, now) if actor.is_admin else ())
    ]


def _way_health(refusals: Refusals, unreadable: int) -> wire.WayHealth:
    return wire.WayHealth(
        refused=refusals.refused,
        since=refusals.since_at,
        last_at=refusals.last_at,
        reasons=[
            wire.Refusal(at=each.at, status=each.status, code=each.code, message=each.message)
            for each in refusals.reasons
        ],
        reused_keys=refusals.reused,
        unreadable=unreadable,
    )


def _config(row: _IntegrationRow, secrets: Secrets) -> dict[str, Any]:
    member = INTEGRATIONS.get(row.source)
    kind = member.Config if member else NoConfig
    return msgspec.to_builtins(open_config(kind, row.config_enc, row.id, secrets))


def list_sources() -> list[wire.Source]:
    """Every kind of integration that this server speaks."""
    members = [INTEGRATIONS[slug] for slug in INTEGRATIONS]
    return [
        wire.Source(source=each.slug, title=each.title, setup=each.setup, schema=msgspec.json.schema(each.Config))
        for each in members
    ]


async def require_integration(db: Database, actor: Actor, id: str) -> None:
    """Raises NotFound for an integration that isn't there or can't be seen."""
    row = await db.row(_IntegrationRow, _INTEGRATION + " AND integration.id = :id", id=id)
    if row is None:
        raise NotFound
    actor.require_visible(row.team_id)


async def list_rules(db: Database, actor: Actor, integration_id: str) -> list[wire.Rule]:
    await require_integration(db, actor, integration_id)
    return await db.rows(
        wire.Rule,
        select(Rule).where(Rule.integration_id == integration_id).order_by(Rule.position, Rule.created_at),
    )


async def list_silences(db: Database, actor: Actor) -> list[wire.Silence]:
    return await db.rows(
        wire.Silence,
        select(Silence)
        .where(one_of(Silence.team_id, actor.visible_ids))
        .order_by(Silence.ends_at, ascending=False)
        .order_by(Silence.id),
    )
