"""Hand over the pager now: give my watch to somebody, or take somebody's."""

from datetime import datetime

from msgspec import structs

from server.accounts.access.actors import Actor
from server.accounts.access.names import name_of_person
from server.accounts.access.permissions import INCIDENTS_ACT
from server.accounts.audit.trail import About, audit
from server.accounts.sign_in.api_keys import require_person
from server.covers.notify import HANDED, Handed
from server.covers.standing_in import Basis, read_basis, stand_in, unfit
from server.covers.time_off import require_instants
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.errors import FieldError, Forbidden, Invalid
from server.schedules.known import visible_schedule
from server.schedules.overrides import as_wire
from server.schedules.rotas import Loaded
from server.schedules.shift_changes import mark_known
from shared.domain.covers.pager import give, take
from shared.domain.on_call.leaving import StandIn
from shared.wire import covers as wire
from shared.wire.lists import Ref


async def give_pager(
    db: Database, actor: Actor, schedule_id: str, data: wire.GivePager, *, now: datetime
) -> tuple[Writes, wire.PagerHanded]:
    """My watch is somebody's until an instant; raises Invalid when I have none now, or they can't have it."""
    basis = await read_basis(db, schedule_id, [actor.user_id, data.to_user_id])
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, INCIDENTS_ACT, schedule_id)
    require_person(actor)
    require_instants({"until": data.until})
    wanted = give(loaded.rota, actor.user_id, data.to_user_id, data.until, now)
    flaws = [] if isinstance(wanted, StandIn) else [FieldError(**structs.asdict(each)) for each in wanted]
    if data.to_user_id != actor.user_id:
        flaw = await unfit(db, loaded, data.to_user_id, now, max(data.until, now), field="to_user_id")
        flaws += [flaw] if flaw else []
        flaws.sort(key=lambda each: each.field == "schedule_id")
    if flaws or not isinstance(wanted, StandIn):
        raise Invalid(flaws)
    return await _hand_over(db, actor, loaded, wanted, "given", reason=data.reason, basis=basis, now=now)


async def take_pager(
    db: Database, actor: Actor, schedule_id: str, data: wire.TakePager, *, now: datetime
) -> tuple[Writes, wire.PagerHanded]:
    """Somebody's watch is mine to the end of their running shift, or a gap until somebody is on call again."""
    basis = await read_basis(db, schedule_id, [actor.user_id])
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, INCIDENTS_ACT, schedule_id, own=True)
    require_person(actor)
    wanted = take(loaded.rota, actor.user_id, data.from_user_id, now)
    if not isinstance(wanted, StandIn):
        raise Invalid([FieldError(**structs.asdict(each)) for each in wanted])
    flaw = await unfit(db, loaded, actor.user_id, now, wanted.end, field="")
    if flaw is not None and flaw.code != "on_time_off":
        raise Forbidden(flaw.message, code=flaw.code)
    return await _hand_over(db, actor, loaded, wanted, "taken", reason=data.reason, basis=basis, now=now)


async def _hand_over(
    db: Database, actor: Actor, loaded: Loaded, wanted: StandIn, what: str, *, reason: str, basis: Basis, now: datetime
) -> tuple[Writes, wire.PagerHanded]:
    writes = Writes()
    made = stand_in(writes, loaded, wanted, reason=reason, by=actor.user_id, basis=basis, now=now)
    override = as_wire(made)
    about = About("schedule", loaded.row.id, loaded.row.name, loaded.row.team_id)
    audit(writes, actor, about, verb=f"pager_{what}", after=override, now=now)
    mark_known(writes, loaded.row.id, "start", now, made.user_id, now=now)
    arm(writes, HANDED, Handed(made.id, what), at=now, now=now)
    holder = Ref(made.user_id, await name_of_person(db, made.user_id) or "")
    return writes, wire.PagerHanded(schedule=Ref(loaded.row.id, loaded.row.name), holder=holder, override=override)
