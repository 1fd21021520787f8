"""Write what a slice of events means: alerts, incidents, recoveries, acknowledgements."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from server.escalation.runs import QUIET
from server.incidents.alerts import insert_alerts, mark_acknowledged, mark_recovered
from server.incidents.current import load_incident
from server.incidents.open import admit, take_recoveries
from server.incidents.verbs import acknowledge
from server.incidents.workspace import Workspace
from server.incidents.write import open_incidents
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.ids import new_id
from server.pipeline.repeats import KnownAlert, close, count, load_known, words_of
from server.pipeline.stages import Facts, Item
from server.services.directory import IntegrationFacts
from shared.domain.alerts import Action
from shared.domain.incidents.opening import Arrival, Group
from shared.domain.incidents.timeline import Who
from shared.domain.pipeline.alert_changes import content_of


async def absorb(db: Database, items: Sequence[Item], facts: Facts, *, now: datetime) -> Writes:
    """All that the items change, as if each were decided after the one before; every key occurs once among them.

    Order matters within one incident only: recoveries that come before its first new alert may resolve it, and then
    that alert opens another one.
    """
    writes = Writes()
    work = Workspace(db, writes, by=Who("integration", facts.integration.id), now=now)
    seeking = [item for item in items if item.seeks_incident]
    alert_ids = {item.key_hash: item.known.id if item.known else new_id(now) for item in seeking}
    groups = _groups(seeking, alert_ids, facts.integration)
    known = await load_known(work, items)
    first, then = await _recovering(work, items, groups)
    await _recover(work, first, known)
    placed: Mapping[str, str] = {}
    if groups:
        admission = await admit(work, list(groups.values()))
        work.take(admission.placement, admission.opens)
        open_incidents(writes, admission.opens, now=now)
        placed = admission.incident_ids
    fresh = [item for item in seeking if item.known is None]
    rows = [_alert_row(item, alert_ids[item.key_hash], placed, facts.integration, now) for item in fresh]
    insert_alerts(writes, rows, db.dialect)
    for item in items:
        if item.known is not None and item.event.action is Action.TRIGGER:
            await count(work, item, known, placed.get(item.known.id))
    await _recover(work, then, known)
    _mark_recovered(work, items)
    if facts.silences:
        _look_at_silences(work, [*then, *first], known)
    await work.regrade()
    await _acknowledge(db, writes, items, work.by, now)
    return writes


def _groups(
    seeking: Sequence[Item], alert_ids: dict[str, str], integration: IntegrationFacts
) -> dict[tuple[str, str], Group]:
    """What pages, by service and group key."""
    arrivals: dict[tuple[str, str], list[tuple[Item, Arrival]]] = {}
    for item in seeking:
        if item.service is not None and item.group_key:
            arrival = Arrival(alert_id=alert_ids[item.key_hash], severity=item.event.severity, title=item.event.title)
            arrivals.setdefault((item.service.id, item.group_key), []).append((item, arrival))
    groups: dict[tuple[str, str], Group] = {}
    for (service_id, key), found in arrivals.items():
        service = found[0][0].service
        assert service is not None
        groups[service_id, key] = Group(
            service_id=service_id,
            team_id=service.team_id,
            policy_id=service.policy_id,
            group_key=key,
            integration_id=integration.id,
            integration_name=integration.name,
            source=integration.source,
            is_acknowledged=all(item.known is not None and item.known.acked_at is not None for item, _ in found),
            arrivals=tuple(arrival for _, arrival in found),
        )
    return groups


async def _recovering(
    work: Workspace, items: Sequence[Item], groups: Mapping[tuple[str, str], Group]
) -> tuple[list[Item], list[Item]]:
    """The recoveries that come before anything joins their incident, and the others."""
    recovering = [item for item in items if item.known is not None and item.event.action is Action.RESOLVE]
    if not recovering or not groups:
        return [], recovering
    holders = await work.load_open(list(groups))
    places = {item.key_hash: place for place, item in enumerate(items)}
    joined: dict[str, int] = {}
    for item in items:
        if item.seeks_incident and item.service is not None and (item.service.id, item.group_key) in holders:
            holder = work.incidents[holders[item.service.id, item.group_key]]
            joined.setdefault(holder.merged_into or holder.id, places[item.key_hash])
    first = [
        item
        for item in recovering
        if item.known and places[item.key_hash] < joined.get(item.known.incident_id or "", len(items))
    ]
    return first, [item for item in recovering if item not in first]


def _alert_row(
    item: Item,
    alert_id: str,
    placed: Mapping[str, str],
    integration: IntegrationFacts,
    now: datetime,
) -> dict[str, Any]:
    event, service = item.event, item.service
    assert service is not None
    return {
        "id": alert_id,
        "integration_id": integration.id,
        "key_hash": item.key_hash,
        "dedup_key": event.dedup_key,
        "service_id": service.id,
        "incident_id": placed.get(alert_id),
        "severity": event.severity,
        "title": event.title,
        "description": event.description,
        "check_name": event.check,
        "source": event.source,
        "labels": event.labels,
        "links": event.links,
        "details": event.details,
        "count": 1,
        "received_at": now,
        "starts_at": event.starts_at or now,
        "last_at": now,
        "closed_at": None,
        "silenced_by": item.silence.id if item.silence else None,
        "dropped_by": item.dropped_by.id if item.dropped_by else None,
        "rule_ids": item.rule_ids,
        "words": words_of(event, event.check, event.labels, service.id),
        "content": content_of(event),
        "changes": [],
        "first_event_id": item.event_id,
        "last_event_id": item.event_id,
        "closed_with_incident": False,
        "rev": 1,
    }


async def _recover(work: Workspace, items: Sequence[Item], known: Mapping[str, KnownAlert]) -> None:
    closed: dict[str, list[str]] = {}
    for item in items:
        assert item.known is not None
        close(work, item, known)
        if item.known.incident_id is not None:
            closed.setdefault(item.known.incident_id, []).append(item.event.title or item.event.dedup_key)
            work.grade(item.known.incident_id, closed=item.known.severity)
    if closed:
        await take_recoveries(work, closed)


def _look_at_silences(work: Workspace, recovered: Sequence[Item], known: Mapping[str, KnownAlert]) -> None:
    """What silences cover may be all that is left of an incident now, or no longer all of it."""
    touched = {item.known.incident_id for item in recovered if item.known} | {
        alert.incident_id for alert in known.values()
    }
    for incident_id in touched - {None}:
        arm(work.writes, QUIET, incident_id or "", at=work.now, now=work.now)


def _mark_recovered(work: Workspace, items: Sequence[Item]) -> None:
    """The source says that something is over whose incident somebody resolved: nothing opens that alert again."""
    hashes = tuple(item.key_hash for item in items if item.known is None and item.event.action is Action.RESOLVE)
    if hashes:
        mark_recovered(work.writes, work.by.id or "", hashes, now=work.now)


async def _acknowledge(db: Database, writes: Writes, items: Sequence[Item], by: Who, now: datetime) -> None:
    """A source's word that somebody is at it: counts while nobody has it, and for a silenced alert later."""
    wanted = [item.known for item in items if item.known is not None and item.event.action is Action.ACKNOWLEDGE]
    kept = tuple(known.id for known in wanted if known.incident_id is None and known.dropped_by is None)
    if kept:
        mark_acknowledged(writes, kept, now=now)
    for incident_id in {known.incident_id for known in wanted if known.incident_id is not None}:
        incident = await load_incident(db, incident_id)
        if incident.state == "triggered":
            writes.extend_with(await acknowledge(db, incident, by=by, via="integration", now=now))
