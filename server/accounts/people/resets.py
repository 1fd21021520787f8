"""Set a forgotten password by a link: mailed to its owner, or handed over by an administrator."""

from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.access.actors import Actor, load_actor
from server.accounts.audit.trail import About, audit
from server.accounts.people.find import person_row
from server.accounts.people.grants import require_no_more
from server.accounts.people.links import RESET, id_in, is_link_token, reset_link
from server.accounts.people.mail import can_mail, mail_reset
from server.accounts.sign_in.passwords import hash_password, is_password, password_flaw
from server.accounts.sign_in.sessions import end_sessions
from server.accounts.sign_in.sign_in import Credentials
from server.kernel.database import Database, Writes, delete, select
from server.kernel.errors import Conflict, Invalid, NotFound, Stale
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.tables.accounts import User
from server.tables.credentials import PasswordReset
from shared.wire.passwords import PasswordChange, ResetConfirmation, ResetLink

LASTING = timedelta(hours=1)
KEPT = timedelta(days=1)


class ResetRow(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str | None
    is_mailed: bool
    expires_at: datetime
    used_at: datetime | None


class MadeReset(Struct, frozen=True):
    """What is remembered of a link that was made."""

    id: str


async def ask_for_reset(db: Database, email: str, *, settings: Settings, now: datetime) -> Writes:
    """The same writes whether somebody has this address or nobody: a row, and a mail that is due.

    Raises Conflict where no mail leaves at all, whatever the address; a demo shows its password beside.
    """
    if not settings.demo and not await can_mail(db, settings):
        raise Conflict("this server sends no email; ask an administrator for a link", code="no_mail")
    user_id: str | None = await db.value(
        select(User, User.id).where(User.email == (email.strip().lower()), User.deactivated_at.is_null())
    )
    writes = Writes()
    mail_reset(writes, _write_reset(writes, user_id, is_mailed=True, now=now), now=now)
    return writes


def _write_reset(writes: Writes, user_id: str | None, *, is_mailed: bool, now: datetime) -> str:
    id = new_id(now)
    writes.query(delete(PasswordReset).where(PasswordReset.expires_at < (now - KEPT)))
    writes.insert(
        PasswordReset,
        id=id,
        user_id=user_id,
        is_mailed=is_mailed,
        created_at=now,
        expires_at=now + LASTING,
        used_at=None,
    )
    return id


def end_resets(writes: Writes, user_id: str, *, now: datetime) -> None:
    """Links that are out set no password any more."""
    text = "UPDATE password_reset SET used_at = :now WHERE user_id = :user AND used_at IS NULL"
    writes.sql(text, now=now, user=user_id)


async def make_reset(
    db: Database, actor: Actor, user_id: str, *, settings: Settings, now: datetime
) -> tuple[Writes, MadeReset]:
    """By an administrator; the password stays what it is until the link is used."""
    person = await person_row(db, user_id)
    await require_no_more(db, actor, person)
    if person.deactivated_at is not None:
        raise Conflict("this account is deactivated", code="deactivated")
    writes = Writes()
    is_mailed = await can_mail(db, settings)
    id = _write_reset(writes, user_id, is_mailed=is_mailed, now=now)
    if is_mailed:
        mail_reset(writes, id, now=now)
    audit(writes, actor, About("user", user_id, person.name), now=now, verb="password_reset_sent")
    return writes, MadeReset(id)


async def shown_reset(db: Database, secrets: Secrets, settings: Settings, made: MadeReset) -> ResetLink:
    row = await db.row(ResetRow, select(PasswordReset).where(PasswordReset.id == made.id))
    if row is None:
        raise NotFound
    return ResetLink(link=reset_link(settings, secrets, row.id), expires_at=row.expires_at, is_mailed=row.is_mailed)


async def confirm_reset(db: Database, secrets: Secrets, given: ResetConfirmation, *, now: datetime) -> None:
    """Sets the password once; every session ends, and so do the person's other links."""
    id = id_in(given.token, RESET)
    row = await db.row(ResetRow, select(PasswordReset).where(PasswordReset.id == id)) if id is not None else None
    refusal = NotFound("this link is not valid any more; ask for a new one", code="bad_reset_link")
    if row is None or row.user_id is None or row.used_at is not None or now >= row.expires_at:
        raise refusal
    if not is_link_token(secrets, given.token, RESET, row.id):
        raise refusal
    person = await load_actor(db, row.user_id)
    if person is None:
        raise refusal
    email: str = await db.value(select(User, User.email).where(User.id == row.user_id))
    if (flaw := password_flaw(given.password, email=email)) is not None:
        raise Invalid([flaw])
    hashed = await hash_password(given.password)
    text = "UPDATE password_reset SET used_at = :now WHERE id = :id AND used_at IS NULL"
    writes = Writes().sql(text, expect=1, now=now, id=row.id)
    end_resets(writes, row.user_id, now=now)
    text = "UPDATE user_account SET password_hash = :hash WHERE id = :id AND deactivated_at IS NULL"
    writes.sql(text, expect=1, hash=hashed, id=row.user_id)
    end_sessions(writes, row.user_id, now=now)
    audit(writes, person, About("user", person.user_id, person.name), now=now, verb="password_reset")
    try:
        await db.apply(writes)
    except Stale:
        raise refusal from None


async def change_password(
    db: Database, actor: Actor, given: PasswordChange, *, session_id: str, now: datetime
) -> Writes:
    """A new password for the old; every other session of the person ends, and so do links that set one."""
    found = await db.row(Credentials, select(User).where(User.id == actor.user_id))
    if found is None or not await is_password(given.old_password, found.password_hash):
        raise Invalid.one("old_password", "wrong", "is not your password")
    if (flaw := password_flaw(given.new_password, email=found.email, field="new_password")) is not None:
        raise Invalid([flaw])
    writes = Writes().sql(
        "UPDATE user_account SET password_hash = :hash WHERE id = :id AND password_hash = :was",
        expect=1,
        hash=await hash_password(given.new_password),
        id=found.id,
        was=found.password_hash,
    )
    end_resets(writes, actor.user_id, now=now)
    end_sessions(writes, actor.user_id, but=session_id, now=now)
    audit(writes, actor, About("user", actor.user_id, actor.name), now=now, verb="password_changed")
    return writes
