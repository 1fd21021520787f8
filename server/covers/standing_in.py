"""Promise that somebody is on call instead of another: the override behind covers and a pager that is handed over."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.accounts.access.changed import person_revision
from server.accounts.people.find import people_answering
from server.kernel.database import Database, Writes, select
from server.kernel.errors import Conflict, FieldError
from server.kernel.ids import new_id
from server.kernel.revisions import expect, revisions, touch
from server.schedules.overrides import write_override
from server.schedules.rotas import Loaded, rota_revision
from server.services.directory import touch_duty
from server.tables.accounts import User
from server.tables.covers import TimeOff
from shared.domain.on_call.leaving import StandIn
from shared.domain.on_call.override_checks import MAX_OVERRIDES
from shared.domain.on_call.rota import Override


class Basis(Struct, frozen=True):
    """What a cover is decided on: who is on call on its schedule, and whether its people can be."""

    schedule_id: str
    revs: dict[str, int]

    def hold(self, writes: Writes) -> None:
        """On the condition that nothing of it has changed; the schedule has after this."""
        for name, value in self.revs.items():
            expect(writes, name, value)
        touch(writes, rota_revision(self.schedule_id))
        touch_duty(writes)


async def read_basis(db: Database, schedule_id: str, people: Sequence[str]) -> Basis:
    """To be read before all that is decided on."""
    names = sorted({rota_revision(schedule_id), *(person_revision(id) for id in people)})
    return Basis(schedule_id, await revisions(db, names))


def stand_in(
    writes: Writes, loaded: Loaded, wanted: Sequence[StandIn], *, reason: str, by: str, basis: Basis, now: datetime
) -> list[Override]:
    """Add the overrides, on the condition that nothing has changed that they are decided on.

    Raises Conflict when the schedule has as many overrides as it may.
    """
    require_room(loaded, wanted, now)
    basis.hold(writes)
    return [promise(writes, loaded, each, reason=reason, by=by, now=now) for each in wanted]


def require_room(loaded: Loaded, wanted: Sequence[StandIn], now: datetime) -> None:
    alive = sum(1 for each in loaded.rota.overrides if each.end > now and each.cancelled_at is None)
    if alive + len(wanted) > MAX_OVERRIDES:
        raise Conflict(f"at most {MAX_OVERRIDES} overrides in force or to come", code="too_many_overrides")


def promise(writes: Writes, loaded: Loaded, wanted: StandIn, *, reason: str, by: str, now: datetime) -> Override:
    made = Override(
        id=new_id(now),
        start=wanted.start,
        end=wanted.end,
        user_id=wanted.user_id,
        scope=wanted.scope,
        reason=reason,
        created_at=wanted.created_at or now,
        created_by=by,
    )
    write_override(writes, loaded.row, made, now=now)
    return made


async def unfit(
    db: Database, loaded: Loaded, user_id: str, start: datetime, end: datetime, *, field: str
) -> FieldError | None:
    """Why a person can't be on call on this schedule then: not there, not able to answer, or away."""
    if not await db.value(select(User, User.id).where(User.id == user_id, User.deactivated_at.is_null())):
        return FieldError(field, "unknown", "there is no such person")
    if not await people_answering(db, loaded.row.team_id, [user_id]):
        message = "this person can't see what the team of the schedule is paged about"
        return FieldError(field, "cannot_see", message)
    if await db.value(
        select(TimeOff, TimeOff.id).where(
            TimeOff.user_id == user_id, TimeOff.cancelled_at.is_null(), TimeOff.start_at < end, TimeOff.end_at > start
        )
    ):
        return FieldError(field, "on_time_off", "this person is away then")
    return None
