"""The first administrator: from the environment, or by a link that start prints while nobody can sign in."""

from datetime import datetime

import structlog

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.accounts.people.people import is_empty, make_user
from server.accounts.people.ready_sets import add_ready_sets
from server.accounts.sign_in.sessions import begin_session
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Invalid, NotFound, Stale
from server.kernel.revisions import begin
from server.kernel.secrets import Secrets
from server.kernel.settings import SettingError, Settings
from shared.wire.people import NewUser, User
from shared.wire.sessions import Setup, Tokens

log = structlog.get_logger()


def setup_token(secrets: Secrets) -> str:
    """Worth something only while the database has no user."""
    return f"dws.{secrets.sign('the first administrator')}"


def is_setup_token(secrets: Secrets, token: str) -> bool:
    return secrets.is_signed("the first administrator", token.removeprefix("dws."))


async def make_first_admin(db: Database, secrets: Secrets, setup: Setup, *, now: datetime) -> None:
    """Raises NotFound for a wrong link, Conflict once anybody can sign in."""
    writes, _ = await _first_admin(db, secrets, setup, now=now)
    await _apply(db, writes)


async def enter_as_first_admin(db: Database, secrets: Secrets, setup: Setup, *, device: str, now: datetime) -> Tokens:
    """Make the first administrator and sign them in."""
    writes, user = await _first_admin(db, secrets, setup, now=now)
    _, tokens = begin_session(writes, secrets, user.id, device=device, now=now)
    await _apply(db, writes)
    return tokens


async def _first_admin(db: Database, secrets: Secrets, setup: Setup, *, now: datetime) -> tuple[Writes, User]:
    if not is_setup_token(secrets, setup.token):
        raise NotFound("this set-up link is not valid", code="bad_setup_link")
    if not await is_empty(db):
        raise Conflict("the first administrator exists already; sign in", code="set_up_already")
    new = NewUser(
        name=setup.name,
        email=setup.email,
        password=setup.password,
        role="owner",
        language=setup.language,
        time_zone=setup.time_zone,
    )
    writes, user = await make_user(db, new, chose=True, now=now)
    begin(writes, "first_admin")
    add_ready_sets(writes, user.language, now=now)
    themself = Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        language=user.language,
        time_zone=user.time_zone,
        team_ids=frozenset(),
        visible_ids=frozenset(),
    )
    audit(writes, themself, About("user", user.id, user.name), now=now, after=user)
    return writes, user


async def _apply(db: Database, writes: Writes) -> None:
    try:
        await db.apply(writes)
    except Stale:
        raise Conflict("somebody else was first", code="set_up_already") from None


async def admin_from_settings(db: Database, settings: Settings, *, now: datetime) -> None:
    """Make the administrator that the environment names, once."""
    if not settings.admin_email or not await is_empty(db):
        return
    name = settings.admin_email.partition("@")[0]
    new = NewUser(name=name, email=settings.admin_email, password=settings.admin_password, role="owner")
    try:
        writes, user = await make_user(db, new, now=now)
    except Invalid as error:
        flaw = error.errors[0]
        named = "DOGWATCH_ADMIN_PASSWORD" if flaw.field == "password" else "DOGWATCH_ADMIN_EMAIL"
        raise SettingError(named, flaw.message) from error
    add_ready_sets(writes, user.language, now=now)
    await db.apply(writes)
    log.info("accounts.first_admin_made", user=user.id)
