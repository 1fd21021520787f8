"""Sessions: short access tokens, and refresh tokens that rotate per device.

A refresh token names its family, a secret that is stored as a digest only, and proves one generation of it. So every
token of a family is recognised whatever its age, and one whose answer was lost is answered with the same successors,
until one of those was used (RFC 9700, 4.14.2): then the answer was not lost, and whoever repeats it is somebody else.
"""

import base64
import contextlib
import hmac
import re
import secrets as random
from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.access.actors import Actor, load_actor
from server.accounts.audit.trail import About, audit
from server.delivery.phones import bury_signed_out
from server.kernel.database import Database, Priority, Writes, select
from server.kernel.errors import Forbidden, NotFound, Stale, Unauthenticated, Unavailable
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets, digest
from server.tables.credentials import Session
from shared.domain.visible import one_line
from shared.wire.sessions import SessionItem, Tokens

ACCESS = timedelta(minutes=15)
REFRESH = timedelta(days=60)
LONGEST = timedelta(days=180)
"""However often it is renewed, a session ends after this time, and its device asks for the password again."""
FRESH = timedelta(minutes=10)
GRACE = timedelta(seconds=60)
SEEN = timedelta(minutes=1)
_REFRESH_TOKEN = re.compile(r"dwr_(?P<family>[0-9a-f]{32})_(?P<proof>[A-Za-z0-9_-]{43})")


class SessionRow(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    device: str
    generation: int
    access_until: datetime
    rotated_at: datetime
    last_seen_at: datetime
    created_at: datetime
    revoked_at: datetime | None
    used_generation: int = -1
    proven_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether no refresh token of it is good any more."""
        return self.revoked_at is not None or now - self.rotated_at > REFRESH or now - self.created_at > LONGEST


def begin_session(
    writes: Writes, secrets: Secrets, user_id: str, *, device: str, now: datetime, is_proven: bool = True
) -> tuple[str, Tokens]:
    """Sign a device in: the session's id, and tokens that are worth something once this commits.

    `is_proven` says that whoever begins it has just shown what they sign in with.
    """
    family, id = random.token_hex(16), new_id(now)
    tokens = _tokens(secrets, family, 0, lasting=ACCESS)
    writes.insert(
        Session,
        id=id,
        user_id=user_id,
        device=one_line(device)[:200],
        family_hash=digest(family),
        generation=0,
        access_hash=digest(tokens.access_token),
        access_until=now + ACCESS,
        rotated_at=now,
        last_seen_at=now,
        created_at=now,
        used_generation=-1,
        proven_at=now if is_proven else None,
    )
    return id, tokens


async def refresh(db: Database, secrets: Secrets, *, refresh_token: str, now: datetime) -> Tokens:
    """New tokens for old. One used before gets the same answer for a minute, unless that answer has arrived.

    Otherwise it was stolen, or its successor was, and the session ends everywhere.
    """
    match = _REFRESH_TOKEN.fullmatch(refresh_token)
    if match is None:
        raise Unauthenticated("sign in again", code="session_ended")
    family, proof = match["family"], match["proof"]
    found = await db.row(SessionRow, select(Session).where(Session.family_hash == (digest(family))))
    if found is None or found.is_over(now):
        raise Unauthenticated("sign in again", code="session_ended")
    if _is_proof(secrets, family, found.generation, proof):
        try:
            return await _rotate(db, secrets, family, found, now)
        except Stale:
            return await refresh(db, secrets, refresh_token=refresh_token, now=now)
    was_lost = now - found.rotated_at <= GRACE and found.used_generation < found.generation
    if was_lost and _is_proof(secrets, family, found.generation - 1, proof):
        return _tokens(secrets, family, found.generation, lasting=found.access_until - now)
    await db.apply(Writes().sql(_END, id=found.id, now=now))
    raise Unauthenticated("this refresh token was used before; sign in again", code="refresh_reused")


_END = "UPDATE session SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL"


async def _rotate(db: Database, secrets: Secrets, family: str, found: SessionRow, now: datetime) -> Tokens:
    tokens = _tokens(secrets, family, found.generation + 1, lasting=ACCESS)
    await db.apply(
        Writes().sql(
            "UPDATE session SET generation = generation + 1, access_hash = :access, access_until = :until,"
            " rotated_at = :now, last_seen_at = :now"
            " WHERE id = :id AND generation = :generation AND revoked_at IS NULL",
            expect=1,
            id=found.id,
            generation=found.generation,
            access=digest(tokens.access_token),
            until=now + ACCESS,
            now=now,
        )
    )
    return tokens


def _tokens(secrets: Secrets, family: str, generation: int, *, lasting: timedelta) -> Tokens:
    return Tokens(
        access_token=secrets.token("dwa", f"access {family} {generation}"),
        refresh_token=f"dwr_{family}_{_proof(secrets, family, generation)}",
        expires_in_s=max(0, int(lasting.total_seconds())),
    )


def _proof(secrets: Secrets, family: str, generation: int) -> str:
    return base64.urlsafe_b64encode(secrets.derived(f"refresh {family} {generation}")).rstrip(b"=").decode()


def _is_proof(secrets: Secrets, family: str, generation: int, proof: str) -> bool:
    return hmac.compare_digest(_proof(secrets, family, generation), proof)


def end_session(writes: Writes, id: str, *, now: datetime) -> None:
    """It is over, at once and everywhere; the phone that was signed in with it rings no more."""
    writes.sql(_END, id=id, now=now)
    bury_signed_out(writes, session_id=id, now=now)


def end_sessions(writes: Writes, user_id: str, *, but: str = "", now: datetime) -> None:
    """End every session of a person but one."""
    writes.sql(
        "UPDATE session SET revoked_at = :now WHERE user_id = :user AND id <> :but AND revoked_at IS NULL",
        user=user_id,
        but=but,
        now=now,
    )
    bury_signed_out(writes, user_id=user_id, but=but, now=now)


def sign_out(actor: Actor, session: SessionRow, *, now: datetime) -> Writes:
    writes = Writes()
    end_session(writes, session.id, now=now)
    audit(writes, actor, About("session", session.id, session.device), now=now, verb="signed_out")
    return writes


async def authenticate(db: Database, access_token: str, now: datetime) -> tuple[Actor, SessionRow]:
    """The person behind an access token, looked up each time; raises Unauthenticated."""
    session = await db.row(
        SessionRow, "SELECT <fields> FROM session WHERE access_hash = :token", token=digest(access_token)
    )
    if session is None or session.is_over(now):
        raise Unauthenticated("sign in first", code="session_ended")
    if session.access_until <= now:
        raise Unauthenticated("the access token has expired", code="access_expired")
    actor = await load_actor(db, session.user_id)
    if actor is None:
        raise Unauthenticated("this account was deactivated", code="deactivated")
    if session.used_generation < session.generation:
        await _mark_used(db, session)
    return actor, session


async def actor_of(db: Database, session_id: str, now: datetime) -> Actor | None:
    """Who is signed in by a session, as long as it goes on and they may."""
    session = await db.row(SessionRow, "SELECT <fields> FROM session WHERE id = :id", id=session_id)
    return None if session is None or session.is_over(now) else await load_actor(db, session.user_id)


async def _mark_used(db: Database, session: SessionRow) -> None:
    """The tokens of this generation have arrived; a store that can't take it stops nobody."""
    writes = Writes().sql(
        "UPDATE session SET used_generation = :generation WHERE id = :id AND used_generation < :generation",
        id=session.id,
        generation=session.generation,
    )
    with contextlib.suppress(Unavailable):
        await db.apply(writes)


class Behind(Struct, frozen=True):
    """The session that had a refresh token, and whose it was."""

    id: str
    email: str


async def session_behind(db: Database, refresh_token: str) -> Behind | None:
    """Of whatever age and fate."""
    match = _REFRESH_TOKEN.fullmatch(refresh_token)
    if match is None:
        return None
    text = (
        "SELECT session.id, user_account.email FROM session JOIN user_account ON user_account.id = user_id"
        " WHERE family_hash = :family"
    )
    return await db.row(Behind, text, family=digest(match["family"]))


async def is_session_over(db: Database, id: str, *, now: datetime) -> bool:
    """Whether nobody is signed in with it any more."""
    found = await db.row(SessionRow, "SELECT <fields> FROM session WHERE id = :id", id=id)
    return found is None or found.is_over(now)


def require_fresh(session: SessionRow, *, now: datetime) -> None:
    """Raises Forbidden unless the person has signed in, or proved themself again, within ten minutes."""
    if session.proven_at is None or now - session.proven_at > FRESH:
        raise Forbidden("prove first that it is you: sign in anew, or confirm it", code="fresh_sign_in_required")


def require_lately(session: SessionRow, *, now: datetime) -> None:
    """As `require_fresh`, but for a device that was paired within ten minutes: by a code that was made freshly."""
    if now - session.created_at > FRESH:
        require_fresh(session, now=now)


def prove(writes: Writes, session: SessionRow, *, now: datetime) -> None:
    """Whoever has this session has just shown what they sign in with."""
    writes.sql("UPDATE session SET proven_at = :now WHERE id = :id", expect=1, now=now, id=session.id)


async def mark_seen(db: Database, session: SessionRow, *, now: datetime) -> None:
    """Keep when a session was last used, once a minute; a store that can't take it stops nobody."""
    if now - session.last_seen_at < SEEN:
        return
    writes = Writes().sql(
        "UPDATE session SET last_seen_at = :now WHERE id = :id AND last_seen_at < :now", id=session.id, now=now
    )
    with contextlib.suppress(Unavailable):
        await db.apply(writes, Priority.BULK)


async def own_sessions(db: Database, actor: Actor, current: SessionRow, *, now: datetime) -> list[SessionItem]:
    """Those that still let somebody in, the latest used first."""
    rows = await db.rows(
        SessionRow,
        select(Session)
        .where(
            Session.user_id == actor.user_id,
            Session.revoked_at.is_null(),
            Session.rotated_at >= (now - REFRESH),
            Session.created_at >= (now - LONGEST),
        )
        .order_by(Session.last_seen_at, ascending=False)
        .order_by(Session.id)
        .limit(200),
    )
    return [
        SessionItem(
            id=row.id,
            device=row.device,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_current=row.id == current.id,
        )
        for row in rows
    ]


async def revoke_session(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    """Raises NotFound unless it is the person's own and running."""
    found = await db.row(
        SessionRow,
        select(Session).where(Session.id == id, Session.user_id == actor.user_id, Session.revoked_at.is_null()),
    )
    if found is None:
        raise NotFound
    writes = Writes()
    end_session(writes, found.id, now=now)
    audit(writes, actor, About("session", found.id, found.device), now=now, verb="signed_out")
    return writes


def revoke_other_sessions(actor: Actor, current: SessionRow, *, now: datetime) -> Writes:
    writes = Writes()
    end_sessions(writes, actor.user_id, but=current.id, now=now)
    audit(writes, actor, About("user", actor.user_id, actor.name), now=now, verb="signed_out_elsewhere")
    return writes
