"""Hand over the pager now: give my watch to somebody, or take somebody's."""

from datetime import datetime

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
from shared.domain.covers.pager import LONGEST, may_last_until, taken_until
from shared.domain.on_call.leaving import StandIn
from shared.domain.on_call.rota import Scope
from shared.domain.on_call.schedules import on_call_at
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
    flaws: list[FieldError] = []
    if not may_last_until(data.until, now):
        message = "must be after now, and at most 30 days ahead"
        flaws.append(FieldError("until", "out_of_range", message, {"max_days": LONGEST.days}))
    if data.to_user_id == actor.user_id:
        flaws.append(FieldError("to_user_id", "themselves", "you have it already"))
    elif flaw := await unfit(db, loaded, data.to_user_id, now, max(data.until, now), field="to_user_id"):
        flaws.append(flaw)
    if actor.user_id not in _on_call(loaded, now):
        flaws.append(FieldError("schedule_id", "not_on_call", "you are not on call on this schedule now"))
    if flaws:
        raise Invalid(flaws)
    scope = Scope(kind="person", user_id=actor.user_id)
    wanted = StandIn(user_id=data.to_user_id, start=now, end=data.until, scope=scope)
    return await _hand_over(db, actor, loaded, wanted, "given", reason=data.reason, basis=basis, now=now)


async def take_pager(
    db: Database, actor: Actor, schedule_id: str, data: wire.TakePager, *, now: datetime
) -> tuple[Writes, wire.PagerHanded]:
    """Somebody's watch is mine to the end of their running shift, or a gap until somebody is on call again."""
    basis = await read_basis(db, schedule_id, [actor.user_id])
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, INCIDENTS_ACT, schedule_id, own=True)
    require_person(actor)
    wanted = _taken(loaded, actor.user_id, _holder(loaded, actor.user_id, data.from_user_id, now), now)
    flaw = await unfit(db, loaded, actor.user_id, now, wanted.end, field="")
    if flaw is not None and flaw.code != "on_time_off":
        raise Forbidden(flaw.message, code=flaw.code)
    return await _hand_over(db, actor, loaded, wanted, "taken", reason=data.reason, basis=basis, now=now)


def _on_call(loaded: Loaded, now: datetime) -> list[str]:
    return list(dict.fromkeys(entry.user_id for entry in on_call_at(loaded.rota, now)))


def _holder(loaded: Loaded, me: str, named: str | None, now: datetime) -> str | None:
    """Whose watch is meant, None for a gap; raises Invalid when that is nobody's, mine, or not clear."""
    holders = _on_call(loaded, now)
    if named is None and len(holders) > 1:
        raise Invalid.one("from_user_id", "required", "several are on call; say whose watch it is")
    holder = named or (holders[0] if holders else None)
    if holder is not None and holder not in holders:
        raise Invalid.one("from_user_id", "not_on_call", "this person is not on call on this schedule now")
    if holder == me:
        raise Invalid.one("from_user_id", "themselves", "you have it already")
    return holder


def _taken(loaded: Loaded, me: str, holder: str | None, now: datetime) -> StandIn:
    scope = Scope(kind="person", user_id=holder) if holder is not None else Scope()
    return StandIn(user_id=me, start=now, end=taken_until(loaded.rota, holder, now), scope=scope)


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
