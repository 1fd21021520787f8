"""How many incidents match, by segment, state and severity."""

from typing import Any

from server.accounts.access.actors import Actor
from server.incidents.lists.filtering import MINE, PAGED, where_of
from server.kernel.database import Database
from shared.wire.incidents import IncidentCounts, IncidentFilter


async def count_incidents(db: Database, actor: Actor, wanted: IncidentFilter) -> IncidentCounts:
    """Without a wanted state, open incidents only: those that are over grow without end."""
    where, args = where_of(db, actor, wanted)
    counted = " AND ".join(where if wanted.state else [*where, "incident.state <> 'resolved'"])
    text = (
        f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {MINE} THEN 1 ELSE 0 END), 0),"  # noqa: S608 fixed parts only
        " COALESCE(SUM(CASE WHEN incident.team_id IN :mine THEN 1 ELSE 0 END), 0),"
        f" COALESCE(SUM(CASE WHEN incident.state = 'triggered' AND silenced_until IS NULL AND {PAGED}"
        " THEN 1 ELSE 0 END), 0)"
        f" FROM incident WHERE {counted}"
    )
    everything, mine, teams, waiting = (await db.values(text, mine=tuple(actor.team_ids), **args))[0]
    return IncidentCounts(
        mine=mine,
        teams=teams,
        all=everything,
        waiting_for_me=waiting,
        by_state=await _by(db, "state", counted, args),
        by_severity=await _by(db, "severity", counted, args),
    )


async def _by(db: Database, column: str, where: str, args: dict[str, Any]) -> dict[Any, int]:
    text = f"SELECT {column}, COUNT(*) FROM incident WHERE {where} GROUP BY {column}"  # noqa: S608 fixed parts only
    return dict(await db.values(text, **args))
