"""Incidents begin, take alerts in, and let them go as they recover: what each changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from shared.domain.alerts import Severity
from shared.domain.incidents.allowed_verbs import State, worst
from shared.domain.incidents.case import IncidentFacts
from shared.domain.incidents.changes import Adjustment, Tally
from shared.domain.incidents.timeline import Entry, Who
from shared.domain.paging.escalation import Policy
from shared.domain.pipeline.grouping import may_join

NAMED, LONGEST_NAMED = 3, 200
"""Of alerts that recover together so many are named, each by so many characters."""
GRADED: Final = ("state", "severity", "severity_pinned")
"""What a severity that follows from alerts is decided on."""


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


class ByHand(Struct, frozen=True, kw_only=True):
    """What somebody opens without an alert, and pages for; `people` are names."""

    team_id: str
    service_id: str | None
    title: str
    description: str | None
    severity: Severity
    people: tuple[str, ...]
    policy: Policy | None


class OpenFacts(IncidentFacts, frozen=True, kw_only=True):
    """What decides whether alerts join an incident."""

    triggered_at: datetime
    opened_by: str | None = None


class NewIncident(Struct, frozen=True, kw_only=True):
    """The row of an incident that begins now."""

    id: str
    service_id: str | None
    team_id: str
    integration_id: str | None = None
    opened_by: str | None = None
    title: str
    description: str | None = None
    group_key: str
    group_open: bool
    state: State
    severity: Severity
    severity_pinned: bool
    alert_count: int
    triggered_at: datetime
    acknowledged_at: datetime | None = None


class Opening(Struct, frozen=True, kw_only=True):
    """An incident that begins, and its run: without a policy the fallback is paged; one that isn't running waits."""

    incident: NewIncident
    entries: tuple[Entry, ...]
    policy: Policy | None
    is_running: bool = True


class Placement(Struct, frozen=True, kw_only=True):
    """Where groups of alerts go. `joins`: the group, who holds it open, and the incident that takes it."""

    closes: tuple[str, ...]
    joins: tuple[tuple[Group, str, str], ...]
    opens: tuple[Group, ...]


def place(
    groups: Sequence[Group],
    *,
    holders: Mapping[tuple[str, str], str],
    incidents: Mapping[str, OpenFacts],
    now: datetime,
) -> Placement:
    """By the incident that holds each (service, group key) open, or the one that it was merged into.

    One that is too old takes no more, so that a new one holds its group from now on.
    """
    closes, joins, opens = list[str](), list[tuple[Group, str, str]](), list[Group]()
    for group in groups:
        holder_id = holders.get((group.service_id, group.group_key))
        if holder_id is None:
            opens.append(group)
            continue
        incident = incidents[incidents[holder_id].merged_into or holder_id]
        if incident.state != "resolved" and may_join(incident.triggered_at, now):
            joins.append((group, holder_id, incident.id))
            continue
        if incident.state != "resolved":
            closes.append(holder_id)
        opens.append(group)
    return Placement(closes=tuple(closes), joins=tuple(joins), opens=tuple(opens))


def join(incident: IncidentFacts, group: Group, *, holder_id: str, by: Who) -> Adjustment:
    """Rests on the open group and on the severity, which these alerts may have to raise; not on what else joins."""
    count, is_held_by_itself = len(group.arrivals), holder_id == incident.id
    return Adjustment(
        given=("severity", "merged_into", "silenced_until", *(("group_open",) if is_held_by_itself else ())),
        added={"alert_count": count, "open_alert_count": count},
        tally=Tally("alerts_joined", count, group.arrivals[0].title, by),
        through=None if is_held_by_itself else holder_id,
        looks_for_silences=incident.silenced_until is not None,
    )


def open_group(group: Group, *, id: str, policy: Policy | None, by: Who, now: datetime) -> Opening:
    """A new incident, which pages unless its source says that somebody is at all of it."""
    first, count = group.arrivals[0], len(group.arrivals)
    opened = {"title": first.title, "source": group.source, "integration": group.integration_name}
    entries = [Entry("opened", opened, by)]
    if count > 1:
        entries.append(Entry("alerts_joined", {"count": count - 1, "title": first.title}, by))
    if group.is_acknowledged:
        entries.append(Entry("acknowledged", {"via": "integration", "cancelled": 0}, by))
    incident = NewIncident(
        id=id,
        service_id=group.service_id,
        team_id=group.team_id,
        integration_id=group.integration_id,
        title=first.title,
        group_key=group.group_key,
        group_open=True,
        state="acknowledged" if group.is_acknowledged else "triggered",
        severity=worst((arrival.severity for arrival in group.arrivals), otherwise=first.severity),
        severity_pinned=False,
        alert_count=count,
        triggered_at=now,
        acknowledged_at=now if group.is_acknowledged else None,
    )
    return Opening(incident=incident, entries=tuple(entries), policy=policy, is_running=not group.is_acknowledged)


def opened_by_hand(wanted: ByHand, *, id: str, by: Who, now: datetime) -> Opening:
    """It has no alerts and no group, and its severity is the caller's until somebody unpins it."""
    incident = NewIncident(
        id=id,
        service_id=wanted.service_id,
        team_id=wanted.team_id,
        opened_by=by.id,
        title=wanted.title,
        description=wanted.description,
        group_key=id,
        group_open=False,
        state="triggered",
        severity=wanted.severity,
        severity_pinned=True,
        alert_count=0,
        triggered_at=now,
    )
    opened = Entry("opened_by_hand", {"title": wanted.title, "people": list(wanted.people)}, by)
    return Opening(incident=incident, entries=(opened,), policy=wanted.policy)


def let_go(incident: OpenFacts, titles: Sequence[str], *, by: Who) -> Adjustment | None:
    """These of its alerts have recovered; None where that ends it (`ending.recover`), as nothing fires any more.

    What a person opened a person closes (decision 11), and what is over already only counts.
    """
    left = max(0, incident.open_alert_count - len(titles))
    if left == 0 and incident.state != "resolved" and incident.opened_by is None:
        return None
    return Adjustment(
        given=("state",),
        above={"open_alert_count": len(titles)} if left > 0 else {},
        added={"open_alert_count": left - incident.open_alert_count},
        tally=Tally("alerts_recovered", len(titles), named(titles), by),
    )


def named(titles: Sequence[str]) -> str:
    """The first of several, as one reads them."""
    return ", ".join(title[:LONGEST_NAMED] for title in titles[:NAMED]) + ("…" if len(titles) > NAMED else "")


def regrade(incident: IncidentFacts, firing: Mapping[Severity, int], *, has_fewer: bool, by: Who) -> Adjustment | None:
    """Its severity is the worst of the open alerts, of which there are so many of each; None where it stays.

    Where it `has_fewer` than before it rests on their number too: whatever joins meanwhile may be graver.
    """
    severity = worst((each for each, number in firing.items() if number > 0), otherwise=incident.severity)
    if severity == incident.severity or incident.severity_pinned or incident.state == "resolved":
        return None
    return Adjustment(
        given=(*GRADED, "open_alert_count") if has_fewer else GRADED,
        new={"severity": severity},
        entries=(Entry("severity_changed", {"was": incident.severity, "now": severity}, by),),
        looks_for_milder=severity.rank > incident.severity.rank,
    )
