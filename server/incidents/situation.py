"""Gather what a verb is decided on: the incident, its run, its pages, its alerts, who asks, and who follows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from server.delivery.enqueue import Cancelled
from server.escalation.runs import RunRow, has_reached, load_run
from server.incidents.current import IncidentHead, IncidentRow, OpenIncident
from server.incidents.followers import followers_of, is_followed
from server.incidents.paging.covered import covered_until
from server.kernel.database import Database
from server.pages.clear import Shown, pages_shown
from server.pages.taken_back import PagesOut, pages_cancelled, pages_out, pages_since
from shared.domain.alerts import Severity
from shared.domain.incidents.allowed_verbs import Ended, Verb
from shared.domain.incidents.case import Case, Follower, Held, Undo
from shared.domain.incidents.editing import Edit
from shared.domain.incidents.following import UNNOTICED
from shared.domain.incidents.timeline import Who

RUNLESS: Final[tuple[Verb, ...]] = ("unsnooze", "add_responders", "comment", "follow")
"""Verbs that the run goes on through as if there had been none."""


class Found(Struct, frozen=True, kw_only=True):
    """The case, and the rows that it was made of.

    `pages` are those that would be taken back, `shown` what devices would clear, `cancelled` what could be sent again.
    """

    incident: IncidentHead | OpenIncident
    run: RunRow | None = None
    pages: tuple[str, ...] = ()
    shown: Shown = Shown()
    cancelled: Sequence[Cancelled] = ()
    case: Case


class _Firing(Struct, frozen=True):
    severity: Severity


async def gather(db: Database, incident: IncidentRow, verb: Verb, *, by: Who, via: str = "", now: datetime) -> Found:
    """As much as the verb asks about; of one that is not legal now, what tells that."""
    is_asked = verb == "acknowledge" and by.kind == "user" and await _is_asked(db, incident.id, by.id or "")
    case = Case(incident=incident, by=by, via=via, now=now, is_asked=is_asked)
    if case.refusal(verb) is not None:
        return Found(incident=incident, case=case)
    if verb in ("follow", "merge"):
        followers = tuple(Follower(each.id, each.name) for each in await followers_of(db, incident.id))
        case = msgspec.structs.replace(case, followers=followers, is_followed=bool(followers))
    elif verb not in UNNOTICED:
        case = msgspec.structs.replace(case, is_followed=await is_followed(db, incident.id))
    if verb in RUNLESS:
        return Found(incident=incident, case=case)
    run = await load_run(db, incident.id, incident.cycle)
    if verb == "undo" and incident.undo is not None:
        return await _before_undo(db, case, incident, incident.undo, run)
    pages, shown, facts = await _asked_about(db, case, incident, verb, run)
    return found_in(msgspec.structs.replace(case, **facts), incident, run, pages, shown)


async def gather_edit(db: Database, incident: IncidentRow, wanted: Edit, *, by: Who, now: datetime) -> Found:
    """As much as these edits ask about."""
    firing = list[_Firing]()
    if wanted.unpins(incident):
        text = "SELECT DISTINCT severity FROM alert WHERE incident_id = :id AND closed_at IS NULL"
        firing = await db.rows(_Firing, text, id=incident.id)
    heard = wanted.retitles(incident.wording) and await is_followed(db, incident.id)
    severities = tuple(each.severity for each in firing)
    case = Case(incident=incident, by=by, now=now, firing=severities, is_followed=heard)
    return Found(incident=incident, case=case)


async def gather_recovery(db: Database, incident: OpenIncident, *, by: Who, now: datetime) -> Found:
    """What its end asks about, when its sources say that it is over."""
    run = await load_run(db, incident.id, incident.cycle)
    pages, shown = await pages_out(db, incident.id), await pages_shown(db, incident.id)
    case = Case(incident=incident, by=by, now=now, is_followed=await is_followed(db, incident.id))
    return found_in(case, incident, run, pages, shown)


async def gather_waking(db: Database, incident: IncidentRow, *, now: datetime) -> Found:
    """What the end of its snooze asks about."""
    run = await load_run(db, incident.id, incident.cycle)
    return found_in(Case(incident=incident, now=now, is_followed=await is_followed(db, incident.id)), incident, run)


def found_in(
    case: Case,
    incident: IncidentHead | OpenIncident,
    run: RunRow | None,
    pages: PagesOut | None = None,
    shown: Shown = Shown(),  # noqa: B008 a constant
) -> Found:
    """A case of which the run, and what its pages are, are known by now."""
    ids, states = zip(*pages, strict=True) if pages else ((), ())
    counted = msgspec.structs.replace(case, run=run, queued=states.count("queued"), left=states.count("accepted"))
    return Found(incident=incident, run=run, pages=ids, shown=shown, case=counted)


async def _asked_about(
    db: Database, case: Case, incident: IncidentRow, verb: Verb, run: RunRow | None
) -> tuple[PagesOut, Shown, dict[str, Any]]:
    """The pages that the verb takes back, what devices show no longer after it, and what it alone asks about."""
    id, pages, shown, facts = incident.id, PagesOut(), Shown(), dict[str, Any]()
    match verb:
        case "acknowledge" | "snooze":
            pages = await pages_out(db, id, answered_by=case.by.id or "")
            shown = await pages_shown(db, id, answered_by=case.by.id or "")
        case "reassign" | "merge":
            pages, shown = await pages_out(db, id), await pages_shown(db, id)
        case "resolve":
            pages, shown = await pages_out(db, id), await pages_shown(db, id)
            facts = {"groups": await _open_groups(db, id)}
        case "escalate":
            shown = await pages_shown(db, id, is_answered=False)
        case "unacknowledge":
            facts = {"has_reached": run is not None and await has_reached(db, run)}
        case "reopen":
            facts = await _ended(db, id, incident.resolved_at or case.now)
            facts["groups"] = await _may_group(db, incident)
        case _:
            pass
    return pages, shown, facts


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


async def _before_undo(db: Database, case: Case, incident: IncidentRow, last: Undo, run: RunRow | None) -> Found:
    pages, facts, closed_at = PagesOut(), dict[str, Any](), None
    if last.verb == "escalate":
        pages = await pages_since(db, incident.id, cycle=incident.cycle, since=last.step)
    if last.verb == "resolve":
        closed_at = last.at
        facts = await _ended(db, incident.id, closed_at) | {"groups": await _free_groups(db, last.groups)}
    facts["is_silenced"] = await covered_until(db, incident.id, case.now, closed_at=closed_at) is not None
    found = found_in(msgspec.structs.replace(case, **facts), incident, run, pages)
    return msgspec.structs.replace(found, cancelled=await pages_cancelled(db, incident.id, at=last.at))


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
