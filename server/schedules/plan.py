"""Turns of `least_recent` layers: planned for 90 days, stored, and planned again every day."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, arm, disarm, handles, move
from server.kernel.ids import new_id
from server.kernel.revisions import touch
from server.schedules.rotas import load_rotas, rota_revision
from server.schedules.shift_changes import keep_changes
from shared.domain.on_call.layer_edits import diff_shifts
from shared.domain.on_call.least_recent import PLAN_AHEAD, planned_again
from shared.domain.on_call.rota import PlannedTurn as Planned
from shared.domain.on_call.rota import Rota

PLAN = Kind("schedule.plan", Priority.NOTICE)
EVERY = timedelta(days=1)


def arm_plan(writes: Writes, schedule_id: str, rota: Rota, *, now: datetime) -> None:
    """Plan again in a day, if anything is planned."""
    if any(layer.rotation.order == "least_recent" for layer in rota.schedule.layers):
        arm(writes, PLAN, schedule_id, at=now + EVERY, now=now)
    else:
        disarm(writes, PLAN, schedule_id)


def plan_now(writes: Writes, schedule_id: str, *, now: datetime) -> None:
    """Somebody's time off or account changed: what isn't frozen may be planned otherwise."""
    move(writes, PLAN, schedule_id, at=now)


def write_plan(
    writes: Writes, schedule_id: str, stored: Sequence[Planned], plan: Sequence[Planned], *, now: datetime
) -> None:
    """Bring what is stored to what is planned; turns of layers that are gone stay for what was."""
    wanted = {(each.layer_id, each.turn): each for each in plan}
    for each in stored:
        if wanted.get((each.layer_id, each.turn)) == each:
            del wanted[each.layer_id, each.turn]
    if wanted:
        touch(writes, rota_revision(schedule_id))
    for each in wanted.values():
        writes.sql(
            "INSERT INTO planned_turn (id, schedule_id, layer_id, turn, group_index, against_time_off)"
            " VALUES (:id, :schedule, :layer, :turn, :group, :against) ON CONFLICT (schedule_id, layer_id, turn)"
            " DO UPDATE SET group_index = excluded.group_index, against_time_off = excluded.against_time_off",
            id=new_id(now),
            schedule=schedule_id,
            layer=each.layer_id,
            turn=each.turn,
            group=each.group,
            against=each.against_time_off,
        )


@handles(PLAN, at_once=1)
@dataclass(frozen=True)
class PlanAgain:
    """Handler of `schedule.plan`; its ref is the schedule."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        loaded = (await load_rotas(self.db, [claimed.ref], since=now)).get(claimed.ref)
        writes = Writes()
        if loaded is None:
            return writes
        text = "UPDATE schedule SET rev = rev WHERE id = :id AND rev = :rev"
        writes.sql(text, expect=1, id=claimed.ref, rev=loaded.row.rev)
        plan = await asyncio.to_thread(planned_again, loaded.rota, now=now)
        write_plan(writes, claimed.ref, loaded.rota.planned, plan, now=now)
        after = msgspec.structs.replace(loaded.rota, planned=plan)
        changes = await asyncio.to_thread(diff_shifts, loaded.rota, after, now, now + PLAN_AHEAD - EVERY)
        keep_changes(writes, claimed.ref, changes, made_by="", now=now)
        arm_plan(writes, claimed.ref, loaded.rota, now=now)
        return writes
