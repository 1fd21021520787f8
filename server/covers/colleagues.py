"""Gather who could stand in for somebody, and let `shared.domain.covers.candidates` rank them."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from server.accounts.people.find import people_answering
from server.kernel.database import Database, select
from server.schedules.rotas import Loaded, load_rotas, schedules_naming, time_off_since
from server.tables.accounts import Membership
from shared.domain.covers.candidates import AROUND, Candidate, Colleague, candidates, members_at, weigh
from shared.domain.on_call.schedules import shifts
from shared.domain.on_call.shifts import Span
from shared.wire.covers import CoverCandidate
from shared.wire.lists import Ref

MOST_NAMED = 20
HOUR_S = 3600


class WantedHours(Struct, frozen=True, kw_only=True):
    """Hours on a schedule for which somebody is looked for, other than who holds them; empty for whoever does."""

    loaded: Loaded
    user_id: str
    start: datetime
    end: datetime


class _Pool(Struct, frozen=True):
    """The names of those who may answer, and which of them have a place in the schedule."""

    names: dict[str, str]
    members: set[str]


async def propose(
    db: Database, wanted: Sequence[WantedHours], *, only: str | None = None
) -> list[list[CoverCandidate]]:
    """For each, up to MOST_NAMED colleagues, best first; or `only` this one, if they may answer, also where the hours
    clash with theirs.
    """
    if not wanted:
        return []
    pools = {each.loaded.row.id: await _pool(db, each.loaded, each.start, only) for each in wanted}
    ids = {id for pool in pools.values() for id in pool.names}
    since, until = min(each.start for each in wanted) - AROUND, max(each.end for each in wanted) + AROUND
    on_call = await on_call_spans(db, ids, since, until)
    away = await time_off_since(db, since)
    found: list[list[CoverCandidate]] = []
    for each in wanted:
        pool = pools[each.loaded.row.id]
        colleagues = [
            Colleague(
                user_id=id,
                shares=_shared(id, pool),
                on_call=tuple(on_call.get(id, ())),
                away=tuple((off.start, off.end) for off in away.get(id, ())),
            )
            for id in sorted(pool.names, key=lambda id: (pool.names[id].lower(), id))
            if id != each.user_id
        ]
        ranked = candidates(colleagues, each.start, each.end)
        if only is not None:
            ranked = [weigh(colleague, each.start, each.end) for colleague in colleagues]
        found.append([_as_wire(one, pool.names) for one in ranked[:MOST_NAMED]])
    return found


async def on_call_spans(
    db: Database, user_ids: Collection[str], start: datetime, end: datetime
) -> dict[str, list[Span]]:
    """When these people are on call in a window, on every schedule that names them."""
    loaded = await load_rotas(db, await schedules_naming(db, user_ids, since=start), since=start)
    found: dict[str, list[Span]] = {}
    for each in loaded.values():
        for shift in await asyncio.to_thread(shifts, each.rota, start, end):
            if shift.user_id in user_ids:
                found.setdefault(shift.user_id, []).append((shift.start, shift.end))
    return found


async def _pool(db: Database, loaded: Loaded, instant: datetime, only: str | None) -> _Pool:
    members = members_at(loaded.rota.schedule, instant)
    team = {
        id
        for (id,) in await db.values(
            select(Membership, Membership.user_id).where(Membership.team_id == loaded.row.team_id)
        )
    }
    asked = sorted(members | team) if only is None else [only]
    return _Pool(await people_answering(db, loaded.row.team_id, asked), members)


def _shared(id: str, pool: _Pool) -> Literal["schedule", "team"]:
    return "schedule" if id in pool.members else "team"


def _as_wire(found: Candidate, names: Mapping[str, str]) -> CoverCandidate:
    return CoverCandidate(
        user=Ref(found.user_id, names[found.user_id]),
        hours=found.hours,
        rest_h=round(found.rest.total_seconds() / HOUR_S, 2),
        is_rested=found.is_rested,
        shares=found.shares,
        clashes=found.clashes,
    )
