"""Make and change services and integrations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.kinds import find_object, uses_of
from server.accounts.access.ownership import allowed, owned, require_free, require_name_free, require_place
from server.accounts.access.permissions import CONFIGURATION_EDIT
from server.accounts.audit.trail import About, audit
from server.accounts.reach.addresses import is_web_address
from server.integrations.base import INTEGRATIONS
from server.kernel.database import Database, Writes, select
from server.kernel.errors import FieldError, Flaws, Invalid
from server.kernel.ids import new_id
from server.kernel.patterns import compile_pattern
from server.kernel.reading.misfits import converted
from server.kernel.secrets import Secrets
from server.services.directory import touch_configuration
from server.services.keys import new_key, open_config, seal_config, seal_key
from server.tables.services import Integration, Service
from shared.domain.pipeline.conditions import Conditions, check_conditions
from shared.wire import services as wire

INTEGRATION = (
    "SELECT integration.id, integration.name, source, service_id, service.team_id, config_enc, integration.rev"
    " FROM integration JOIN service ON service.id = integration.service_id"
    " WHERE integration.id = :id AND integration.archived_at IS NULL"
)


class IntegrationRow(Struct, frozen=True, kw_only=True):
    """A way in as its owner changes it."""

    id: str
    name: str
    source: str
    service_id: str
    team_id: str
    config_enc: str
    rev: int


async def owned_integration(db: Database, actor: Actor, id: str, rev: int | None = None) -> IntegrationRow:
    """The way in that the actor may change; raises what `allowed` says."""
    return allowed(actor, await db.row(IntegrationRow, INTEGRATION, id=id), id, rev)


async def save_service(
    db: Database, actor: Actor, data: wire.ServiceInput, *, id: str | None, rev: int | None, now: datetime
) -> tuple[Writes, wire.Service]:
    """Make a service, or change the one with this id and rev."""
    before: wire.Service | None = None
    if id is not None:
        before = await owned(db, actor, wire.Service, Service, id, rev, permission=CONFIGURATION_EDIT)
    await _check_service(db, actor, data, before)
    saved = wire.Service(
        id=id or new_id(now),
        name=data.name,
        team_id=data.team_id,
        policy_id=data.policy_id,
        description=data.description,
        runbook_url=data.runbook_url,
        grouping=data.grouping,
        rev=(rev or 0) + 1,
    )
    values = {name: getattr(saved, name) for name in saved.__struct_fields__ if name not in ("id", "rev")}
    writes = save(Service, saved.id, values, rev=rev, now=now)
    audit(writes, actor, About("service", saved.id, saved.name, saved.team_id), before=before, after=saved, now=now)
    return writes, saved


async def _check_service(db: Database, actor: Actor, data: wire.ServiceInput, before: wire.Service | None) -> None:
    flaws: list[FieldError] = []
    if data.team_id not in actor.visible_ids:
        flaws.append(unknown("team_id", "team"))
    else:
        require_place(actor, data.team_id, CONFIGURATION_EDIT, was=before.team_id if before else None)
    policy = await find_object(db, "escalation_policy", data.policy_id) if data.policy_id else None
    if data.policy_id and (policy is None or policy.team_id not in actor.visible_ids):
        flaws.append(unknown("policy_id", "escalation policy"))
    if data.runbook_url and not is_web_address(data.runbook_url):
        flaws.append(FieldError("runbook_url", "not_an_address", "must be an http or https address"))
    if data.grouping.by == "labels" and not data.grouping.labels:
        flaws.append(FieldError("grouping.labels", "empty", "name at least one label to group by"))
    if flaws:
        raise Invalid(flaws)
    await require_name_free(db, actor, Service, data.name, but=before.id if before else None)


async def make_integration(
    db: Database, actor: Actor, data: wire.IntegrationInput, *, secrets: Secrets, now: datetime
) -> tuple[Writes, str]:
    """A way in with a new key; returns its id."""
    flaws, config, team_id = Flaws(), None, ""
    if data.source not in INTEGRATIONS:
        known = ", ".join(INTEGRATIONS)
        flaws.add("source", "unknown", f"must be one of {known}", known=list(INTEGRATIONS))
    with flaws.gathered():
        team_id = await _check_target(db, actor, data.service_id)
    with flaws.gathered():
        config = _config(data.source, data.config) if data.source in INTEGRATIONS else None
    flaws.refuse()
    assert config is not None
    id, key = new_id(now), new_key()
    values = {
        "name": data.name,
        "source": data.source,
        "service_id": data.service_id,
        "config_enc": seal_config(config, id, secrets),
        "key_hmac": secrets.lookup(key),
        "key_enc": seal_key(key, id, secrets),
    }
    writes = save(Integration, id, values, rev=None, now=now)
    audit(writes, actor, About("integration", id, data.name, team_id), after=data, now=now)
    return writes, id


async def change_integration(
    db: Database, actor: Actor, id: str, data: wire.IntegrationChange, *, rev: int, secrets: Secrets, now: datetime
) -> Writes:
    row = await owned_integration(db, actor, id, rev)
    flaws, config, team_id = Flaws(), "", ""
    with flaws.gathered():
        team_id = await _check_target(db, actor, data.service_id)
    with flaws.gathered():
        config = seal_config(_config(row.source, data.config), id, secrets)
    flaws.refuse()
    writes = save(Integration, id, {**_chosen(data), "config_enc": config}, rev=rev, now=now)
    before = wire.IntegrationChange(name=row.name, service_id=row.service_id, config=_opened(row, secrets))
    audit(writes, actor, About("integration", id, data.name, team_id), before=before, after=data, now=now)
    return writes


def _chosen(data: wire.IntegrationChange) -> dict[str, Any]:
    return {"name": data.name, "service_id": data.service_id}


def _opened(row: IntegrationRow, secrets: Secrets) -> dict[str, Any]:
    return msgspec.to_builtins(open_config(INTEGRATIONS[row.source].Config, row.config_enc, row.id, secrets))


async def _check_target(db: Database, actor: Actor, service_id: str) -> str:
    """The team that owns the service."""
    team_id = await team_of(db, service_id)
    if team_id is None or team_id not in actor.visible_ids:
        raise Invalid([unknown("service_id", "service")])
    actor.require_team(team_id, CONFIGURATION_EDIT)
    return team_id


def _config(source: str, config: dict[str, Any]) -> Struct:
    return converted(config, INTEGRATIONS[source].Config, "config")


async def archive_service(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """Raises Conflict while something comes in for it, which would page nobody."""
    before = await owned(db, actor, wire.Service, Service, id, rev, permission=CONFIGURATION_EDIT)
    require_free(actor, await uses_of(db, id))
    writes = _archive(Service, id, rev=rev, now=now)
    audit(writes, actor, About("service", id, before.name, before.team_id), before=before, now=now)
    return writes


async def archive_integration(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """Nothing new comes in by it; what came stays."""
    row = await owned_integration(db, actor, id, rev)
    writes = _archive(Integration, id, rev=rev, now=now)
    before = wire.IntegrationChange(name=row.name, service_id=row.service_id)
    audit(writes, actor, About("integration", id, row.name, row.team_id), before=before, now=now)
    return writes


def _archive(table: type[Any], id: str, *, rev: int, now: datetime) -> Writes:
    writes = Writes().update(table, {"id": id, "rev": rev}, archived_at=now, rev=rev + 1)
    touch_configuration(writes)
    return writes


async def team_of(db: Database, service_id: str) -> str | None:
    return await db.value(
        select(Service, Service.team_id).where(Service.archived_at.is_null(), Service.id == service_id)
    )


def save(table: type[Any], id: str, values: dict[str, Any], *, rev: int | None, now: datetime) -> Writes:
    writes = Writes()
    if rev is None:
        writes.insert(table, id=id, created_at=now, rev=1, **values)
    else:
        writes.update(table, {"id": id, "rev": rev}, rev=rev + 1, **values)
    touch_configuration(writes)
    return writes


def unknown(field: str, what: str) -> FieldError:
    return FieldError(field, "unknown", f"there is no such {what}")


def check_conditions_given(conditions: Conditions, flaws: Sequence[FieldError]) -> None:
    found = [FieldError(flaw.field, flaw.code, flaw.message) for flaw in check_conditions(conditions, compile_pattern)]
    if found or flaws:
        raise Invalid([*flaws, *found])
