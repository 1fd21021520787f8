"""Pair a phone by one scan: a signed-in person shows a code, the phone that brings it first is signed in as them."""

import base64
import re
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from msgspec import Struct

from server.accounts.access.actors import Actor, load_actor
from server.accounts.audit.trail import About, audit
from server.accounts.sign_in.qr import qr_svg
from server.accounts.sign_in.sessions import SessionRow, begin_session, end_session
from server.delivery.addresses import can_leave
from server.kernel.database import Database, Writes, delete, select
from server.kernel.errors import Conflict, NotFound, Stale, Unauthenticated
from server.kernel.ids import new_id
from server.kernel.secrets import Secrets, digest
from server.kernel.settings import Settings
from server.tables.credentials import PairingCode, Session
from shared.wire import devices as wire
from shared.wire.sessions import Tokens

LASTING = timedelta(minutes=5)
UNDO = timedelta(minutes=5)
KEPT = timedelta(days=1)
PUSH = ("push.fcm", "push.apns")
_NOISE = re.compile(r"[^A-Z2-7]")


class _CodeRow(Struct, frozen=True, kw_only=True):
    """`session_id` is its maker's while it waits, the phone's once that has joined."""

    id: str
    user_id: str
    expires_at: datetime
    used_at: datetime | None
    undone_at: datetime | None
    session_id: str | None


class MadeCode(Struct, frozen=True):
    """What is remembered of a code that was made."""

    id: str


def code_text(secrets: Secrets, id: str) -> str:
    """80 bits as four groups of four letters and digits, for those who can't scan."""
    text = base64.b32encode(secrets.derived(f"pairing {id}")[:10]).decode()
    return "-".join(text[n : n + 4] for n in range(0, 16, 4))


def make_code(actor: Actor, session: SessionRow, secrets: Secrets, *, now: datetime) -> tuple[Writes, MadeCode]:
    """Good once and for five minutes, as long as the session that made it is not over."""
    id = new_id(now)
    writes = Writes().query(delete(PairingCode).where(PairingCode.expires_at < (now - KEPT)))
    writes.insert(
        PairingCode,
        id=id,
        user_id=actor.user_id,
        code_hash=_hash(code_text(secrets, id)),
        created_at=now,
        expires_at=now + LASTING,
        session_id=session.id,
    )
    audit(writes, actor, About("pairing_code", id, actor.name), now=now, verb="made")
    return writes, MadeCode(id)


async def shown_code(
    db: Database, actor: Actor, made: MadeCode, *, secrets: Secrets, settings: Settings
) -> wire.PairingCode:
    row = await _own(db, actor, made.id)
    code = code_text(secrets, row.id)
    link = f"dogwatch://pair?{urlencode({'server': settings.api_url, 'code': code})}"
    rings = any([await can_leave(db, route) for route in PUSH])
    return wire.PairingCode(
        id=row.id, code=code, link=link, qr_svg=qr_svg(link), expires_at=row.expires_at, rings=rings
    )


async def pair(db: Database, secrets: Secrets, given: wire.Pair, *, now: datetime) -> Tokens:
    """Of however many phones bring a code, one is signed in; raises Unauthenticated for every other."""
    refusal = Unauthenticated("this code is not valid any more; show a new one", code="bad_pairing_code")
    row = await db.row(_CodeRow, select(PairingCode).where(PairingCode.code_hash == (_hash(given.code))))
    if row is None or row.used_at is not None or now >= row.expires_at:
        raise refusal
    actor = await load_actor(db, row.user_id)
    if actor is None:
        raise refusal
    writes = Writes()
    device = given.device.name
    session_id, tokens = begin_session(writes, secrets, row.user_id, device=device, now=now, is_proven=False)
    writes.sql(
        "UPDATE pairing_code SET used_at = :now, session_id = :session"
        " WHERE id = :id AND used_at IS NULL AND expires_at > :now AND NOT EXISTS (SELECT 1 FROM session"
        " WHERE session.id = pairing_code.session_id AND session.revoked_at IS NOT NULL)",
        expect=1,
        now=now,
        session=session_id,
        id=row.id,
    )
    audit(writes, actor, About("session", session_id, device), now=now, verb="paired")
    try:
        await db.apply(writes)
    except Stale:
        raise refusal from None
    return tokens


async def read_pairing(db: Database, actor: Actor, id: str, *, now: datetime) -> wire.Pairing:
    row = await _own(db, actor, id)
    joined = row.session_id if row.used_at is not None else None
    device = await db.value(select(Session, Session.device).where(Session.id == (joined or "")))
    may_undo = row.used_at is not None and row.undone_at is None and now < row.used_at + UNDO
    return wire.Pairing(
        id=row.id,
        state=_state(row, now),
        device=device,
        joined_at=row.used_at,
        undo_until=row.used_at + UNDO if row.used_at is not None and may_undo else None,
    )


def _state(row: _CodeRow, now: datetime) -> Literal["waiting", "joined", "undone", "expired"]:
    if row.undone_at is not None:
        return "undone"
    if row.used_at is not None:
        return "joined"
    return "waiting" if now < row.expires_at else "expired"


async def undo_pairing(db: Database, actor: Actor, id: str, *, now: datetime) -> Writes:
    """The phone that joined is signed out at once; raises Conflict when none did, or too long ago."""
    row = await _own(db, actor, id)
    if row.session_id is None or row.used_at is None:
        raise Conflict("no phone has joined with it", code="not_joined")
    if row.undone_at is not None:
        raise Conflict("it was undone already", code="undone_already")
    if now >= row.used_at + UNDO:
        raise Conflict("it can be undone for five minutes; end the session instead", code="too_late")
    text = "UPDATE pairing_code SET undone_at = :now WHERE id = :id AND undone_at IS NULL"
    writes = Writes().sql(text, expect=1, now=now, id=id)
    end_session(writes, row.session_id, now=now)
    audit(writes, actor, About("session", row.session_id, actor.name), now=now, verb="pairing_undone")
    return writes


async def _own(db: Database, actor: Actor, id: str) -> _CodeRow:
    found = await db.row(
        _CodeRow, select(PairingCode).where(PairingCode.id == id, PairingCode.user_id == actor.user_id)
    )
    if found is None:
        raise NotFound
    return found


def _hash(code: str) -> str:
    """Of the code as it is meant: in any case, with or without hyphens and blanks."""
    return digest(f"pairing {_NOISE.sub('', code.upper())}")
