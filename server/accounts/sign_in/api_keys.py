"""API keys: a program acts under its own name, with no more than its maker may at that moment."""

import contextlib
from datetime import datetime, timedelta

from msgspec import Struct, structs

from server.accounts.access.actors import Actor, load_actor
from server.accounts.access.names import names_of_people
from server.accounts.access.permissions import ACCOUNT_WIDE, EVERY
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Priority, Writes, one_of, select
from server.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable
from server.kernel.ids import new_id
from server.kernel.refusals import no_offset
from server.kernel.secrets import Secrets, digest
from server.tables.accounts import Team
from server.tables.credentials import ApiKey
from shared.wire import api_keys as wire
from shared.wire.lists import Ref
from shared.wire.roles import Permission

PREFIX = "dwk"
HINT = len(PREFIX) + 5
SEEN = timedelta(minutes=1)
MOST = 50


class _KeyRow(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    hint: str
    scopes: tuple[Permission, ...]
    team_id: str | None
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class MadeKey(Struct, frozen=True):
    """What is remembered of a key that was made."""

    id: str


def key_text(secrets: Secrets, id: str) -> str:
    """The key itself, which the database has as a digest only."""
    return secrets.token(PREFIX, f"api key {id}")


async def authenticate_key(db: Database, key: str, now: datetime) -> Actor:
    """Whoever acts with a key; raises Unauthenticated when it, or its maker, is no longer let in."""
    row = await db.row(_KeyRow, "SELECT <fields> FROM api_key WHERE key_hash = :hash", hash=digest(key))
    if row is None or row.revoked_at is not None:
        raise Unauthenticated("this API key is not valid", code="bad_api_key")
    if row.expires_at is not None and row.expires_at <= now:
        raise Unauthenticated("this API key has expired", code="api_key_expired")
    maker = await load_actor(db, row.made_by)
    if maker is None:
        raise Unauthenticated("whoever made this API key was deactivated", code="deactivated")
    await _mark_used(db, row, now)
    only = frozenset({row.team_id}) if row.team_id is not None else None
    return structs.replace(
        maker,
        kind="api_key",
        user_id=row.id,
        name=row.name,
        scopes=frozenset(row.scopes),
        only_team_id=row.team_id,
        team_ids=maker.team_ids if only is None else maker.team_ids & only,
        visible_ids=maker.visible_ids if only is None else maker.visible_ids & only,
    )


async def _mark_used(db: Database, row: _KeyRow, now: datetime) -> None:
    """Once a minute; a store that can't take it stops nobody."""
    if row.last_used_at is not None and now - row.last_used_at < SEEN:
        return
    text = "UPDATE api_key SET last_used_at = :now WHERE id = :id AND COALESCE(last_used_at, 0) < :now"
    with contextlib.suppress(Unavailable):
        await db.apply(Writes().sql(text, id=row.id, now=now), Priority.BULK)


async def require_few(db: Database, actor: Actor, *, now: datetime) -> None:
    """Raises Conflict for whoever has more keys that work than anybody could watch over."""
    text = (
        "SELECT COUNT(*) FROM api_key WHERE made_by = :me AND revoked_at IS NULL"
        " AND (expires_at IS NULL OR expires_at > :now)"
    )
    if await db.value(text, me=actor.user_id, now=now) >= MOST:
        raise Conflict(f"nobody can have more than {MOST} keys; revoke some first", code="too_many")


def make_key(actor: Actor, new: wire.NewApiKey, *, secrets: Secrets, now: datetime) -> tuple[Writes, MadeKey]:
    """Raises Invalid for a scope that the maker lacks, an unknown team, or an expiry that has passed."""
    if flaws := _flaws(actor, new, now):
        raise Invalid(flaws)
    id = new_id(now)
    key = key_text(secrets, id)
    row = _KeyRow(
        id=id,
        name=new.name,
        hint=key[:HINT],
        scopes=tuple(permission for permission in EVERY if permission in new.scopes),
        team_id=new.team_id,
        made_by=actor.user_id,
        created_at=now,
        expires_at=new.expires_at,
        last_used_at=None,
        revoked_at=None,
    )
    values = {name: getattr(row, name) for name in row.__struct_fields__}
    writes = Writes().insert(ApiKey, key_hash=digest(key), **values)
    audit(writes, actor, About("api_key", id, row.name, row.team_id), now=now, after=row)
    return writes, MadeKey(id)


def _flaws(actor: Actor, new: wire.NewApiKey, now: datetime) -> list[FieldError]:
    flaws: list[FieldError] = []
    if new.team_id is not None and (new.team_id not in actor.visible_ids or new.team_id in actor.removed_ids):
        flaws.append(FieldError("team_id", "unknown", "there is no such team"))
    for n, permission in enumerate(new.scopes):
        is_held = actor.may(permission) if new.team_id is None else actor.may_in(permission, new.team_id)
        if not is_held:
            flaws.append(FieldError(f"scopes[{n}]", "not_held", "you don't have this permission yourself"))
        elif new.team_id is not None and permission in ACCOUNT_WIDE:
            message = "can't be held for less than the whole account"
            flaws.append(FieldError(f"scopes[{n}]", "account_wide", message))
    if new.expires_at is not None and new.expires_at.tzinfo is None:
        flaws.append(no_offset("expires_at"))
    elif new.expires_at is not None and new.expires_at <= now:
        flaws.append(FieldError("expires_at", "passed", "must be to come"))
    return flaws


async def shown_key(db: Database, actor: Actor, made: MadeKey, secrets: Secrets) -> wire.ApiKey:
    """The key that was just made, this once with what lets in."""
    found = [each for each in await list_keys(db, actor, id=made.id) if each.id == made.id]
    if not found:
        raise NotFound
    return structs.replace(found[0], key=key_text(secrets, made.id))


async def list_keys(db: Database, actor: Actor, *, id: str | None = None) -> list[wire.ApiKey]:
    """One's own; administrators read everybody's."""
    where = "1 = 1" if actor.is_admin else "made_by = :me"
    where += "" if id is None else " AND id = :id"
    args = {} if actor.is_admin else {"me": actor.user_id}
    rows = await db.rows(
        _KeyRow,
        f"SELECT <fields> FROM api_key WHERE {where} ORDER BY created_at DESC, id LIMIT 500",  # noqa: S608 (clauses are constants)
        **(args if id is None else args | {"id": id}),
    )
    people = await names_of_people(db, (row.made_by for row in rows))
    teams = dict(await db.values(select(Team, Team.id, Team.name).where(one_of(Team.id, _ids(rows, "team_id")))))
    return [_as_wire(row, people, teams) for row in rows]


def _ids(rows: list[_KeyRow], column: str) -> tuple[str, ...]:
    return tuple({value for row in rows if (value := getattr(row, column)) is not None})


def _as_wire(row: _KeyRow, people: dict[str, str], teams: dict[str, str]) -> wire.ApiKey:
    return wire.ApiKey(
        id=row.id,
        name=row.name,
        hint=row.hint,
        scopes=list(row.scopes),
        team=Ref(row.team_id, teams.get(row.team_id, "")) if row.team_id else None,
        made_by=Ref(row.made_by, people.get(row.made_by, "")),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


async def revoke_key(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    """One's own, or anybody's for administrators; raises NotFound for what isn't there, isn't theirs, or is over."""
    row = await db.row(_KeyRow, select(ApiKey).where(ApiKey.id == id, ApiKey.revoked_at.is_null()))
    if row is None or (row.made_by != actor.user_id and not actor.is_admin):
        raise NotFound
    writes = Writes().sql("UPDATE api_key SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL", expect=1,
                          now=now, id=id)  # fmt: skip
    audit(writes, actor, About("api_key", id, row.name, row.team_id), now=now, before=row, verb="revoked")
    return writes


def require_person(actor: Actor) -> None:
    """Raises Forbidden for a key: what is a person's own has no meaning for a program."""
    if actor.kind != "user":
        raise Forbidden("an API key is nobody; sign in as a person", code="person_only")
