"""Subscribers as they are kept: inserted, confirmed, changed and removed here alone."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.kernel.database import Database, Writes, select
from server.kernel.ids import new_id
from server.tables.status_pages import StatusSubscriber
from shared.domain.status.subscribing import Scope
from shared.wire.sessions import Language


class SubscriberRow(Struct, frozen=True, kw_only=True):
    """By email, or a member by their own ways."""

    id: str
    page_id: str
    email: str | None
    user_id: str | None
    language: Language
    is_for_all: bool
    component_ids: tuple[str, ...]
    event_ids: tuple[str, ...]
    asked_at: datetime
    confirmed_at: datetime | None
    is_imported: bool
    failures: int
    failed_for: str | None

    @property
    def scope(self) -> Scope:
        return Scope(is_for_all=self.is_for_all, component_ids=self.component_ids, event_ids=self.event_ids)


def normal(email: str) -> str:
    """Addresses that differ in capitals or blanks around them are one."""
    return email.strip().lower()


async def find_subscriber(db: Database, id: str | None) -> SubscriberRow | None:
    return (
        None if id is None else await db.row(SubscriberRow, select(StatusSubscriber).where(StatusSubscriber.id == id))
    )


async def by_email(db: Database, page_id: str, email: str) -> SubscriberRow | None:
    text = "SELECT <fields> FROM status_subscriber WHERE page_id = :page AND email = :email"
    return await db.row(SubscriberRow, text, page=page_id, email=normal(email))


async def by_member(db: Database, page_id: str, user_id: str) -> SubscriberRow | None:
    text = "SELECT <fields> FROM status_subscriber WHERE page_id = :page AND user_id = :user"
    return await db.row(SubscriberRow, text, page=page_id, user=user_id)


class KnownEmail(Struct, frozen=True):
    """An address of a page's subscribers."""

    id: str
    email: str
    is_confirmed: bool


async def emails_of(db: Database, page_id: str) -> dict[str, KnownEmail]:
    rows = await db.rows(
        KnownEmail,
        "SELECT id, email, confirmed_at IS NOT NULL AS is_confirmed FROM status_subscriber"
        " WHERE page_id = :page AND email IS NOT NULL",
        page=page_id,
    )
    return {row.email: row for row in rows}


async def count_confirmed(db: Database, page_id: str) -> int:
    text = "SELECT COUNT(*) FROM status_subscriber WHERE page_id = :page AND confirmed_at IS NOT NULL"
    return await db.value(text, page=page_id)


async def confirmed_after(db: Database, page_id: str, after: str, limit: int) -> list[SubscriberRow]:
    """Those who hear of updates, by id."""
    return await db.rows(
        SubscriberRow,
        "SELECT <fields> FROM status_subscriber WHERE page_id = :page AND id > :after AND confirmed_at IS NOT NULL"
        " ORDER BY id LIMIT :limit",
        page=page_id,
        after=after,
        limit=limit,
    )


class NewSubscriber(Struct, frozen=True, kw_only=True):
    """By email or as a member; who `is_confirmed` need not show that the address is theirs."""

    page_id: str
    scope: Scope
    language: Language
    email: str | None = None
    user_id: str | None = None
    is_confirmed: bool = False
    is_imported: bool = False


def insert_subscriber(writes: Writes, new: NewSubscriber, *, now: datetime) -> str:
    id = new_id(now)
    writes.insert(
        StatusSubscriber,
        id=id,
        page_id=new.page_id,
        email=normal(new.email) if new.email is not None else None,
        user_id=new.user_id,
        language=new.language,
        is_for_all=new.scope.is_for_all,
        component_ids=new.scope.component_ids,
        event_ids=new.scope.event_ids,
        asked_at=now,
        confirmed_at=now if new.is_confirmed else None,
        is_imported=new.is_imported,
        failures=0,
        failed_for=None,
    )
    return id


def change_subscriber(writes: Writes, id: str, scope: Scope, *, language: Language) -> None:
    writes.update(
        StatusSubscriber,
        {"id": id},
        language=language,
        is_for_all=scope.is_for_all,
        component_ids=scope.component_ids,
        event_ids=scope.event_ids,
    )


def confirm(writes: Writes, id: str, *, now: datetime) -> None:
    writes.sql(
        "UPDATE status_subscriber SET confirmed_at = :now WHERE id = :id AND confirmed_at IS NULL", id=id, now=now
    )


def remove(writes: Writes, ids: Sequence[str]) -> None:
    """They are forgotten; what was sent to them keeps how they were called."""
    writes.sql("DELETE FROM status_subscriber WHERE id IN :ids", ids=tuple(ids))


def keep_failure(writes: Writes, id: str, reason: str | None) -> None:
    """That a mailbox refused a letter for good, or with no reason that it took one."""
    if reason is None:
        writes.sql(
            "UPDATE status_subscriber SET failures = 0, failed_for = NULL WHERE id = :id AND failures > 0", id=id
        )
    else:
        writes.sql(
            "UPDATE status_subscriber SET failures = failures + 1, failed_for = :why WHERE id = :id", id=id, why=reason
        )
