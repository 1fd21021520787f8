"""Sign in, refresh and sign out: short access tokens, refresh tokens that rotate per device."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.actors import Actor, load_actor
from server.accounts.passwords import is_password
from server.kernel.database import Database, Writes
from server.kernel.errors import Stale, TooManyRequests, Unauthenticated
from server.kernel.ids import new_id
from server.kernel.ratelimit import RateLimit
from server.kernel.secrets import digest, new_token
from server.tables.accounts import Session
from shared.wire.sessions import Tokens

ACCESS = timedelta(minutes=15)
REFRESH = timedelta(days=60)
GRACE = timedelta(seconds=60)


class SessionRow(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    access_until: datetime
    refresh_hash: str
    previous_hash: str | None
    rotated_at: datetime
    revoked_at: datetime | None


class _Credentials(Struct, frozen=True):
    id: str
    password_hash: str
    deactivated_at: datetime | None


@dataclass
class Throttle:
    """How often one account or one address may try a password."""

    account: RateLimit
    address: RateLimit

    @classmethod
    def new(cls) -> "Throttle":
        return cls(RateLimit(per_s=10 / 60, burst=10), RateLimit(per_s=1.0, burst=60))

    def check(self, email: str, address: str, now: datetime) -> None:
        wait_s = max(self.account.wait_s(email, now), self.address.wait_s(address, now))
        if wait_s > 0:
            raise TooManyRequests("too many attempts; wait a little", retry_after_s=int(wait_s) + 1)


async def sign_in(db: Database, *, email: str, password: str, device: str, now: datetime) -> Tokens:
    """Tokens of a new session; raises Unauthenticated without saying which part was wrong."""
    found = await db.row(_Credentials, "SELECT * FROM user_account WHERE email = :email", email=email.strip().lower())
    if not await is_password(password, found.password_hash if found else None):
        raise Unauthenticated("e-mail or password is wrong", code="bad_credentials")
    if found is None or found.deactivated_at is not None:
        raise Unauthenticated("e-mail or password is wrong", code="bad_credentials")
    tokens = _new_tokens()
    writes = Writes().insert(
        Session,
        id=new_id(now),
        user_id=found.id,
        device=device[:200],
        access_hash=digest(tokens.access_token),
        access_until=now + ACCESS,
        refresh_hash=digest(tokens.refresh_token),
        previous_hash=None,
        rotated_at=now,
        created_at=now,
    )
    await db.apply(writes)
    return tokens


async def refresh(db: Database, *, refresh_token: str, now: datetime) -> Tokens:
    """New tokens for old; a refresh token used again after its grace ends the session everywhere."""
    token = digest(refresh_token)
    found = await db.row(
        SessionRow, "SELECT * FROM session WHERE refresh_hash = :token OR previous_hash = :token", token=token
    )
    if found is None or found.revoked_at is not None or now - found.rotated_at > REFRESH:
        raise Unauthenticated("sign in again", code="session_ended")
    if found.refresh_hash != token and now - found.rotated_at > GRACE:
        await db.apply(Writes().update(Session, {"id": found.id}, revoked_at=now))
        raise Unauthenticated("this refresh token was used before; sign in again", code="refresh_reused")
    tokens = _new_tokens()
    writes = Writes().update(
        Session,
        {"id": found.id, "refresh_hash": found.refresh_hash},
        access_hash=digest(tokens.access_token),
        access_until=now + ACCESS,
        refresh_hash=digest(tokens.refresh_token),
        previous_hash=token,
        rotated_at=now if found.refresh_hash == token else found.rotated_at,
    )
    try:
        await db.apply(writes)
    except Stale:
        return await refresh(db, refresh_token=refresh_token, now=now)
    return tokens


async def sign_out(db: Database, session_id: str, now: datetime) -> None:
    await db.apply(Writes().update(Session, {"id": session_id}, revoked_at=now))


async def authenticate(db: Database, access_token: str, now: datetime) -> tuple[Actor, SessionRow]:
    """The person behind an access token; raises Unauthenticated."""
    session = await db.row(SessionRow, "SELECT * FROM session WHERE access_hash = :token", token=digest(access_token))
    if session is None or session.revoked_at is not None:
        raise Unauthenticated("sign in first", code="session_ended")
    if session.access_until <= now:
        raise Unauthenticated("the access token has expired", code="access_expired")
    actor = await load_actor(db, session.user_id)
    if actor is None:
        raise Unauthenticated("this account was deactivated", code="deactivated")
    return actor, session


def _new_tokens() -> Tokens:
    return Tokens(
        access_token=new_token("dwa"), refresh_token=new_token("dwr"), expires_in_s=int(ACCESS.total_seconds())
    )
