"""Make people and teams; who may give which role."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.changed import refresh_person
from server.accounts.access.permissions import ADMINS, GRANTED, PEOPLE_EDIT
from server.accounts.people.incident_numbers import open_range
from server.accounts.sign_in.passwords import hash_password, password_flaw
from server.kernel.database import Database, Writes, one_of, select
from server.kernel.errors import Conflict, FieldError, Forbidden, Invalid
from server.kernel.ids import new_id
from server.tables.accounts import Team, User
from shared.domain.flaws import Flaw, size_flaws, unknown_time_zone
from shared.domain.mail_address import is_mail_address
from shared.domain.time import is_zone_name
from shared.wire import people as wire
from shared.wire.lists import Ref
from shared.wire.sessions import Language, Role

LONGEST_NAME = 80


class UserRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    email: str
    role: Role
    language: Language
    time_zone: str
    deactivated_at: datetime | None
    rev: int
    totp_confirmed_at: datetime | None = None

    def as_wire(self, teams: list[Ref] | None = None, *, to: Actor | None = None) -> wire.User:
        """As `to` sees them: who has no second factor is told to whoever manages people, and to themself."""
        may_know = to is None or to.user_id == self.id or to.may_in(PEOPLE_EDIT, None)
        return wire.User(
            id=self.id,
            name=self.name,
            email=self.email,
            role=self.role,
            language=self.language,
            time_zone=self.time_zone,
            deactivated_at=self.deactivated_at,
            rev=self.rev,
            has_totp=may_know and self.totp_confirmed_at is not None,
            teams=teams or [],
        )


def may_give(actor: Actor, role: Role) -> bool:
    """Nobody gives, or changes who has, a role that may more than they do; owners are made by owners."""
    if role == "owner" and actor.role != "owner":
        return False
    if role in ADMINS and actor.role not in ADMINS:
        return False
    return all(actor.may_in(permission, None) for permission in GRANTED[role])


def require_may_give(actor: Actor, role: Role) -> None:
    if not may_give(actor, role):
        raise Forbidden(f"you may not give or change the role {role}", code="role_above_yours")


async def is_empty(db: Database) -> bool:
    """Whether nobody can sign in yet."""
    return await db.value(select(User, User.id).limit(1)) is None


async def make_user(
    db: Database, new: wire.NewUser, *, by: Actor | None = None, chose: bool = False, now: datetime
) -> tuple[Writes, wire.User]:
    """Raises Invalid naming each wrong field, also teams that `by` doesn't see, and Conflict when the email is taken.

    An account whose owner `chose` its language and zone is past its first revision, which devices may still change
    by what they know of their reader: decision 38.
    """
    rev = 2 if chose else 1
    await _check(db, new, by)
    email = new.email.strip().lower()
    await require_free(db, email)
    user = wire.User(
        id=new_id(now),
        name=new.name.strip(),
        email=email,
        role=new.role,
        language=new.language,
        time_zone=new.time_zone,
        deactivated_at=None,
        rev=rev,
    )
    writes = Writes().insert(
        User,
        id=user.id,
        email=email,
        name=user.name,
        role=user.role,
        password_hash=await hash_password(new.password),
        language=user.language,
        time_zone=user.time_zone,
        deactivated_at=None,
        created_at=now,
        rev=rev,
    )
    for team_id in new.team_ids:
        add_member(writes, team_id, user.id, is_manager=False, now=now)
    return writes, user


def set_passwords(hashed: str, emails: Sequence[str]) -> Writes:
    """One password for all of them; their sessions go on."""
    text = "UPDATE user_account SET password_hash = :hash WHERE email IN :emails"
    return Writes().sql(text, hash=hashed, emails=tuple(emails))


async def require_free(db: Database, email: str) -> None:
    """Raises Conflict when somebody has this email."""
    if await db.value(select(User, User.id).where(User.email == email)):
        raise Conflict("somebody has this email already", code="email_taken")


async def _check(db: Database, new: wire.NewUser, by: Actor | None) -> None:
    flaws = [flaw for flaw in (password_flaw(new.password, email=new.email),) if flaw is not None]
    flaws += name_flaws(new.name)
    if not is_mail_address(new.email):
        flaws.append(FieldError("email", "not_an_email", "must be an email address"))
    flaws += zone_flaws(new.time_zone)
    flaws += await team_flaws(db, new.team_ids, by)
    if flaws:
        raise Invalid(flaws)


def name_flaws(name: str) -> list[FieldError]:
    return [_error(each) for each in size_flaws("name", name, LONGEST_NAME)]


def zone_flaws(time_zone: str) -> list[FieldError]:
    return [] if is_zone_name(time_zone) else [_error(unknown_time_zone("time_zone", time_zone))]


def _error(flaw: Flaw) -> FieldError:
    return FieldError(flaw.field, flaw.code, flaw.message, flaw.args)


async def team_flaws(db: Database, team_ids: tuple[str, ...], actor: Actor | None = None) -> list[FieldError]:
    """One for each team that isn't there, or that the actor does not see."""
    known = {
        id
        for (id,) in await db.values(select(Team, Team.id).where(Team.archived_at.is_null(), one_of(Team.id, team_ids)))
    }
    if actor is not None:
        known &= actor.visible_ids
    return [
        FieldError(f"team_ids[{n}]", "unknown", "there is no such team")
        for n, team_id in enumerate(team_ids)
        if team_id not in known
    ]


def make_team(new: wire.NewTeam, *, now: datetime) -> tuple[Writes, wire.Team]:
    values = {name: getattr(new, name) for name in new.__struct_fields__}
    team = wire.Team(id=new_id(now), rev=1, **values)
    writes = Writes().insert(Team, id=team.id, created_at=now, rev=1, **values)
    if team.is_private:
        open_range(writes, team.id)
    return writes, team


def add_member(writes: Writes, team_id: str, user_id: str, *, is_manager: bool, now: datetime) -> None:
    """Put a person into a team; once in, only the manager mark changes."""
    writes.sql(
        "INSERT INTO membership (id, user_id, team_id, is_manager) VALUES (:id, :user, :team, :manager)"
        " ON CONFLICT (user_id, team_id) DO UPDATE SET is_manager = excluded.is_manager",
        id=new_id(now),
        user=user_id,
        team=team_id,
        manager=is_manager,
    )
    refresh_person(writes, user_id, now=now)
