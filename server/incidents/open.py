"""Let alerts open incidents, join open ones, and resolve them by recovering."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from server.accounts.people.incident_numbers import draw
from server.escalation.runs import QUIET, load_policies, load_run, start
from server.incidents.current import OpenIncident
from server.incidents.situation import found_in
from server.incidents.workspace import Workspace
from server.incidents.write import NewIncident, hold_group, insert_incident
from server.kernel.database import Writes
from server.kernel.due import arm
from server.kernel.ids import new_id
from server.pages.taken_back import pages_out
from server.timeline.seal import tally
from shared.domain.alerts import Severity
from shared.domain.incidents.case import Case
from shared.domain.incidents.ending import recover
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
        hold_group(work.writes, holder.id, incident.id)
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
    new = NewIncident(
        id=new_id(work.now),
        service_id=group.service_id,
        team_id=group.team_id,
        integration_id=group.integration_id,
        title=first.title,
        group_key=group.group_key,
        group_open=True,
        state="acknowledged" if group.is_acknowledged else "triggered",
        severity=severity,
        severity_pinned=False,
        alert_count=count,
        triggered_at=work.now,
        acknowledged_at=work.now if group.is_acknowledged else None,
    )
    insert_incident(work.writes, new, back=back)
    work.add(new)
    args = {"title": first.title, "source": group.source, "integration": group.integration_name}
    entries = [Entry("opened", args, work.by)]
    if count > 1:
        entries.append(Entry("alerts_joined", {"count": count - 1, "title": first.title}, work.by))
    if group.is_acknowledged:
        entries.append(Entry("acknowledged", {"via": "integration", "cancelled": 0}, work.by))
    work.append(new.id, entries)
    return new.id


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
        case = Case(incident=incident, by=work.by, now=work.now)
        found = found_in(case, incident, run, await pages_out(work.db, incident_id))
        change = recover(found.case, count=len(titles), title=_named(titles))
        await work.change(found, change, given=("decided", "open_alert_count"))


def _named(titles: Sequence[str]) -> str:
    """The first of several, as one reads them."""
    return ", ".join(title[:LONGEST_NAMED] for title in titles[:NAMED]) + ("…" if len(titles) > NAMED else "")
