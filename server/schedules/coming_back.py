"""An account that is active again: the past stays, and whoever comes back is on no schedule until an edit says so."""

from datetime import datetime

from msgspec import structs

from server.accounts.access.actors import Actor
from server.accounts.people.change import reactivate
from server.accounts.people.find import person_row
from server.kernel.database import Database, Writes
from server.schedules.leaving import end_stays
from server.schedules.rotas import load_rotas, schedules_naming
from server.services.directory import touch_duty
from shared.domain.on_call.leaving import left_with_account, without
from shared.wire.lists import Ref
from shared.wire.people import Reactivated


async def come_back(db: Database, actor: Actor, user_id: str, *, now: datetime) -> tuple[Writes, Reactivated]:
    """Reactivate a person, who is called by name on the schedules that they left with their account.

    What ended with the account is kept as ended, also where a schedule was saved at the moment at which it did.
    """
    ended_at = (await person_row(db, user_id)).deactivated_at
    writes, user = await reactivate(db, actor, user_id, now=now)
    named = await load_rotas(db, await schedules_naming(db, [user_id], since=ended_at or now), since=ended_at or now)
    left: list[Ref] = []
    for loaded in named.values():
        gone = without(loaded.rota, user_id, ended_at or now)
        end_stays(writes, actor, loaded, gone, now=now)
        if loaded.row.team_id in actor.visible_ids and left_with_account(gone.schedule, user_id, ended_at or now):
            left.append(Ref(loaded.row.id, loaded.row.name))
    touch_duty(writes)
    return writes, Reactivated(**structs.asdict(user), left=left)
