"""Change people: what they are called, what they may do, whether they may sign in."""

from datetime import datetime

from msgspec import structs

from server.accounts.access.actors import Actor
from server.accounts.access.changed import person_changed
from server.accounts.access.permissions import ADMINS
from server.accounts.audit.trail import About, audit
from server.accounts.people.find import person_row, teams_of
from server.accounts.people.grants import require_no_more
from server.accounts.people.people import UserRow, make_user, name_flaws, require_may_give, zone_flaws
from server.accounts.sign_in.sessions import end_sessions
from server.accounts.sign_in.totp import forget_totp
from server.delivery.phones import bury_deactivated
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Kind, arm
from server.kernel.errors import Conflict, Invalid
from server.kernel.refusals import require_rev
from server.kernel.revisions import one_after_the_other
from server.tables.accounts import User
from shared.wire import people as wire
from shared.wire.sessions import Role

ENDED = Kind("account.ended", Priority.PAGE)
"""Its ref is the person: what they had answered is to be answered anew."""


async def add_person(db: Database, actor: Actor, new: wire.NewUser, *, now: datetime) -> tuple[Writes, wire.User]:
    """Raises Forbidden for a role that is not the actor's to give, besides what `make_user` raises."""
    require_may_give(actor, new.role)
    writes, user = await make_user(db, new, by=actor, now=now)
    audit(writes, actor, About("user", user.id, user.name), now=now, after=user)
    return writes, user


async def change_person(
    db: Database, actor: Actor, id: str, change: wire.UserChange, *, rev: int, now: datetime
) -> tuple[Writes, wire.User]:
    """Raises Forbidden, Conflict `last_owner`, Invalid naming the field, or PreconditionFailed for an old `rev`."""
    before = await person_row(db, id)
    require_may_give(actor, before.role)
    if change.role is not None:
        require_may_give(actor, change.role)
    require_rev(before.rev, rev)
    flaws = [] if change.name is None else name_flaws(change.name)
    flaws += [] if change.time_zone is None else zone_flaws(change.time_zone)
    if flaws:
        raise Invalid(flaws)
    after = structs.replace(
        before,
        name=before.name if change.name is None else change.name.strip(),
        role=change.role or before.role,
        language=change.language or before.language,
        time_zone=change.time_zone or before.time_zone,
        rev=rev + 1,
    )
    writes = Writes()
    if before.deactivated_at is None:
        await keep_an_owner(db, writes, before, after.role)
    values = {name: getattr(after, name) for name in ("name", "role", "language", "time_zone", "rev")}
    writes.update(User, {"id": id, "rev": rev}, **values)
    person_changed(writes, id, now=now)
    audit(writes, actor, About("user", id, after.name), now=now, before=before, after=after)
    return writes, after.as_wire((await teams_of(db, actor, [id])).get(id))


async def deactivate(db: Database, actor: Actor, id: str, *, now: datetime) -> tuple[Writes, wire.User]:
    """Sessions, keys and phones end at once. Whether somebody takes the shifts is for the rooms above to ask."""
    before = await person_row(db, id)
    require_may_give(actor, before.role)
    if before.deactivated_at is not None:
        raise Conflict("this account is deactivated already", code="deactivated_already")
    after = structs.replace(before, deactivated_at=now, rev=before.rev + 1)
    writes = Writes()
    await keep_an_owner(db, writes, before, None)
    writes.update(User, {"id": id, "rev": before.rev}, deactivated_at=now, rev=after.rev)
    person_changed(writes, id, now=now)
    end_sessions(writes, id, now=now)
    writes.sql("UPDATE api_key SET revoked_at = :now WHERE made_by = :id AND revoked_at IS NULL", now=now, id=id)
    writes.sql("UPDATE pairing_code SET expires_at = :now WHERE user_id = :id AND used_at IS NULL", now=now, id=id)
    bury_deactivated(writes, id, now=now)
    arm(writes, ENDED, id, at=now, now=now)
    audit(writes, actor, About("user", id, before.name), now=now, before=before, after=after, verb="deactivated")
    return writes, after.as_wire((await teams_of(db, actor, [id])).get(id))


async def reactivate(db: Database, actor: Actor, id: str, *, now: datetime) -> tuple[Writes, wire.User]:
    """The person may sign in again, with the password they had; phones and keys have to be registered again."""
    before = await person_row(db, id)
    require_may_give(actor, before.role)
    if before.deactivated_at is None:
        raise Conflict("this account is active", code="active_already")
    after = structs.replace(before, deactivated_at=None, rev=before.rev + 1)
    writes = Writes().update(User, {"id": id, "rev": before.rev}, deactivated_at=None, rev=after.rev)
    audit(writes, actor, About("user", id, before.name), now=now, before=before, after=after, verb="reactivated")
    return writes, after.as_wire((await teams_of(db, actor, [id])).get(id))


async def take_totp_off(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    """For somebody who has lost authenticator and recovery codes."""
    found = await person_row(db, id)
    await require_no_more(db, actor, found)
    if found.totp_confirmed_at is None:
        raise Conflict("the second factor is off", code="totp_off")
    writes = Writes()
    forget_totp(writes, id)
    audit(writes, actor, About("user", id, found.name), now=now, verb="totp_off")
    return writes


async def keep_an_owner(db: Database, writes: Writes, before: UserRow, role: Role | None) -> None:
    """Raises Conflict, now or by its guard, when nobody would be left to administer; `role` None means gone.

    Where there are no owners, as many administrators have to stay: one. The counter's row makes two changes at the
    same moment wait for each other, so that they can't each count on the other's person.
    """
    if before.role not in ADMINS or role == before.role or (before.role == "admin" and role in ADMINS):
        return
    roles: tuple[Role, ...] = ("owner",) if before.role == "owner" else ADMINS
    others = " FROM user_account WHERE id <> :id AND deactivated_at IS NULL AND role IN :roles"
    if await db.value(f"SELECT 1{others} LIMIT 1", id=before.id, roles=roles) is None:
        raise Conflict("nobody else could administer this installation", code="last_owner")
    one_after_the_other(writes, "owners", f"EXISTS (SELECT 1{others})", id=before.id, roles=roles)
