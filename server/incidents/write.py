"""Write incidents: alone inserts and updates their rows, whoever decided what becomes of them, and reads nothing.

Two ways to change one, by what they rest on. A decision rests on all that was decided before, or on the facts that are
named (`apply_change`, `decide`). What alerts change by the hundred rests on named facts and makes no decision old
(`adjust`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from server.accounts.people.incident_numbers import COUNTER, draw
from server.delivery.enqueue import cancel, restore
from server.escalation.runs import ASK, GRAVER, QUIET, resume, start, stop, take_back_steps
from server.incidents.alerts import close_alerts, move_alerts, reopen_alerts, take_over_alerts
from server.incidents.current import OpenIncident
from server.incidents.follower_notices import NOTIFY, EntryRef
from server.incidents.followers import add_followers, bring_followers, remove_follower
from server.incidents.responders import answer, call, forget_answers, free_called
from server.incidents.situation import Found
from server.kernel.clock import to_us
from server.kernel.database import Priority, Writes
from server.kernel.due import Kind, arm, disarm
from server.kernel.errors import Conflict
from server.pages.clear import clear_pages
from server.pages.waiting import wait_for_all
from server.timeline.append import BLANK, RAISED, add_lines, append
from server.timeline.seal import tally
from shared.domain.incidents.allowed_verbs import Refusal
from shared.domain.incidents.changes import (
    Adjustment,
    Change,
    GoOn,
    Hush,
    Restore,
    Resume,
    Stop,
    TakeBack,
)
from shared.domain.incidents.following import notices_of
from shared.domain.incidents.opening import NewIncident, Opening
from shared.domain.incidents.timeline import Entry

WAKE = Kind("incident.wake", Priority.PAGE)


class Head(Protocol):
    """What a decision must know of the row; `decided` is None within the writes of an earlier decision."""

    @property
    def id(self) -> str: ...
    @property
    def decided(self) -> int | None: ...


def open_incidents(writes: Writes, openings: Sequence[Opening], *, now: datetime) -> None:
    """Draw their numbers, a team's at once; write each, what is recorded of it, and its run."""
    left = Counter(opening.incident.team_id for opening in openings)
    for team_id, count in sorted(left.items()):
        draw(writes, team_id, count)
    for opening in openings:
        new = opening.incident
        left[new.team_id] -= 1
        _insert(writes, new, back=left[new.team_id])
        append(writes, new.id, opening.entries, now=now)
        start(writes, new.id, cycle=1, policy=opening.policy, is_running=opening.is_running, now=now)


def _insert(writes: Writes, new: NewIncident, *, back: int = 0) -> None:
    """Its number lies `back` before the last one drawn."""
    columns, values = BLANK
    writes.sql(
        "INSERT INTO incident (id, number, service_id, team_id, integration_id, opened_by, title, description,"  # noqa: S608 fixed
        " group_key, group_open, state, severity, severity_pinned, cycle, alert_count, open_alert_count,"
        f" triggered_at, acknowledged_at, decided, {columns})"
        " SELECT :id, value - :back, :service_id, :team_id, :integration_id, :opened_by, :title, :description,"
        " :group_key, :group_open, :state, :severity, :severity_pinned, 1, :alert_count, :alert_count,"
        f" :triggered_at, :acknowledged_at, 0, {values} FROM counter WHERE name = {COUNTER}",
        expect=1,
        back=back,
        id=new.id,
        service_id=new.service_id,
        team_id=new.team_id,
        integration_id=new.integration_id,
        opened_by=new.opened_by,
        title=new.title,
        description=new.description,
        group_key=new.group_key,
        group_open=new.group_open,
        state=new.state,
        severity=new.severity,
        severity_pinned=new.severity_pinned,
        alert_count=new.alert_count,
        triggered_at=new.triggered_at,
        acknowledged_at=new.acknowledged_at,
    )


def apply_change(found: Found, change: Change | Refusal, *, given: Sequence[str] | None = None) -> Writes:
    """All that a verb changes, as it was decided on what was found; with `given`, stale only if these columns differ.

    Raises Conflict with the reason when it was refused.
    """
    if isinstance(change, Refusal):
        raise Conflict(change.message, code=change.code)
    incident, now, writes = found.incident, found.case.now, Writes()
    if change.closes_alerts:
        hold(writes, incident)
    if change.merges_into is not None:
        hold(writes, incident, severity=incident.severity)
    _write_run(writes, found, change)
    _write_pages(writes, found, change)
    _write_looks(writes, incident.id, change, now)
    _write_called(writes, found, change)
    _write_alerts(writes, incident.id, change, now)
    if change.merges_into is not None:
        _move_all(writes, found, change.merges_into)
    if change.follows or change.unfollows is not None:
        _write_followers(writes, incident.id, change, now)
    _write_row(writes, found, change, given)
    return writes


def _write_run(writes: Writes, found: Found, change: Change) -> None:
    run, now = found.run, found.case.now
    match change.run:
        case Stop(position, next_at) if run is not None:
            stop(writes, run, position=position, next_at=next_at)
        case Resume(position, at) if run is not None:
            resume(writes, run, position=position, at=at, now=now)
        case _:
            pass
    if change.start is not None:
        start(writes, found.incident.id, cycle=change.start.cycle, policy=change.start.policy, now=now)


def _write_pages(writes: Writes, found: Found, change: Change) -> None:
    incident, now = found.incident, found.case.now
    if isinstance(change.pages, TakeBack | Hush) or change.steps is not None:
        cancel(writes, found.pages, now=now)
    if change.steps is not None:
        take_back_steps(writes, incident.id, cycle=incident.cycle, since=change.steps.since)
    match change.pages:
        case TakeBack() | GoOn():
            clear_pages(writes, found.shown, rev=incident.rev, now=now)
        case Restore():
            restore(writes, found.cancelled, now=now)
        case _:
            pass


def _write_looks(writes: Writes, id: str, change: Change, now: datetime) -> None:
    if change.wakes_at is not None:
        arm(writes, WAKE, id, at=change.wakes_at, now=now)
    elif change.awake:
        disarm(writes, WAKE, id)
    if change.looks_for_silences:
        arm(writes, QUIET, id, at=now, now=now)
    if change.looks_for_milder:
        arm(writes, GRAVER, id, at=now, now=now)


def _write_called(writes: Writes, found: Found, change: Change) -> None:
    id, by, now = found.incident.id, found.case.by, found.case.now
    if change.answers_call:
        answer(writes, id, by.id or "", now=now)
    if change.call_unanswered_at is not None:
        forget_answers(writes, id, at=change.call_unanswered_at)
    if change.frees_called:
        free_called(writes, id)
    if change.calls:
        call(writes, id, change.calls, by=by.id, now=now)
        arm(writes, ASK, id, at=now, now=now)


def _write_alerts(writes: Writes, id: str, change: Change, now: datetime) -> None:
    """Alerts that end or begin again with it, and the groups by which others would join."""
    if change.closes_alerts:
        close_alerts(writes, id, now=now)
    if change.alerts is not None:
        reopen_alerts(writes, change.alerts.ids, closed_at=change.alerts.closed_at)
        take_over_alerts(writes, change.alerts.held, id)
    if change.closes_groups:
        writes.sql("UPDATE incident SET group_open = FALSE WHERE merged_into = :id AND group_open", id=id)
    for other in change.opens_groups:
        writes.sql("UPDATE incident SET group_open = TRUE WHERE id = :id", expect=1, id=other)


def _write_followers(writes: Writes, id: str, change: Change, now: datetime) -> None:
    add_followers(writes, id, change.follows, now=now)
    if change.unfollows is not None:
        remove_follower(writes, id, change.unfollows)


def _write_row(writes: Writes, found: Found, change: Change, given: Sequence[str] | None) -> None:
    """The row and what is recorded of it, the notices of that, and whom it waits for from now on."""
    incident, now = found.incident, found.case.now
    if change.commutes:
        append(writes, incident.id, change.entries, now=now)
    elif change.entries or change.new:
        facts = None if given is None else {name: getattr(incident, name) for name in given}
        decide(writes, incident, change.entries, now=now, given=facts, **change.new)
    for notice in notices_of(found.case, change.entries):
        arm(writes, NOTIFY, EntryRef(incident.id, notice.kind, to_us(now)), at=notice.at, now=now)
    if change.is_turn:
        new = change.new
        state, silenced = new.get("state", incident.state), new.get("silenced_until", incident.silenced_until)
        waits = state == "triggered" and silenced is None
        wait_for_all(writes, incident.id, cycle=new.get("cycle", incident.cycle) if waits else None)


def _move_all(writes: Writes, found: Found, target: str) -> None:
    """Its alerts, how many they are, what was merged into it before, and who follows it."""
    source = found.incident.id
    move_alerts(writes, source, target)
    for move in (
        "UPDATE incident SET alert_count = alert_count + (SELECT alert_count FROM incident WHERE id = :source),"
        " open_alert_count = open_alert_count + (SELECT open_alert_count FROM incident WHERE id = :source)"
        " WHERE id = :target",
        "UPDATE incident SET merged_into = :target WHERE merged_into = :source",
    ):
        writes.sql(move, source=source, target=target)
    bring_followers(writes, target, [each.id for each in found.case.followers], now=found.case.now)


def decide(
    writes: Writes,
    head: Head,
    entries: Sequence[Entry],
    *,
    now: datetime,
    given: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Decide on the incident as `head` says it stands; Stale if anything was decided since, but not if alerts joined.

    With `given`, Stale only if these columns have other values; either way, it makes older decisions Stale.
    """
    guards = {"decided": head.decided} if given is None else dict(given)
    if head.decided is None:
        guards.pop("decided", None)
    _write(writes, head.id, entries, RowChange(given=guards, is_decision=True, new=changes), now=now)


def adjust(writes: Writes, incident: OpenIncident, change: Adjustment, *, now: datetime) -> None:
    """All that alerts change of it; Stale unless what that rests on is as it was found."""
    if change.through is not None:
        _hold_group(writes, change.through, incident.id)
    if (count := change.tally) is not None:
        tally(writes, incident.id, count.kind, count.number, count.title, count.by)
    given = {name: getattr(incident, name) for name in change.given}
    row = RowChange(given=given, above=change.above, added=change.added, new=change.new)
    _write(writes, incident.id, change.entries, row, now=now)
    if change.looks_for_silences:
        arm(writes, QUIET, incident.id, at=now, now=now)
    if change.looks_for_milder:
        arm(writes, GRAVER, incident.id, at=now, now=now)


def hold(writes: Writes, head: Head, **given: str) -> None:
    """Keep others from the row until the commit, so that what is written next sees every alert that has joined."""
    where = " AND ".join(f"{name} = :{name}" for name in ("id", "decided", *given))
    text = f"UPDATE incident SET decided = decided WHERE {where}"  # noqa: S608 columns
    writes.sql(text, expect=1, id=head.id, decided=head.decided, **given)


def _hold_group(writes: Writes, id: str, target: str) -> None:
    """Stale unless new alerts of the group still join the target that the incident was merged into."""
    text = "UPDATE incident SET decided = decided WHERE id = :id AND group_open AND merged_into = :target"
    writes.sql(text, expect=1, id=id, target=target)


def let_silences_hold(writes: Writes, id: str) -> None:
    """Whoever wanted others to be paged said so before a silence that touches it."""
    writes.sql("UPDATE incident SET pages_anyway = FALSE WHERE id = :id", id=id)


class RowChange(Struct, frozen=True, kw_only=True):
    """What becomes of an incident's columns, and what it rests on."""

    given: Mapping[str, Any] = {}
    above: Mapping[str, int] = {}
    added: Mapping[str, int] = {}
    new: Mapping[str, Any] = {}
    is_decision: bool = False

    def statement(self) -> str:
        changed = {"decided": "rev + 1"} if self.is_decision else {}
        changed |= {name: f"{name} + :added_{name}" for name in self.added}
        changed |= {name: f":new_{name}" for name in self.new}
        given = [f"{name} {'IS NULL' if value is None else f'= :given_{name}'}" for name, value in self.given.items()]
        where = ["id = :id", *given, *(f"{name} > :above_{name}" for name in self.above)]
        sets = ", ".join([RAISED, *(f"{name} = {value}" for name, value in changed.items())])
        return f"UPDATE incident SET {sets} WHERE {' AND '.join(where)}"  # noqa: S608 columns of ours

    def args(self) -> dict[str, Any]:
        kinds = {"given": self.given, "above": self.above, "added": self.added, "new": self.new}
        return {f"{kind}_{name}": value for kind, named in kinds.items() for name, value in named.items()}


def _write(writes: Writes, incident_id: str, entries: Sequence[Entry], change: RowChange, *, now: datetime) -> None:
    writes.sql(change.statement(), expect=1, id=incident_id, entries=len(entries), **change.args())
    add_lines(writes, incident_id, entries, now=now)
