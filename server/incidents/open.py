"""Let alerts open incidents, join open ones, and resolve them by recovering."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.accounts.people.incident_numbers import COUNTER, draw
from server.escalation.runs import QUIET, RunRow, load_policies, load_run, start, stop
from server.incidents.followers import tell
from server.incidents.snoozing import end_snooze
from server.incidents.workspace import OpenIncident, Workspace
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.ids import new_id
from server.notifications.plan import cancel_pages
from server.notifications.waiting import follow_state
from server.timeline.seal import tally
from shared.domain.alerts import Severity
from shared.domain.incidents.timeline import Entry
from shared.domain.incidents.verbs import worst
from shared.domain.paging.escalation import Policy
from shared.domain.pipeline.grouping import may_join

NAMED, LONGEST_NAMED = 3, 200
"""Of alerts that recover together so many are named, each by so many characters."""


class Arrival(Struct, frozen=True, kw_only=True):
    """An alert that starts to count for an incident."""

    alert_id: str
    severity: Severity
    title: str


class Group(Struct, frozen=True, kw_only=True):
    """Alerts that arrive together for one incident of one service."""

    service_id: str
    team_id: str
    policy_id: str | None
    group_key: str
    integration_id: str | None
    integration_name: str
    source: str
    is_acknowledged: bool = False
    """Whether its source has said of every one of them that somebody is at it."""
    arrivals: tuple[Arrival, ...]


async def admit(work: Workspace, groups: Sequence[Group]) -> dict[str, str]:
    """Find or open the incident of each group; returns incident ids by alert id."""
    existing = await work.load_open([(group.service_id, group.group_key) for group in groups])
    policies = await load_policies(work.db, {group.policy_id for group in groups if group.policy_id})
    fresh: list[Group] = []
    placed: dict[str, str] = {}
    joins: list[tuple[str, Writes]] = []
    for group in groups:
        holder_id = existing.get((group.service_id, group.group_key))
        if holder_id is not None:
            incident = work.incidents[work.incidents[holder_id].merged_into or holder_id]
            if incident.state == "resolved":
                fresh.append(group)
                continue
            if may_join(incident.triggered_at, work.now):
                with work.aside() as writes:
                    _join(work, incident, group, holder=work.incidents[holder_id])
                joins.append((incident.id, writes))
                placed |= {arrival.alert_id: incident.id for arrival in group.arrivals}
                continue
            work.decide(holder_id, [], group_open=False)
        fresh.append(group)
    joins.sort(key=lambda join: join[0])  # who locks several rows does so in their order
    work.writes.extend_side_by_side([writes for _, writes in joins])
    left = Counter(group.team_id for group in fresh)
    for team_id, count in sorted(left.items()):
        draw(work.writes, team_id, count)
    for group in fresh:
        left[group.team_id] -= 1
        policy = policies.get(group.policy_id) if group.policy_id else None
        incident_id = _open(work, group, back=left[group.team_id])
        start(work.writes, incident_id, cycle=1, policy=policy, is_running=not group.is_acknowledged, now=work.now)
        placed |= {arrival.alert_id: incident_id for arrival in group.arrivals}
    return placed


def open_alone(work: Workspace, group: Group, policy: Policy) -> str:
    """Open an incident that nothing else joins, and follow this policy; returns its id."""
    draw(work.writes, group.team_id, 1)
    incident_id = _open(work, group, back=0)
    start(work.writes, incident_id, cycle=1, policy=policy, now=work.now)
    return incident_id


def _join(work: Workspace, incident: OpenIncident, group: Group, *, holder: OpenIncident) -> None:
    """Rests on the open group and on the severity, which these alerts may have to raise; not on what else joins."""
    count = len(group.arrivals)
    if holder.id != incident.id:
        text = "UPDATE incident SET rev = rev WHERE id = :id AND group_open AND merged_into = :target"
        work.writes.sql(text, expect=1, id=holder.id, target=incident.id)
    tally(work.writes, incident.id, "alerts_joined", count, group.arrivals[0].title, work.by)
    work.adjust(
        incident.id,
        given=("severity", "merged_into", "silenced_until", *(("group_open",) if holder.id == incident.id else ())),
        added={"alert_count": count, "open_alert_count": count},
    )
    if incident.silenced_until is not None:
        arm(work.writes, QUIET, incident.id, at=work.now, now=work.now)
    for arrival in group.arrivals:
        work.grade(incident.id, opened=arrival.severity)


def _open(work: Workspace, group: Group, *, back: int) -> str:
    """A new incident; its number lies `back` before the last one drawn."""
    first, count = group.arrivals[0], len(group.arrivals)
    severity = worst((arrival.severity for arrival in group.arrivals), otherwise=first.severity)
    incident = OpenIncident(
        id=new_id(work.now),
        team_id=group.team_id,
        rev=0,
        decided=0,
        service_id=group.service_id,
        group_key=group.group_key,
        state="acknowledged" if group.is_acknowledged else "triggered",
        severity=severity,
        severity_pinned=False,
        group_open=True,
        cycle=1,
        alert_count=count,
        open_alert_count=count,
        triggered_at=work.now,
    )
    work.writes.sql(
        "INSERT INTO incident (id, number, service_id, team_id, integration_id, title, group_key, group_open,"  # noqa: S608 fixed
        " state, severity, severity_pinned, cycle, alert_count, open_alert_count, triggered_at, acknowledged_at,"
        " timeline_n, timeline_hash, rev, decided, sealed_n)"
        " SELECT :id, value - :back, :service_id, :team_id, :integration, :title, :group_key, TRUE, :state, :severity,"
        " FALSE, 1, :alert_count, :alert_count, :triggered_at, :acknowledged_at, 0, '', 0, 0, 0 FROM counter"
        f" WHERE name = {COUNTER}",
        expect=1,
        back=back,
        integration=group.integration_id,
        title=first.title,
        acknowledged_at=work.now if group.is_acknowledged else None,
        **{name: getattr(incident, name) for name in OpenIncident.__struct_fields__},
    )
    work.incidents[incident.id] = incident
    args = {"title": first.title, "source": group.source, "integration": group.integration_name}
    entries = [Entry("opened", args, work.by)]
    if count > 1:
        entries.append(Entry("alerts_joined", {"count": count - 1, "title": first.title}, work.by))
    if group.is_acknowledged:
        entries.append(Entry("acknowledged", {"via": "integration", "cancelled": 0}, work.by))
    work.append(incident.id, entries)
    return incident.id


async def take_recoveries(work: Workspace, closed: dict[str, list[str]]) -> None:
    """Alerts (titles by incident) recovered; an incident without open ones is resolved, but not one opened by hand."""
    await work.load(closed)
    for incident_id, titles in closed.items():
        incident = work.incidents[incident_id]
        left = max(0, incident.open_alert_count - len(titles))
        if left > 0 or incident.state == "resolved" or incident.opened_by is not None:
            added = {"open_alert_count": left - incident.open_alert_count}
            above = {"open_alert_count": len(titles)} if left > 0 else {}
            tally(work.writes, incident_id, "alerts_recovered", len(titles), _named(titles), work.by)
            work.adjust(incident_id, given=("state",), above=above, added=added)
            continue
        run = await load_run(work.db, incident_id, incident.cycle)
        cancelled = await end_run(work.db, work.writes, incident_id, run, now=work.now)
        close_groups(work.writes, incident_id)
        entries = [Entry("alerts_recovered", {"count": len(titles), "open": 0, "title": _named(titles)}, work.by)]
        entries += end_snooze(work.writes, incident_id, incident.snoozed_until, reason="resolved", by=work.by)
        entries.append(Entry("resolved", {"via": "recovery", "cancelled": cancelled, "method": None}, work.by))
        await tell(work.db, work.writes, incident_id, entries, now=work.now)
        work.decide(
            incident_id,
            entries,
            given={"decided": incident.decided, "open_alert_count": incident.open_alert_count},
            open_alert_count=0,
            state="resolved",
            resolved_at=work.now,
            snoozed_until=None,
            silenced_until=None,
            group_open=False,
            undo=None,
        )
        follow_state(work.writes, incident_id)


def _named(titles: Sequence[str]) -> str:
    """The first of several, as one reads them."""
    return ", ".join(title[:LONGEST_NAMED] for title in titles[:NAMED]) + ("…" if len(titles) > NAMED else "")


async def end_run(
    db: Database, writes: Writes, incident_id: str, run: RunRow | None, *, answered_by: str | None = None, now: datetime
) -> int:
    """Stop paging; returns how many messages that takes back. With `answered_by`, those called in are paged still."""
    if run is not None and run.state == "running":
        stop(writes, run)
    return await cancel_pages(db, writes, incident_id, answered_by=answered_by, now=now)


async def open_groups(db: Database, incident_id: str) -> tuple[str, ...]:
    """The incident and those merged into it, as far as new alerts of their groups join it."""
    rows = await db.values(
        "SELECT id FROM incident WHERE group_open AND (id = :id OR merged_into = :id) ORDER BY id", id=incident_id
    )
    return tuple(id for (id,) in rows)


def close_groups(writes: Writes, incident_id: str) -> None:
    """New alerts of what was merged into it open an incident of their own from now on."""
    writes.sql("UPDATE incident SET group_open = FALSE WHERE merged_into = :id AND group_open", id=incident_id)
