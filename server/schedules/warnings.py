"""What the readers of a schedule should know although it is kept."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from server.accounts.access.names import names_of_people
from server.accounts.people.find import people_answering
from server.delivery.addresses import living_addresses
from server.kernel.database import Database
from server.schedules.known import known_to, problem
from server.schedules.rotas import ScheduleRow
from shared.domain.on_call.doubled_roles import doubled_from
from shared.domain.on_call.rota import Rota
from shared.domain.on_call.schedule_checks import check_schedule
from shared.domain.on_call.schedules import gaps, shifts
from shared.wire.problems import FieldProblem

GAPS_AHEAD = timedelta(days=30)
PEOPLE = frozenset({"not_in_team", "deactivated", "unknown_user"})


async def warnings_of(db: Database, row: ScheduleRow, rota: Rota, now: datetime) -> list[FieldProblem]:
    """Members who left or can't be told by the channels that were chosen, and the next gap.

    Who left the team, or whose account ended, is refused at the next saving.
    """
    checked = check_schedule(row.plan, await known_to(db, row.team_id), now=now)
    left = (problem(flaw) for flaw in checked.flaws if flaw.code in PEOPLE)
    return [*left, *await _out_of_reach(db, row, rota, now), *_gap(rota, now)]


async def _out_of_reach(db: Database, row: ScheduleRow, rota: Rota, now: datetime) -> list[FieldProblem]:
    """Who is on call in the next 30 days and can't be paged: nothing of the team's pages who may not act there, or
    they have no address. Whoever has none of the unified channels is told their own way.
    """
    people = sorted({shift.user_id for shift in shifts(rota, now, now + GAPS_AHEAD)})
    addresses = await living_addresses(db, people)
    names, answering = await names_of_people(db, people), await people_answering(db, row.team_id, people)
    found: list[FieldProblem] = []
    for id in people:
        args, name = {"user_id": id, "name": names.get(id, "")}, names.get(id, "")
        own = addresses.get(id, ())
        if id not in answering:
            found.append(_cannot_answer("layers", id, name))
        elif not own:
            found.append(_unreachable("layers", id, name))
        elif row.notices.by == "unified" and not any(each.channel in row.notices.channels for each in own):
            message = f"{name} has no address of these channels and is told their own way."
            found.append(FieldProblem(field="notices.channels", code="no_unified_channel", message=message, args=args))
    return found


async def unreachable(db: Database, user_ids: Iterable[str], field: str) -> list[FieldProblem]:
    """A warning for each of these who has no address to be paged at."""
    ids = sorted(set(user_ids))
    addresses, names = await living_addresses(db, ids), await names_of_people(db, ids)
    return [_unreachable(field, id, names.get(id, "")) for id in ids if not addresses.get(id)]


async def unpaged(db: Database, team_id: str, user_id: str, field: str) -> list[FieldProblem]:
    """A warning where nothing of the team's pages this person: they may not act there, or have no address."""
    if await people_answering(db, team_id, [user_id]):
        return await unreachable(db, [user_id], field)
    return [_cannot_answer(field, user_id, (await names_of_people(db, [user_id])).get(user_id, ""))]


async def doubled(
    db: Database, before: Rota, after: Rota, user_id: str, span: tuple[datetime, datetime], field: str
) -> list[FieldProblem]:
    """A warning where a stand-in makes somebody hold several roles at once."""
    at = await asyncio.to_thread(doubled_from, before, after, user_id, *span)
    if at is None:
        return []
    name = (await names_of_people(db, [user_id])).get(user_id, "")
    message = f"{name} holds several roles at once from {at:%Y-%m-%d %H:%M} UTC on."
    args = {"user_id": user_id, "name": name, "at": at}
    return [FieldProblem(field=field, code="several_roles", message=message, args=args)]


def _cannot_answer(field: str, user_id: str, name: str) -> FieldProblem:
    message = f"{name} is on call within 30 days and isn't paged: they may not act on the team's incidents."
    return FieldProblem(field=field, code="cannot_answer", message=message, args={"user_id": user_id, "name": name})


def _unreachable(field: str, user_id: str, name: str) -> FieldProblem:
    message = f"{name} is on call within 30 days and has no address to be paged at."
    return FieldProblem(field=field, code="unreachable", message=message, args={"user_id": user_id, "name": name})


def _gap(rota: Rota, now: datetime) -> list[FieldProblem]:
    """A warning when nobody is on call at some time of the next 30 days."""
    found = gaps(rota, now, now + GAPS_AHEAD)
    if not found:
        return []
    args = {"start": found[0].start, "end": found[0].end, "count": len(found)}
    message = f"Nobody is on call from {found[0].start:%Y-%m-%d %H:%M} UTC on."
    return [FieldProblem(field="layers", code="gap_ahead", message=message, args=args)]
