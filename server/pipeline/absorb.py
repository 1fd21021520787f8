"""Write what a slice of events means: alerts, incidents, recoveries, acknowledgements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.incidents.current import load_incident
from server.incidents.open import Arrival, Group, admit, take_recoveries
from server.incidents.verbs import acknowledge
from server.incidents.workspace import Workspace
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict
from server.kernel.ids import new_id
from server.pipeline.stages import Facts, Item
from server.services.directory import IntegrationFacts
from server.tables.alerts import Alert
from server.timeline.append import Who
from shared.domain.alerts import Action
from shared.domain.searching import SERVICE_LABEL, indexed_words


async def absorb(db: Database, items: Sequence[Item], facts: Facts, *, now: datetime) -> Writes:
    """All that the items change; every key occurs once among them."""
    writes = Writes()
    work = Workspace(db, writes, by=Who("integration", facts.integration.id), now=now)
    news = [item for item in items if item.is_news]
    alert_ids = {item.key_hash: item.known.id if item.known else new_id(now) for item in news}
    placed = await _admit(work, news, alert_ids, facts.integration)
    fresh = [item for item in news if item.known is None]
    writes.insert_many(
        Alert,
        [_alert_row(item, alert_ids[item.key_hash], placed, facts.integration, now) for item in fresh],
    )
    for item in items:
        if item.known is not None and item.event.action is Action.TRIGGER:
            await _count(work, item, placed.get(item.known.id))
    await _recover(work, items)
    await work.regrade()
    await _acknowledge(db, writes, items, work.by, now)
    return writes


async def _admit(
    work: Workspace, news: Sequence[Item], alert_ids: dict[str, str], integration: IntegrationFacts
) -> dict[str, str]:
    arrivals: dict[tuple[str, str], list[tuple[Item, Arrival]]] = {}
    for item in news:
        if item.service is not None and item.group_key:
            arrival = Arrival(alert_id=alert_ids[item.key_hash], severity=item.event.severity, title=item.event.title)
            arrivals.setdefault((item.service.id, item.group_key), []).append((item, arrival))
    groups: list[Group] = []
    for (service_id, key), found in arrivals.items():
        service = found[0][0].service
        assert service is not None
        groups.append(
            Group(
                service_id=service_id,
                team_id=service.team_id,
                policy_id=service.policy_id,
                group_key=key,
                integration_id=integration.id,
                integration_name=integration.name,
                source=integration.source,
                arrivals=tuple(arrival for _, arrival in found),
            )
        )
    return await admit(work, groups) if groups else {}


def _alert_row(
    item: Item,
    alert_id: str,
    placed: dict[str, str],
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
        "words": indexed_words(
            (event.title, event.check, event.source, event.dedup_key, event.description),
            event.labels | {SERVICE_LABEL: service.id},
        ),
        "first_event_id": item.event_id,
        "last_event_id": item.event_id,
        "rev": 1,
    }


async def _count(work: Workspace, item: Item, incident_id: str | None) -> None:
    """A repeat only counts, but for severity, and for an incident that a silence had kept it from."""
    known = item.known
    assert known is not None
    work.writes.update(
        Alert,
        {"id": known.id, "rev": known.rev},
        count=known.count + 1,
        last_at=work.now,
        last_event_id=item.event_id,
        severity=item.event.severity,
        incident_id=known.incident_id or incident_id,
        silenced_by=item.silence.id if item.silence else None,
        dropped_by=item.dropped_by.id if item.dropped_by else None,
        rev=known.rev + 1,
    )
    if known.incident_id is not None and known.severity != item.event.severity:
        await work.load([known.incident_id])
        work.grade(known.incident_id, opened=item.event.severity, closed=known.severity)


async def _recover(work: Workspace, items: Sequence[Item]) -> None:
    closed: dict[str, list[str]] = {}
    for item in items:
        if item.known is None or item.event.action is not Action.RESOLVE:
            continue
        known = item.known
        work.writes.update(
            Alert,
            {"id": known.id, "rev": known.rev},
            closed_at=work.now,
            last_at=work.now,
            last_event_id=item.event_id,
            rev=known.rev + 1,
        )
        if known.incident_id is not None:
            closed.setdefault(known.incident_id, []).append(item.event.title or item.event.dedup_key)
            work.grade(known.incident_id, closed=known.severity)
    if closed:
        await take_recoveries(work, closed)


async def _acknowledge(db: Database, writes: Writes, items: Sequence[Item], by: Who, now: datetime) -> None:
    wanted = {
        item.known.incident_id
        for item in items
        if item.known is not None and item.event.action is Action.ACKNOWLEDGE and item.known.incident_id
    }
    for incident_id in wanted:
        incident = await load_incident(db, incident_id)
        try:
            writes.extend_with(await acknowledge(db, incident, by=by, via="integration", now=now))
        except Conflict:
            continue
