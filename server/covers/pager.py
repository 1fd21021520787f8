"""Hand over the pager now: give my watch to somebody, or take somebody's."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from server.accounts.access.actors import Actor
from server.accounts.access.names import name_of_person
from server.accounts.access.permissions import INCIDENTS_ACT
from server.accounts.audit.trail import About, audit
from server.accounts.sign_in.api_keys import require_person
from server.covers.notify import HANDED, Handed
from server.covers.standing_in import Basis, promise, read_basis, require_room, unfit
from server.covers.time_off import require_instants
from server.kernel.database import Database, Writes
from server.kernel.due import arm
from server.kernel.errors import FieldError, Forbidden, Invalid
from server.schedules.known import refusal, visible_schedule
from server.schedules.overrides import as_wire, cancel
from server.schedules.rotas import Loaded
from server.schedules.shift_changes import mark_known, shifts_changed
from server.schedules.warnings import unreachable
from shared.domain.covers.pager import Handing, check_giving, check_taking, giving, taking
from shared.domain.on_call.rota import Override
from shared.wire import covers as wire
from shared.wire.lists import Ref

GIVEN = ("until", "to_user_id", "schedule_id")
"""In this order what is wrong with giving is said."""


async def give_pager(
    db: Database, actor: Actor, schedule_id: str, data: wire.GivePager, *, now: datetime
) -> tuple[Writes, wire.PagerHanded]:
    """My watch is somebody's until an instant; raises Invalid when I have none now, or they can't have it.

    To whom it is, for whom I stand in, theirs goes back and mine stays.
    """
    basis = await read_basis(db, schedule_id, [actor.user_id, data.to_user_id])
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, INCIDENTS_ACT, schedule_id)
    require_person(actor)
    require_instants({"until": data.until})
    flaws = check_giving(loaded.rota, actor.user_id, data.to_user_id, data.until, now)
    errors = [FieldError(each.field, each.code, each.message, each.args) for each in flaws]
    if all(each.field != "to_user_id" for each in flaws):
        unable = await unfit(db, loaded, data.to_user_id, now, max(data.until, now), field="to_user_id")
        errors += [unable] if unable is not None else []
    if errors:
        raise Invalid(sorted(errors, key=lambda each: GIVEN.index(each.field)))
    handing = giving(loaded.rota, actor.user_id, data.to_user_id, data.until, now)
    return await _hand_over(db, actor, loaded, handing, "given", reason=data.reason, basis=basis, now=now)


async def take_pager(
    db: Database, actor: Actor, schedule_id: str, data: wire.TakePager, *, now: datetime
) -> tuple[Writes, wire.PagerHanded]:
    """Somebody's watch is mine to the end of their running shift, or a gap until somebody is on call again.

    Of whoever stands in for me I take back what was mine.
    """
    basis = await read_basis(db, schedule_id, [actor.user_id])
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, INCIDENTS_ACT, schedule_id, own=True)
    require_person(actor)
    if (wrong := check_taking(loaded.rota, actor.user_id, data.from_user_id, now)) is not None:
        raise refusal([wrong])
    handing = taking(loaded.rota, actor.user_id, data.from_user_id, now)
    unable = await unfit(db, loaded, actor.user_id, now, handing.until, field="")
    if unable is not None and unable.code != "on_time_off":
        raise Forbidden(unable.message, code=unable.code)
    return await _hand_over(db, actor, loaded, handing, "taken", reason=data.reason, basis=basis, now=now)


async def _hand_over(
    db: Database, actor: Actor, loaded: Loaded, handing: Handing, what: str, *, reason: str, basis: Basis, now: datetime
) -> tuple[Writes, wire.PagerHanded]:
    writes = Writes()
    basis.hold(writes)
    require_room(loaded, handing.made, now)
    about = About("schedule", loaded.row.id, loaded.row.name, loaded.row.team_id)
    made = [promise(writes, loaded, each, reason=reason, by=actor.user_id, now=now) for each in handing.made]
    for each in handing.ended:
        cancel(writes, each.id, at=now)
        _go_on(writes, each, made)
    if handing.ended:
        back = Handed(handing.ended[-1].id, f"{what}_back", handing.loser or "", handing.until.isoformat())
        arm(writes, HANDED, back, at=now, now=now)
        shifts_changed(writes, loaded.row, now=now)
        override = as_wire(structs.replace(handing.ended[-1], cancelled_at=now))
    else:
        override = as_wire(made[0])
        arm(writes, HANDED, Handed(override.id, what), at=now, now=now)
    verb = f"pager_{what}_back" if handing.ended else f"pager_{what}"
    audit(writes, actor, about, verb=verb, after=override, now=now)
    mark_known(writes, loaded.row.id, "start", now, handing.holder, now=now)
    override = structs.replace(override, warnings=await unreachable(db, [handing.holder], "to_user_id"))
    holder = Ref(handing.holder, await name_of_person(db, handing.holder) or "")
    return writes, wire.PagerHanded(
        schedule=Ref(loaded.row.id, loaded.row.name), holder=holder, override=override, until=handing.until
    )


def _go_on(writes: Writes, ended: Override, made: Sequence[Override]) -> None:
    """What was agreed stands where the promise that ends is made again for later."""
    for each in made:
        if (each.created_at, each.user_id, each.scope) == (ended.created_at, ended.user_id, ended.scope):
            text = "UPDATE cover_request SET override_id = :made WHERE override_id = :ended"
            writes.sql(text, made=each.id, ended=ended.id)
