"""Gather what a verb is decided on: the incident, its run, its pages, its alerts, and who asks."""

from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from server.escalation.runs import RunRow, has_reached, load_run
from server.incidents.current import IncidentHead, IncidentRow
from server.incidents.paging.covered import covered_until
from server.kernel.database import Database
from server.pages.taken_back import PagesOut, pages_out, pages_since
from shared.domain.incidents.case import Case, Held, Undo
from shared.domain.incidents.timeline import Who
from shared.domain.incidents.verbs import Ended, Verb

RUNLESS: Final[tuple[Verb, ...]] = ("unsnooze", "add_responders")
"""Verbs that the run goes on through as if there had been none."""


class Found(Struct, frozen=True, kw_only=True):
    """The case, and the rows that it was made of: `pages` are those that would be taken back."""

    incident: IncidentHead
    run: RunRow | None = None
    pages: tuple[str, ...] = ()
    case: Case


async def gather(db: Database, incident: IncidentRow, verb: Verb, *, by: Who, via: str = "", now: datetime) -> Found:
    """As much as the verb asks about; of one that is not legal now, what tells that."""
    is_asked = verb == "acknowledge" and by.kind == "user" and await _is_asked(db, incident.id, by.id or "")
    case = Case(incident=incident, by=by, via=via, now=now, is_asked=is_asked)
    if verb in RUNLESS or case.refusal(verb) is not None:
        return Found(incident=incident, case=case)
    run = await load_run(db, incident.id, incident.cycle)
    facts, pages = dict[str, Any](), PagesOut()
    match verb:
        case "acknowledge" | "snooze":
            pages = await pages_out(db, incident.id, answered_by=by.id or "")
        case "reassign" | "merge":
            pages = await pages_out(db, incident.id)
        case "resolve":
            pages, facts = await pages_out(db, incident.id), {"groups": await _open_groups(db, incident.id)}
        case "unacknowledge":
            facts = {"has_reached": run is not None and await has_reached(db, run)}
        case "reopen":
            facts = await _ended(db, incident.id, incident.resolved_at or now)
            facts["groups"] = await _may_group(db, incident)
        case "undo" if incident.undo is not None:
            pages, facts = await _before_undo(db, incident, incident.undo, now)
        case _:
            pass
    return found_in(msgspec.structs.replace(case, **facts), incident, run, pages)


def found_in(case: Case, incident: IncidentHead, run: RunRow | None, pages: PagesOut | None = None) -> Found:
    """A case of which the run, and what its pages are, are known by now."""
    ids, states = zip(*pages, strict=True) if pages else ((), ())
    counted = msgspec.structs.replace(case, run=run, queued=states.count("queued"), left=states.count("accepted"))
    return Found(incident=incident, run=run, pages=ids, case=counted)


async def _is_asked(db: Database, incident_id: str, user_id: str) -> bool:
    found = await db.value(
        "SELECT 1 FROM incident_responder WHERE incident_id = :incident AND user_id = :user AND answered_at IS NULL",
        incident=incident_id,
        user=user_id,
    )
    return found is not None


async def _open_groups(db: Database, incident_id: str) -> tuple[str, ...]:
    """The incident and those merged into it, as far as new alerts of their groups join it."""
    rows = await db.values(
        "SELECT id FROM incident WHERE group_open AND (id = :id OR merged_into = :id) ORDER BY id", id=incident_id
    )
    return tuple(id for (id,) in rows)


async def _may_group(db: Database, incident: IncidentRow) -> tuple[str, ...]:
    """The incident, if it has a group that no other open incident has taken."""
    if incident.service_id is None:
        return ()
    taken = await db.value(
        "SELECT 1 FROM incident WHERE group_open AND service_id = :service AND group_key = :key AND id <> :id",
        service=incident.service_id,
        key=incident.group_key,
        id=incident.id,
    )
    return () if taken is not None else (incident.id,)


async def _before_undo(
    db: Database, incident: IncidentRow, last: Undo, now: datetime
) -> tuple[PagesOut, dict[str, Any]]:
    pages, facts, closed_at = PagesOut(), dict[str, Any](), None
    if last.verb == "escalate":
        pages = await pages_since(db, incident.id, cycle=incident.cycle, since=last.step)
    if last.verb == "resolve":
        closed_at = last.at
        facts = await _ended(db, incident.id, closed_at) | {"groups": await _free_groups(db, last.groups)}
    is_silenced = await covered_until(db, incident.id, now, closed_at=closed_at) is not None
    return pages, facts | {"is_silenced": is_silenced}


async def _free_groups(db: Database, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Of these incidents, those whose group no other one has taken since."""
    rows = await db.values(
        "SELECT id FROM incident WHERE id IN :ids AND NOT EXISTS (SELECT 1 FROM incident AS newer"
        " WHERE newer.group_open AND newer.service_id = incident.service_id"
        " AND newer.group_key = incident.group_key)",
        ids=ids,
    )
    return tuple(id for (id,) in rows)


async def _ended(db: Database, incident_id: str, closed_at: datetime) -> dict[str, Any]:
    """The alerts that a resolution closed then, and what holds those that fire again."""
    ended = await db.rows(
        Ended,
        "SELECT id, recovered_at IS NOT NULL OR EXISTS (SELECT 1 FROM alert AS newer"
        " WHERE newer.integration_id = alert.integration_id AND newer.key_hash = alert.key_hash"
        " AND newer.seq > alert.seq AND newer.closed_at IS NOT NULL"
        " AND (newer.recovered_at IS NOT NULL OR NOT newer.closed_with_incident)) AS is_over,"
        " (SELECT incident.number FROM alert AS newer JOIN incident ON incident.id = newer.incident_id"
        " WHERE newer.integration_id = alert.integration_id AND newer.key_hash = alert.key_hash"
        " AND newer.closed_at IS NULL) AS fires_in,"
        " (SELECT newer.id FROM alert AS newer"
        " WHERE newer.integration_id = alert.integration_id AND newer.key_hash = alert.key_hash"
        " AND newer.closed_at IS NULL AND newer.incident_id IS NULL) AS held"
        " FROM alert WHERE incident_id = :id AND closed_at = :at AND closed_with_incident",
        id=incident_id,
        at=closed_at,
    )
    held = await db.rows(
        Held,
        "SELECT id, severity, title FROM alert WHERE id IN :ids ORDER BY id",
        ids=tuple(each.held for each in ended if each.held is not None),
    )
    return {"ended": tuple(ended), "held": tuple(held)}
