"""The stages that every slice of events passes, in one list; each says what it dropped and why."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from server.kernel.database import Database
from server.services.directory import Directory, IntegrationFacts, ServiceFacts
from shared.domain.alerts import Action, Event, Severity
from shared.domain.pipeline import rules
from shared.domain.pipeline.conditions import Compile
from shared.domain.pipeline.grouping import group_key
from shared.domain.pipeline.keeping import MAX_LABELS, with_fewer_labels
from shared.domain.pipeline.muting import Silence, silenced_by


class OpenAlert(Struct, frozen=True, kw_only=True):
    """The alert that is open under an event's key."""

    id: str
    key_hash: str
    service_id: str
    incident_id: str | None
    dropped_by: str | None
    severity: Severity
    count: int
    content: str = ""
    acked_at: datetime | None = None
    last_at: datetime
    rev: int


class Item(Struct, frozen=True, kw_only=True):
    """One event on its way; what the stages found out about it."""

    event: Event
    key_hash: str
    event_id: str
    seq: int = 0
    known: OpenAlert | None = None
    service: ServiceFacts | None = None
    dropped_by: rules.Rule | None = None
    silence: Silence | None = None
    group_key: str = ""
    rule_ids: tuple[str, ...] = ()

    @property
    def seeks_incident(self) -> bool:
        """Whether it may open or join an incident: it triggers, and has no incident yet."""
        return self.event.action is Action.TRIGGER and (self.known is None or self.known.incident_id is None)


class Dropped(Struct, frozen=True, kw_only=True):
    """News that pages nobody, and why."""

    event_id: str
    dedup_key: str
    reason: str
    rule_id: str | None = None


class _Key(Struct, frozen=True):
    key_hash: str


class Facts(Struct, frozen=True, kw_only=True):
    """Everything the stages decide on, gathered before."""

    integration: IntegrationFacts
    services: Mapping[str, ServiceFacts]
    silences: tuple[Silence, ...]
    open_alerts: Mapping[str, OpenAlert]
    resolved: frozenset[str] = frozenset()
    """Keys whose alert is closed because somebody resolved its incident, not because it recovered."""
    compiled: Compile


async def gather(
    db: Database, directory: Directory, integration: IntegrationFacts, items: Sequence[Item], now: datetime
) -> Facts:
    """What the stages of these items need to know."""
    found = await db.rows_by_key(
        OpenAlert,
        "SELECT <fields> FROM alert WHERE closed_at IS NULL AND key_hash IN :each"
        " AND integration_id || '' = :integration",
        [item.key_hash for item in items],
        integration=integration.id,
    )
    open_alerts = {alert.key_hash: alert for alert in found}
    over = {item.key_hash for item in items if item.event.action is Action.RESOLVE} - open_alerts.keys()
    return Facts(
        integration=integration,
        services=directory.services,
        silences=tuple(directory.silences_in_force(now)),
        open_alerts=open_alerts,
        resolved=await _resolved(db, integration.id, over),
        compiled=directory.compiled,
    )


async def _resolved(db: Database, integration_id: str, hashes: set[str]) -> frozenset[str]:
    if not hashes:
        return frozenset()
    rows = await db.rows_by_key(
        _Key,
        "SELECT <fields> FROM alert WHERE closed_with_incident AND recovered_at IS NULL"
        " AND key_hash IN :each"
        " AND integration_id || '' = :integration",
        hashes,
        integration=integration_id,
    )
    return frozenset(row.key_hash for row in rows)


Stage = Callable[[list[Item], Facts, datetime], tuple[list[Item], list[Dropped]]]


def recognise(items: list[Item], facts: Facts, now: datetime) -> tuple[list[Item], list[Dropped]]:
    """Match keys with open alerts; news of an end without a beginning becomes nothing."""
    kept: list[Item] = []
    dropped: list[Dropped] = []
    for item in items:
        known = facts.open_alerts.get(item.key_hash)
        is_known = known is not None or (item.event.action is Action.RESOLVE and item.key_hash in facts.resolved)
        if not is_known and item.event.action is not Action.TRIGGER:
            dropped.append(
                Dropped(
                    event_id=item.event_id,
                    dedup_key=item.event.dedup_key,
                    reason=f"no_open_alert_to_{item.event.action}",
                )
            )
        else:
            service = facts.services.get(known.service_id) if known else None
            kept.append(msgspec.structs.replace(item, known=known, service=service))
    return kept, dropped


def enrich(items: list[Item], facts: Facts, now: datetime) -> tuple[list[Item], list[Dropped]]:
    """Add the labels that rules say."""
    return [_changed(item, rules.enrich, facts) for item in items], []


def rewrite(items: list[Item], facts: Facts, now: datetime) -> tuple[list[Item], list[Dropped]]:
    """Replace title, severity and check of triggers as rules say."""
    return [_changed(item, rules.rewrite, facts) if _triggers(item) else item for item in items], []


def route(items: list[Item], facts: Facts, now: datetime) -> tuple[list[Item], list[Dropped]]:
    """News goes to the integration's service; what has a service keeps it."""
    kept: list[Item] = []
    dropped: list[Dropped] = []
    for item in items:
        service = item.service or facts.integration.service
        if service is None and _triggers(item):
            dropped.append(Dropped(event_id=item.event_id, dedup_key=item.event.dedup_key, reason="no_service"))
        else:
            kept.append(msgspec.structs.replace(item, service=service))
    return kept, dropped


def drop(items: list[Item], facts: Facts, now: datetime) -> tuple[list[Item], list[Dropped]]:
    """Mark the news that rules drop: it can be found and pages nobody; an alert that is open otherwise goes on."""
    kept: list[Item] = []
    dropped: list[Dropped] = []
    for item in items:
        is_judged = item.seeks_incident and (item.known is None or item.known.dropped_by is not None)
        rule = rules.dropped_by(item.event, facts.integration.rules, facts.compiled) if is_judged else None
        kept.append(msgspec.structs.replace(item, dropped_by=rule) if rule is not None else item)
        if rule is not None:
            dropped.append(
                Dropped(event_id=item.event_id, dedup_key=item.event.dedup_key, reason="rule", rule_id=rule.id)
            )
    return kept, dropped


def silence(items: list[Item], facts: Facts, now: datetime) -> tuple[list[Item], list[Dropped]]:
    """Mark the news that nobody is paged for."""

    def mark(item: Item) -> Item:
        if not item.seeks_incident or item.service is None or item.dropped_by is not None:
            return item
        found = silenced_by(
            item.event,
            service_id=item.service.id,
            team_id=item.service.team_id,
            silences=facts.silences,
            now=now,
            compiled=facts.compiled,
        )
        return msgspec.structs.replace(item, silence=found)

    return [mark(item) for item in items], []


def group(items: list[Item], facts: Facts, now: datetime) -> tuple[list[Item], list[Dropped]]:
    """Give the news that pages the key of its incident."""

    def key(item: Item) -> Item:
        if not item.seeks_incident or item.service is None or item.silence is not None or item.dropped_by is not None:
            return item
        return msgspec.structs.replace(item, group_key=group_key(item.service.grouping, item.event))

    return [key(item) for item in items], []


def cut(items: list[Item], facts: Facts, now: datetime) -> tuple[list[Item], list[Dropped]]:
    """Keep as many labels as people read, once everything was decided on all of them."""
    return [_with_fewer_labels(item, facts) if len(item.event.labels) > MAX_LABELS else item for item in items], []


def _with_fewer_labels(item: Item, facts: Facts) -> Item:
    """Those that group and those that rules added go before all others."""
    grouping = item.service.grouping.labels if item.service is not None else ()
    added = [rule.effect.label for rule in facts.integration.rules if isinstance(rule.effect, rules.AddLabel)]
    return msgspec.structs.replace(item, event=with_fewer_labels(item.event, (*grouping, *added)))


STAGES: tuple[Stage, ...] = (recognise, enrich, rewrite, route, drop, silence, group, cut)


def run_stages(items: list[Item], facts: Facts, now: datetime) -> tuple[list[Item], list[Dropped]]:
    """All stages in order."""
    dropped: list[Dropped] = []
    for stage in STAGES:
        items, out = stage(items, facts, now)
        dropped.extend(out)
    return items, dropped


def _triggers(item: Item) -> bool:
    return item.event.action is Action.TRIGGER


def _changed(
    item: Item, change: Callable[[Event, tuple[rules.Rule, ...], Compile], tuple[Event, list[str]]], facts: Facts
) -> Item:
    if not facts.integration.rules:
        return item
    event, touched = change(item.event, facts.integration.rules, facts.compiled)
    return msgspec.structs.replace(item, event=event, rule_ids=(*item.rule_ids, *touched)) if touched else item
