"""Somebody enters an address: it hears of the page once whoever reads its mail says so.

The same is done and answered whether the address is known or not, and few mails leave for one address (reliability:
subscribe forms are what people send mail bombs with).
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Kind, arm
from server.kernel.errors import Invalid, TooManyRequests
from server.kernel.limits.counts import draw, take
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.status_pages.components import component_ids
from server.status_pages.subscribers.rows import (
    NewSubscriber,
    by_email,
    change_subscriber,
    count_confirmed,
    insert_subscriber,
)
from shared.domain.mail_address import inbox_of, is_mail_address
from shared.domain.status.subscribing import Scope
from shared.wire.sessions import Language

CONFIRM = Kind("status.confirm", Priority.BULK)
CONFIRM_WITHIN: Final = timedelta(hours=24)
MAILS_EACH: Final = 3
MAILS_IN_ALL: Final = 600
IN_ALL: Final = timedelta(hours=1)
POSTS_EACH: Final = 20
POSTS_EVERY_S: Final = 180
"""From one network address: a burst, and then one every three minutes."""


async def ask_to_subscribe(
    db: Database,
    secrets: Secrets,
    page_id: str,
    *,
    email: str,
    scope: Scope,
    language: Language,
    origin: str,
    now: datetime,
) -> None:
    """Raises Invalid for what is no address and for what is about nothing that the page shows, TooManyRequests for who
    asks too often; nothing tells who is known.
    """
    if not is_mail_address(email) or not email.isascii():
        raise Invalid.one("email", "not_an_email", "must be an email address")
    asker = hashlib.sha256(origin.encode()).hexdigest()[:32]
    wait_s = await draw(db, f"status ask {asker}", 1, per_s=1 / POSTS_EVERY_S, burst=POSTS_EACH, now=now)
    if wait_s:
        raise TooManyRequests("too many requests from this address", retry_after_s=int(wait_s) + 1)
    known = await _known_scope(db, page_id, scope)
    if known.is_empty:
        raise Invalid.one("scope", "empty", "must name something of this page")
    address = secrets.lookup(f"status subscriber {inbox_of(email)}")[:40]
    if not await take(db, f"status letters to {address}", MAILS_EACH, until=now + CONFIRM_WITHIN, now=now):
        return
    if not await take(db, "status letters asked for", MAILS_IN_ALL, until=now + IN_ALL, now=now):
        return
    await db.apply(await _asked(db, page_id, email, known, language, now))


async def _asked(db: Database, page_id: str, email: str, scope: Scope, language: Language, now: datetime) -> Writes:
    writes = Writes()
    found = await by_email(db, page_id, email)
    if found is None:
        new = NewSubscriber(page_id=page_id, scope=scope, email=email, language=language)
        id = insert_subscriber(writes, new, now=now)
    else:
        id = found.id
        if found.confirmed_at is None:
            change_subscriber(writes, id, scope, language=language)
            writes.sql("UPDATE status_subscriber SET asked_at = :now WHERE id = :id", id=id, now=now)
    arm(writes, CONFIRM, id, at=now, now=now)
    return writes


async def _known_scope(db: Database, page_id: str, scope: Scope) -> Scope:
    """What the page has of it."""
    known = await component_ids(db, page_id)
    text = (
        "SELECT id FROM status_event WHERE page_id = :page AND archived_at IS NULL AND published_at IS NOT NULL"
        " AND id IN :ids"
    )
    events = await db.values(text, page=page_id, ids=scope.event_ids)
    return Scope(
        is_for_all=scope.is_for_all,
        component_ids=tuple(dict.fromkeys(id for id in scope.component_ids if id in known)),
        event_ids=tuple(sorted(id for (id,) in events)),
    )


async def is_full(db: Database, settings: Settings, page_id: str) -> bool:
    """Whether the page may have no more subscribers."""
    most = settings.status_subscribers
    return bool(most) and await count_confirmed(db, page_id) >= most
