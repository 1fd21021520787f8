"""Sign in with a password and, where it is on, a second factor; change the own password."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor, load_actor
from server.accounts.audit.trail import About, audit
from server.accounts.sign_in.passwords import is_password, renewed_hash
from server.accounts.sign_in.sessions import SessionRow, begin_session, end_session, prove, session_behind
from server.accounts.sign_in.throttle import Throttle, Tried
from server.accounts.sign_in.totp import second_factor
from server.kernel.database import Database, Writes, select
from server.kernel.errors import Invalid, Stale, Unauthenticated, Unavailable
from server.kernel.http import AnyRequest, client_address
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.tables.accounts import User
from shared.wire.sessions import Login, SignInProof, Tokens


class Credentials(Struct, frozen=True):
    id: str
    email: str
    password_hash: str
    deactivated_at: datetime | None


class Origin(Struct, frozen=True):
    """Where a request comes from: its address, and what its device calls itself."""

    address: str
    device: str


def origin_of(request: AnyRequest, settings: Settings) -> Origin:
    """Where a request comes from."""
    device = request.headers.get("user-agent", "")[:200]
    return Origin(client_address(request, settings.trusted_proxies), device)


async def sign_in(
    db: Database, secrets: Secrets, throttle: Throttle, given: Login, *, origin: Origin, now: datetime
) -> Tokens:
    """Tokens of a new session; raises Unauthenticated without saying which of email and password was wrong.

    A device is one person's: whoever was signed in on it before is no longer.
    """
    email = given.email.strip().lower()
    before = await session_behind(db, given.previous) if given.previous else None
    known_as = before.id if before is not None and before.email == email else ""
    counted = await throttle.admit(db, Tried(email, origin.address, known_as), now)
    writes = Writes()
    throttle.passed(writes, counted)
    if before is not None and not known_as:
        end_session(writes, before.id, now=now)
    try:
        return await _let_in(db, writes, secrets, given, device=origin.device, now=now)
    except (Unauthenticated, Unavailable) as refusal:
        if refusal.code in ("totp_required", "unavailable"):
            await throttle.take_back(db, counted)
        raise


async def _let_in(
    db: Database, writes: Writes, secrets: Secrets, given: Login, *, device: str, now: datetime
) -> Tokens:
    found = await db.row(Credentials, select(User).where(User.email == (given.email.strip().lower())))
    is_right = await is_password(given.password, found.password_hash if found else None)
    if not is_right or found is None or found.deactivated_at is not None:
        raise Unauthenticated("email or password is wrong", code="bad_credentials")
    await second_factor(db, writes, secrets, found.id, given.totp, now=now)
    if (renewed := await renewed_hash(given.password, found.password_hash)) is not None:
        writes.sql(
            "UPDATE user_account SET password_hash = :hash WHERE id = :id AND password_hash = :was",
            hash=renewed,
            id=found.id,
            was=found.password_hash,
        )
    tokens = await let_in(db, writes, secrets, found.id, device=device, now=now)
    try:
        await db.apply(writes)
    except Stale:
        raise Unauthenticated("this code was used before", code="bad_totp") from None
    return tokens


async def confirm_sign_in(
    db: Database, actor: Actor, secrets: Secrets, given: SignInProof, *, session: SessionRow, now: datetime
) -> Writes:
    """It is still the same person: what wants a fresh sign-in is open again. Raises Invalid naming what is wrong."""
    found = await db.row(Credentials, select(User).where(User.id == actor.user_id))
    if found is None or not await is_password(given.password, found.password_hash):
        raise Invalid.one("password", "wrong", "is not your password")
    writes = Writes()
    try:
        await second_factor(db, writes, secrets, actor.user_id, given.totp, now=now)
    except Unauthenticated as refusal:
        raise Invalid.one("totp", refusal.code, refusal.detail) from refusal
    prove(writes, session, now=now)
    audit(writes, actor, About("session", session.id, session.device), now=now, verb="sign_in_confirmed")
    return writes


async def let_in(db: Database, writes: Writes, secrets: Secrets, user_id: str, *, device: str, now: datetime) -> Tokens:
    """Begin a session in `writes`, and say so in the audit trail."""
    session_id, tokens = begin_session(writes, secrets, user_id, device=device, now=now)
    if (actor := await load_actor(db, user_id)) is not None:
        audit(writes, actor, About("session", session_id, device), now=now, verb="signed_in")
    return tokens
