"""What an incident will be once the verbs on their way are done: decided as the server does, on what is known here."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from phone.incidents.outbox import Pending
from shared.domain.alerts import Severity
from shared.domain.incidents import ending, escalating, taking
from shared.domain.incidents.allowed_verbs import Refusal
from shared.domain.incidents.case import Case, IncidentFacts
from shared.domain.incidents.changes import Change
from shared.domain.incidents.timeline import Who
from shared.wire.incidents import IncidentItem, Snooze
from shared.wire.lists import Ref


def preview(item: IncidentItem, pending: Sequence[Pending], *, me: Ref, now: datetime) -> IncidentItem:
    """Its state, who has it and until when it sleeps; what can't be foreseen or would be refused changes nothing."""
    for entry in pending:
        if entry.incident_id == item.id:
            item = _after(item, entry, me, now)
    return item


def _after(item: IncidentItem, entry: Pending, me: Ref, now: datetime) -> IncidentItem:
    facts = _facts(item)
    change = _decided(entry, Case(incident=facts, by=Who("user", me.id), via="app", now=now))
    if not isinstance(change, Change):
        return item
    after = change.of(facts)
    known = {ref.id: ref for ref in (me, item.acknowledged_by) if ref is not None}
    is_paged = after.state == "triggered"
    return msgspec.structs.replace(
        item,
        state=after.state,
        acknowledged_at=after.acknowledged_at,
        acknowledged_by=known.get(after.acknowledged_by or ""),
        snoozed_until=after.snoozed_until,
        silenced_until=after.silenced_until,
        resolved_at=after.resolved_at,
        paging=item.paging if is_paged else [],
        next=item.next if is_paged else None,
    )


def _facts(item: IncidentItem) -> IncidentFacts:
    return IncidentFacts(
        id=item.id,
        state=item.state,
        severity=Severity(item.severity),
        severity_pinned=item.severity_pinned,
        alert_count=item.alert_count,
        open_alert_count=item.open_alert_count,
        acknowledged_at=item.acknowledged_at,
        acknowledged_by=item.acknowledged_by.id if item.acknowledged_by else None,
        snoozed_until=item.snoozed_until,
        silenced_until=item.silenced_until,
        resolved_at=item.resolved_at,
        merged_into=item.merged_into.id if item.merged_into else None,
    )


def _decided(entry: Pending, case: Case) -> Change | Refusal | None:
    """None for verbs that need more than the phone knows, or change nothing that a row shows."""
    match entry.verb:
        case "acknowledge":
            return taking.acknowledge(case)
        case "unacknowledge":
            return taking.unacknowledge(case)
        case "snooze":
            asked = msgspec.convert(entry.body, Snooze, strict=False)
            return taking.snooze(case, until=asked.until or case.now + timedelta(seconds=asked.seconds or 0))
        case "unsnooze":
            return taking.unsnooze(case)
        case "escalate":
            return escalating.escalate(case, level=None)
        case "resolve":
            return ending.resolve(case, words={})
        case "reopen":
            return ending.reopen(case)
        case _:
            return None
