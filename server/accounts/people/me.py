"""The signed-in person, as they see and change themselves."""

from datetime import datetime

from msgspec import Struct, structs

from server.accounts.access.actors import Actor
from server.accounts.access.changed import refresh_person
from server.accounts.access.permissions import EVERY
from server.accounts.audit.trail import About, audit
from server.accounts.people.people import UserRow, name_flaws, zone_flaws
from server.kernel.database import Database, Writes, one_of, select
from server.kernel.errors import Flaws, NotFound, Stale
from server.kernel.refusals import moved_on, require_rev
from server.kernel.settings import VERSION, Settings
from server.tables.accounts import Team, User
from shared.wire.lists import Ref
from shared.wire.sessions import Me, MeChange, Server


class _TeamRow(Struct, frozen=True):
    id: str
    name: str


async def read_me(db: Database, actor: Actor, settings: Settings) -> Me:
    user = await _row(db, actor)
    teams = await db.rows(_TeamRow, select(Team).where(one_of(Team.id, actor.team_ids)).order_by(Team.name))
    return Me(
        id=user.id,
        name=user.name,
        email=user.email,
        role=user.role,
        language=user.language,
        time_zone=user.time_zone,
        teams=[Ref(team.id, team.name) for team in teams],
        permissions=sorted(actor.permissions),
        server=Server(name="Dogwatch", version=VERSION, demo=settings.demo, public_url=settings.api_url),
        rev=user.rev,
        has_totp=user.totp_confirmed_at is not None,
        account_permissions=[each for each in EVERY if actor.may_in(each, None)],
        team_permissions={
            team_id: [each for each in EVERY if actor.may_in(each, team_id)]
            for team_id in sorted(actor.visible_ids - actor.removed_ids)
        },
        object_permissions=actor.object_permissions,
    )


async def change_me(db: Database, actor: Actor, change: MeChange, *, rev: int, now: datetime) -> None:
    """Raises Invalid naming the field, PreconditionFailed when `rev` is not the newest."""
    user = await _row(db, actor)
    require_rev(user.rev, rev)
    flaws = Flaws()
    flaws.found += [] if change.name is None else name_flaws(change.name)
    flaws.found += [] if change.time_zone is None else zone_flaws(change.time_zone)
    flaws.refuse()
    after = structs.replace(
        user,
        name=change.name.strip() if change.name is not None else user.name,
        language=change.language or user.language,
        time_zone=change.time_zone or user.time_zone,
        rev=rev + 1,
    )
    values = {name: getattr(after, name) for name in ("name", "language", "time_zone", "rev")}
    writes = Writes().update(User, {"id": user.id, "rev": rev}, **values)
    if structs.replace(after, rev=rev) != user:
        audit(writes, actor, About("user", user.id, after.name), now=now, before=user, after=after)
    else:
        # Somebody who says what is known already has said it: the revision tells that from nobody's word.
        refresh_person(writes, user.id, now=now)
    try:
        await db.apply(writes)
    except Stale:
        raise moved_on((await _row(db, actor)).rev) from None


async def _row(db: Database, actor: Actor) -> UserRow:
    found = await db.row(UserRow, select(User).where(User.id == actor.user_id))
    if found is None:
        raise NotFound
    return found
