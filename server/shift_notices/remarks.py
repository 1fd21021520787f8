"""What the holder of a watch leaves for whoever comes next."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import INCIDENTS_ACT
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Writes
from server.kernel.ids import new_id
from server.schedules.known import visible_schedule
from server.tables.schedules import ShiftRemark
from shared.wire import handovers as wire
from shared.wire.lists import Ref


class _Remark(Struct, frozen=True, kw_only=True):
    text: str
    user_id: str
    name: str
    created_at: datetime


async def last_remark(db: Database, schedule_id: str) -> wire.Remark | None:
    found = await db.row(
        _Remark,
        "SELECT shift_remark.text, user_id, user_account.name, shift_remark.created_at FROM shift_remark"
        " JOIN user_account ON user_account.id = user_id WHERE schedule_id = :id"
        " ORDER BY shift_remark.created_at DESC, shift_remark.id DESC LIMIT 1",
        id=schedule_id,
    )
    if found is None or not found.text:
        return None
    return wire.Remark(text=found.text, by=Ref(found.user_id, found.name), at=found.created_at)


async def leave_remark(
    db: Database, actor: Actor, schedule_id: str, data: wire.RemarkInput, *, now: datetime
) -> tuple[Writes, wire.Remark]:
    """For whoever comes next; an empty one takes the last one back."""
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, INCIDENTS_ACT, schedule_id, own=True)
    text = data.text.strip()
    writes = Writes().insert(
        ShiftRemark, id=new_id(now), schedule_id=schedule_id, user_id=actor.user_id, text=text, created_at=now
    )
    made = wire.Remark(text=text, by=Ref(actor.user_id, actor.name), at=now)
    about = About("schedule", loaded.row.id, loaded.row.name, loaded.row.team_id)
    audit(writes, actor, about, verb="remark_left", after=made, now=now)
    return writes, made
