"""Read services, integrations, rules and silences, as far as the actor sees them."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.accounts.actors import Actor
from server.accounts.permissions import CONFIGURATION_EDIT
from server.integrations.base import INTEGRATIONS, NoConfig
from server.kernel.clock import from_us
from server.kernel.database import Database
from server.kernel.errors import NotFound
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.services.keys import open_config, open_key
from server.services.refusals import load_all_refusals
from shared.domain.refusals import Refusals
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
        "SELECT * FROM service WHERE archived_at IS NULL AND team_id IN :teams ORDER BY name",
        teams=tuple(actor.visible_ids),
    )


async def read_service(db: Database, actor: Actor, id: str) -> wire.Service:
    found = await db.row(wire.Service, "SELECT * FROM service WHERE archived_at IS NULL AND id = :id", id=id)
    if found is None:
        raise NotFound
    actor.require_visible(found.team_id)
    return found


async def list_integrations(db: Database, actor: Actor, secrets: Secrets, settings: Settings) -> list[wire.Integration]:
    rows = await db.rows(_IntegrationRow, _INTEGRATION + " ORDER BY integration.name")
    visible = [row for row in rows if row.team_id is None or row.team_id in actor.visible_ids]
    ids = [row.id for row in visible]
    last, refusals = await _last_events(db, ids), await load_all_refusals(db, ids)
    return [_as_wire(row, actor, secrets, settings, last.get(row.id), refusals.get(row.id)) for row in visible]


async def read_integration(
    db: Database, actor: Actor, id: str, secrets: Secrets, settings: Settings
) -> wire.Integration:
    row = await db.row(_IntegrationRow, _INTEGRATION + " AND integration.id = :id", id=id)
    if row is None:
        raise NotFound
    actor.require_visible(row.team_id)
    last, refusals = await _last_events(db, [id]), await load_all_refusals(db, [id])
    return _as_wire(row, actor, secrets, settings, last.get(id), refusals.get(id))


async def _last_events(db: Database, ids: list[str]) -> dict[str, datetime]:
    rows = await db.values(
        "SELECT integration.id, (SELECT received_at FROM event WHERE event.integration_id = integration.id"
        " ORDER BY seq DESC LIMIT 1)"
        " FROM integration WHERE integration.id IN :ids",
        ids=tuple(ids),
    )
    return {id: from_us(at_us) for id, at_us in rows if at_us is not None}


def _as_wire(
    row: _IntegrationRow,
    actor: Actor,
    secrets: Secrets,
    settings: Settings,
    last_event_at: datetime | None,
    refusals: Refusals | None,
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
        health=_health(refusals or Refusals()),
        rev=row.rev,
    )


def _health(refusals: Refusals) -> wire.WayHealth:
    return wire.WayHealth(
        refused=refusals.refused,
        since=refusals.since_at,
        last_at=refusals.last_at,
        reasons=[
            wire.Refusal(at=each.at, status=each.status, code=each.code, message=each.message)
            for each in refusals.reasons
        ],
        reused_keys=refusals.reused,
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
        "SELECT * FROM rule WHERE integration_id = :id ORDER BY position, created_at",
        id=integration_id,
    )


async def list_silences(db: Database, actor: Actor) -> list[wire.Silence]:
    return await db.rows(
        wire.Silence,
        "SELECT * FROM silence WHERE team_id IN :teams ORDER BY ends_at DESC, id",
        teams=tuple(actor.visible_ids),
    )
