"""What the readers of a schedule should know although it is kept."""

from datetime import datetime, timedelta

from server.kernel.database import Database
from server.schedules.known import known_to, problem
from server.schedules.rotas import ScheduleRow
from shared.domain.rota import Rota
from shared.domain.schedule_checks import check_schedule
from shared.domain.schedules import gaps
from shared.wire.problems import FieldProblem

GAPS_AHEAD = timedelta(days=30)
PEOPLE = frozenset({"not_in_team", "deactivated", "unknown_user"})


async def warnings_of(db: Database, row: ScheduleRow, rota: Rota, now: datetime) -> list[FieldProblem]:
    """Members who left the team or whose account ended, which the next saving refuses, and the next gap."""
    checked = check_schedule(row.plan, await known_to(db, row.team_id), now=now)
    return [*(problem(flaw) for flaw in checked.flaws if flaw.code in PEOPLE), *_gap(rota, now)]


def _gap(rota: Rota, now: datetime) -> list[FieldProblem]:
    """A warning when nobody is on call at some time of the next 30 days."""
    found = gaps(rota, now, now + GAPS_AHEAD)
    if not found:
        return []
    args = {"start": found[0].start, "end": found[0].end, "count": len(found)}
    message = f"Nobody is on call from {found[0].start:%Y-%m-%d %H:%M} UTC on."
    return [FieldProblem(field="layers", code="gap_ahead", message=message, args=args)]
