"""Make and change services, integrations, rules and silences."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.accounts.actors import Actor
from server.integrations.base import INTEGRATIONS
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, FieldError, Invalid, NotFound, PreconditionFailed
from server.kernel.http import field_error
from server.kernel.ids import new_id
from server.kernel.patterns import compile_pattern
from server.kernel.secrets import Secrets
from server.services.directory import touch_configuration
from server.services.keys import new_key, seal_config, seal_key
from server.tables.services import Integration, Rule, Service, Silence
from shared.domain.conditions import Conditions, check_conditions
from shared.domain.rules import AddLabel, Effect, stage_of
from shared.wire import services as wire


class _Owned(Struct, frozen=True):
    team_id: str
    rev: int


async def owned(db: Database, actor: Actor, statement: str, id: str, rev: int | None = None) -> _Owned:
    """The owner of an object that the actor may change; raises NotFound, Forbidden or PreconditionFailed."""
    found = await db.row(_Owned, statement, id=id)
    if found is None:
        raise NotFound
    actor.require_team(found.team_id)
    if rev is not None and rev != found.rev:
        raise PreconditionFailed(f"it is at rev {found.rev} now; read it again")
    return found


SERVICE_OWNER = "SELECT team_id, rev FROM service WHERE id = :id AND archived_at IS NULL"
INTEGRATION_OWNER = (
    "SELECT service.team_id, integration.rev FROM integration JOIN service ON service.id = integration.service_id"
    " WHERE integration.id = :id AND integration.archived_at IS NULL"
)
SILENCE_OWNER = "SELECT team_id, rev FROM silence WHERE id = :id"


async def save_service(
    db: Database, actor: Actor, data: wire.ServiceInput, *, id: str | None, rev: int | None, now: datetime
) -> tuple[Writes, wire.Service]:
    """Make a service, or change the one with this id and rev."""
    if id is not None:
        await owned(db, actor, SERVICE_OWNER, id, rev)
    await _check_service(db, actor, data, id)
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
    return _save(Service, saved.id, values, rev=rev, now=now), saved


async def _check_service(db: Database, actor: Actor, data: wire.ServiceInput, id: str | None) -> None:
    flaws: list[FieldError] = []
    if data.team_id not in actor.visible_ids:
        flaws.append(_unknown("team_id", "team"))
    else:
        actor.require_team(data.team_id)
    policy_team = await _team_of(db, "escalation_policy", data.policy_id) if data.policy_id else None
    if data.policy_id and policy_team not in actor.visible_ids:
        flaws.append(_unknown("policy_id", "escalation policy"))
    if data.grouping.by == "labels" and not data.grouping.labels:
        flaws.append(FieldError("grouping.labels", "empty", "name at least one label to group by"))
    if flaws:
        raise Invalid(flaws)
    text = "SELECT 1 FROM service WHERE archived_at IS NULL AND name = :name AND id <> :id"
    if await db.value(text, name=data.name, id=id or ""):
        raise Conflict("another service has this name", code="name_taken")


async def make_integration(
    db: Database, actor: Actor, data: wire.IntegrationInput, *, secrets: Secrets, now: datetime
) -> tuple[Writes, str]:
    """A way in with a new key; returns its id."""
    if data.source not in INTEGRATIONS:
        known = ", ".join(INTEGRATIONS)
        raise Invalid.one("source", "unknown", f"must be one of {known}", known=list(INTEGRATIONS))
    await _check_target(db, actor, data.service_id)
    id, key = new_id(now), new_key()
    values = {
        "name": data.name,
        "source": data.source,
        "service_id": data.service_id,
        "config_enc": seal_config(_config(data.source, data.config), id, secrets),
        "key_hmac": secrets.lookup(key),
        "key_enc": seal_key(key, id, secrets),
    }
    return _save(Integration, id, values, rev=None, now=now), id


async def change_integration(
    db: Database, actor: Actor, id: str, data: wire.IntegrationChange, *, rev: int, secrets: Secrets, now: datetime
) -> Writes:
    await owned(db, actor, INTEGRATION_OWNER, id, rev)
    await _check_target(db, actor, data.service_id)
    source: str = await db.value("SELECT source FROM integration WHERE id = :id", id=id)
    config = seal_config(_config(source, data.config), id, secrets)
    values = {"name": data.name, "service_id": data.service_id, "config_enc": config}
    return _save(Integration, id, values, rev=rev, now=now)


async def _check_target(db: Database, actor: Actor, service_id: str) -> None:
    team_id = await _team_of(db, "service", service_id)
    if team_id not in actor.visible_ids:
        raise Invalid([_unknown("service_id", "service")])
    actor.require_team(team_id)


def _config(source: str, config: dict[str, Any]) -> Struct:
    try:
        return msgspec.convert(config, INTEGRATIONS[source].Config)
    except msgspec.ValidationError as error:
        flaw = field_error(str(error))
        path = f"config.{flaw.field}" if flaw.field else "config"
        raise Invalid([FieldError(path, flaw.code, flaw.message)]) from None


async def save_rule(
    db: Database,
    actor: Actor,
    integration_id: str,
    data: wire.RuleInput,
    *,
    id: str | None,
    rev: int | None,
    now: datetime,
) -> tuple[Writes, wire.Rule]:
    """Make a rule of an integration, or change the one with this id and rev."""
    await owned(db, actor, INTEGRATION_OWNER, integration_id)
    if id is not None:
        await _require_rev(
            db, "SELECT rev FROM rule WHERE id = :id AND integration_id = :owner", id, rev, integration_id
        )
    _check_conditions(data.conditions, _effect_flaws(data.effect))
    saved = wire.Rule(
        id=id or new_id(now),
        integration_id=integration_id,
        stage=stage_of(data.effect),
        position=data.position,
        name=data.name,
        conditions=data.conditions,
        effect=data.effect,
        is_enabled=data.is_enabled,
        rev=(rev or 0) + 1,
    )
    values = {name: getattr(saved, name) for name in saved.__struct_fields__ if name not in ("id", "rev")}
    return _save(Rule, saved.id, values, rev=rev, now=now), saved


async def save_silence(
    db: Database, actor: Actor, data: wire.SilenceInput, *, id: str | None, rev: int | None, now: datetime
) -> tuple[Writes, wire.Silence]:
    """Make a silence, or change the one with this id and rev."""
    if id is not None:
        await owned(db, actor, SILENCE_OWNER, id, rev)
    await _check_silence(db, actor, data)
    saved = wire.Silence(
        id=id or new_id(now),
        team_id=data.team_id,
        service_id=data.service_id,
        comment=data.comment,
        conditions=data.conditions,
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        created_by=actor.user_id,
        rev=(rev or 0) + 1,
    )
    values = {name: getattr(saved, name) for name in saved.__struct_fields__ if name not in ("id", "rev")}
    return _save(Silence, saved.id, values, rev=rev, now=now), saved


async def _check_silence(db: Database, actor: Actor, data: wire.SilenceInput) -> None:
    flaws: list[FieldError] = []
    if data.team_id not in actor.visible_ids:
        flaws.append(_unknown("team_id", "team"))
    else:
        actor.require_team(data.team_id)
    if data.service_id is not None and await _team_of(db, "service", data.service_id) != data.team_id:
        flaws.append(_unknown("service_id", "service of this team"))
    for name in ("starts_at", "ends_at"):
        if getattr(data, name).tzinfo is None:
            flaws.append(FieldError(name, "no_offset", "must say its offset, such as Z"))
    if not flaws and data.ends_at <= data.starts_at:
        flaws.append(FieldError("ends_at", "not_after_start", "must be after starts_at"))
    _check_conditions(data.conditions, flaws)


async def archive_service(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """Raises Conflict while something comes in for it, which would page nobody."""
    await owned(db, actor, SERVICE_OWNER, id, rev)
    text = "SELECT name FROM integration WHERE archived_at IS NULL AND service_id = :id ORDER BY name LIMIT 1"
    if (name := await db.value(text, id=id)) is not None:
        raise Conflict(f"the integration {name} sends to it", code="in_use")
    return await remove(db, actor, SERVICE_OWNER, Service, id, rev=rev, now=now)


async def remove(
    db: Database, actor: Actor, statement: str, table: type[Any], id: str, *, rev: int, now: datetime
) -> Writes:
    """Archive a service or an integration: nothing new comes, the past stays."""
    await owned(db, actor, statement, id, rev)
    writes = Writes().update(table, {"id": id, "rev": rev}, archived_at=now, rev=rev + 1)
    touch_configuration(writes)
    return writes


async def remove_rule(db: Database, actor: Actor, integration_id: str, id: str, *, rev: int) -> Writes:
    await owned(db, actor, INTEGRATION_OWNER, integration_id)
    await _require_rev(db, "SELECT rev FROM rule WHERE id = :id AND integration_id = :owner", id, rev, integration_id)
    writes = Writes().sql("DELETE FROM rule WHERE id = :id AND rev = :rev", expect=1, id=id, rev=rev)
    touch_configuration(writes)
    return writes


async def _require_rev(db: Database, statement: str, id: str, rev: int | None, owner: str) -> None:
    found = await db.value(statement, id=id, owner=owner)
    if found is None:
        raise NotFound
    if found != rev:
        raise PreconditionFailed(f"it is at rev {found} now; read it again")


async def _team_of(db: Database, table: str, id: str | None) -> str | None:
    texts = {
        "service": "SELECT team_id FROM service WHERE archived_at IS NULL AND id = :id",
        "escalation_policy": "SELECT team_id FROM escalation_policy WHERE archived_at IS NULL AND id = :id",
    }
    return await db.value(texts[table], id=id)


def _save(table: type[Any], id: str, values: dict[str, Any], *, rev: int | None, now: datetime) -> Writes:
    writes = Writes()
    if rev is None:
        writes.insert(table, id=id, created_at=now, rev=1, **values)
    else:
        writes.update(table, {"id": id, "rev": rev}, rev=rev + 1, **values)
    touch_configuration(writes)
    return writes


def _check_conditions(conditions: Conditions, flaws: Sequence[FieldError]) -> None:
    found = [FieldError(flaw.field, flaw.code, flaw.message) for flaw in check_conditions(conditions, compile_pattern)]
    if found or flaws:
        raise Invalid([*flaws, *found])


def _effect_flaws(effect: Effect) -> list[FieldError]:
    if not isinstance(effect, AddLabel):
        return []
    flaws: list[FieldError] = []
    if not effect.label.strip():
        flaws.append(FieldError("effect.label", "required", "name the label"))
    if bool(effect.pattern) != bool(effect.from_key):
        flaws.append(FieldError("effect.pattern", "incomplete", "pattern and from_key go together"))
    if effect.pattern:
        try:
            compile_pattern(effect.pattern)
        except ValueError as error:
            flaws.append(FieldError("effect.pattern", "bad_pattern", f"not a pattern: {error}"))
    elif not effect.value:
        flaws.append(FieldError("effect.value", "required", "say a value, or a pattern with from_key"))
    return flaws


def _unknown(field: str, what: str) -> FieldError:
    return FieldError(field, "unknown", f"there is no such {what}")
