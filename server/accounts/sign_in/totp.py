"""The second factor: a code of the moment from an authenticator (RFC 6238), or a recovery code, each once."""

import base64
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

from msgspec import Struct
from pyotp import random_base32
from pyotp.totp import TOTP

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import About, audit
from server.accounts.sign_in.passwords import is_password
from server.accounts.sign_in.qr import qr_svg
from server.kernel.database import Database, Writes, delete, select
from server.kernel.errors import Conflict, Invalid, NotFound, Unauthenticated
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets
from server.tables.accounts import User
from server.tables.credentials import RecoveryCode
from shared.wire.passwords import RecoveryCodes, TotpEnrolment

STEP_S = 30
RECOVERY_CODES = 10
ISSUER = "Dogwatch"


class TotpRow(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    password_hash: str
    totp_enc: str | None
    totp_confirmed_at: datetime | None
    totp_last_step: int | None


class CodeSet(Struct, frozen=True):
    """What is remembered of ten recovery codes; `revealed` computes them from it."""

    id: str


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is: the present one, or its neighbours for clocks that are half a minute off."""
    present = int(now.timestamp()) // STEP_S
    totp = TOTP(secret)
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode("utf-8", "replace")):
            return step
    return None


async def second_factor(
    db: Database, writes: Writes, secrets: Secrets, user_id: str, code: str | None, *, now: datetime
) -> None:
    """Use up the code in `writes`; raises Unauthenticated `totp_required` without one, `bad_totp` for a wrong one.

    Writes that miss their guard mean that somebody has used the code meanwhile.
    """
    user = await _row(db, user_id)
    if user.totp_confirmed_at is None:
        return
    given = "".join((code or "").split()).lower()
    if not given:
        raise Unauthenticated("send the code of your authenticator too", code="totp_required")
    step = matching_step(_secret(user, secrets), given, now)
    if step is not None and step > (user.totp_last_step or 0):
        writes.sql(
            "UPDATE user_account SET totp_last_step = :step"
            " WHERE id = :id AND totp_confirmed_at IS NOT NULL AND COALESCE(totp_last_step, 0) < :step",
            expect=1,
            step=step,
            id=user_id,
        )
        return
    text = "SELECT id FROM recovery_code WHERE user_id = :user AND code_hash = :hash AND used_at IS NULL"
    id = await db.value(text, user=user_id, hash=secrets.lookup(_plain(given)))
    if id is None:
        raise Unauthenticated("this code is not valid, or was used before", code="bad_totp")
    text = "UPDATE recovery_code SET used_at = :now WHERE id = :id AND used_at IS NULL"
    writes.sql(text, expect=1, now=now, id=id)


async def enrol(db: Database, actor: Actor, secrets: Secrets, *, now: datetime) -> Writes:
    """Keep a new secret, which counts once a code of it is confirmed; raises Conflict while one counts."""
    user = await _row(db, actor.user_id)
    if user.totp_confirmed_at is not None:
        raise Conflict("the second factor is on; turn it off first", code="totp_on")
    sealed = secrets.encrypt(random_base32(), place=_place(user.id))
    text = (
        "UPDATE user_account SET totp_enc = :sealed, totp_last_step = NULL WHERE id = :id AND totp_confirmed_at IS NULL"
    )
    writes = Writes().sql(text, expect=1, sealed=sealed, id=user.id)
    audit(writes, actor, About("user", user.id, actor.name), now=now, verb="totp_begun")
    return writes


async def shown_enrolment(db: Database, actor: Actor, secrets: Secrets) -> TotpEnrolment:
    """The secret that waits for its first code; raises Conflict when none does."""
    user = await _row(db, actor.user_id)
    if user.totp_enc is None or user.totp_confirmed_at is not None:
        raise Conflict("the second factor is not being set up", code="totp_not_begun")
    secret = _secret(user, secrets)
    uri = f"otpauth://totp/{quote(f'{ISSUER}:{user.email}')}?{urlencode({'secret': secret, 'issuer': ISSUER})}"
    return TotpEnrolment(secret=secret, uri=uri, qr_svg=qr_svg(uri))


async def confirm(db: Database, actor: Actor, secrets: Secrets, code: str, *, now: datetime) -> tuple[Writes, CodeSet]:
    """From now on a code is asked for; the code that proved it is used up."""
    user = await _row(db, actor.user_id)
    if user.totp_enc is None or user.totp_confirmed_at is not None:
        raise Conflict("the second factor is not being set up", code="totp_not_begun")
    step = matching_step(_secret(user, secrets), "".join(code.split()), now)
    if step is None:
        raise Invalid.one("code", "bad_totp", "is not the code of this moment")
    writes = Writes().sql(
        "UPDATE user_account SET totp_confirmed_at = :now, totp_last_step = :step"
        " WHERE id = :id AND totp_confirmed_at IS NULL AND totp_enc = :sealed",
        expect=1,
        now=now,
        step=step,
        id=user.id,
        sealed=user.totp_enc,
    )
    made = _new_codes(writes, secrets, user.id, now)
    audit(writes, actor, About("user", user.id, actor.name), now=now, verb="totp_on")
    return writes, made


async def renew_codes(
    db: Database, actor: Actor, secrets: Secrets, password: str, *, now: datetime
) -> tuple[Writes, CodeSet]:
    """Ten new recovery codes in place of the old ones."""
    user = await _proven(db, actor, password)
    if user.totp_confirmed_at is None:
        raise Conflict("the second factor is off", code="totp_off")
    writes = Writes()
    made = _new_codes(writes, secrets, user.id, now)
    audit(writes, actor, About("user", user.id, actor.name), now=now, verb="recovery_codes_renewed")
    return writes, made


async def disable(db: Database, actor: Actor, password: str, *, now: datetime) -> Writes:
    """Turn it off; raises Invalid for a wrong password."""
    user = await _proven(db, actor, password)
    writes = Writes()
    forget_totp(writes, user.id)
    audit(writes, actor, About("user", user.id, actor.name), now=now, verb="totp_off")
    return writes


def forget_totp(writes: Writes, user_id: str) -> None:
    """No code is asked for any more, and no recovery code is left."""
    writes.update(User, {"id": user_id}, totp_enc=None, totp_confirmed_at=None, totp_last_step=None)
    writes.query(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def revealed(secrets: Secrets, user_id: str, made: CodeSet) -> RecoveryCodes:
    """The codes of a set, as they are shown once."""
    return RecoveryCodes(recovery_codes=[_code(secrets, user_id, made, n) for n in range(RECOVERY_CODES)])


def _new_codes(writes: Writes, secrets: Secrets, user_id: str, now: datetime) -> CodeSet:
    made = CodeSet(new_id(now))
    writes.query(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = revealed(secrets, user_id, made).recovery_codes
    rows = [
        {"id": new_id(now), "user_id": user_id, "code_hash": secrets.lookup(_plain(code)), "used_at": None}
        for code in codes
    ]
    writes.insert_many(RecoveryCode, rows)
    return made


def _code(secrets: Secrets, user_id: str, made: CodeSet, n: int) -> str:
    """50 bits as two groups of five letters and digits."""
    raw = secrets.derived(f"recovery {user_id} {made.id} {n}")
    text = base64.b32encode(raw).decode().lower()
    return f"{text[:5]}-{text[5:10]}"


def _plain(code: str) -> str:
    return "recovery " + code.replace("-", "")


async def _proven(db: Database, actor: Actor, password: str) -> TotpRow:
    user = await _row(db, actor.user_id)
    if not await is_password(password, user.password_hash):
        raise Invalid.one("password", "wrong", "is not your password")
    return user


async def _row(db: Database, user_id: str) -> TotpRow:
    found = await db.row(TotpRow, select(User).where(User.id == user_id))
    if found is None:
        raise NotFound
    return found


def _secret(user: TotpRow, secrets: Secrets) -> str:
    return secrets.decrypt(user.totp_enc or "", place=_place(user.id))


def _place(user_id: str) -> str:
    return f"user_account:totp_enc:{user_id}"
