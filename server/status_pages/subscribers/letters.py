"""Letters on their way: one to each subscriber of an update, and the one that asks for a confirmation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import structlog
from msgspec import Struct

from server.channels.base import Channel, DeliveryFailed
from server.channels.email import Email, Letter
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Afterwards, Claimed, Kind, Postponed, arm, handles
from server.kernel.errors import NotFound
from server.kernel.limits.counts import is_quiet, keep_quiet, take
from server.kernel.revisions import revision
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.notices.send import send
from server.notices.status_mail_held import HeldFacts, held_notice
from server.status_pages.read import LoadedEvent, load_event
from server.status_pages.revisions import page_revision
from server.status_pages.site.content import SiteContent, load_shell, with_events
from server.status_pages.site.view import SiteView
from server.status_pages.subscribers.asking import CONFIRM, CONFIRM_WITHIN
from server.status_pages.subscribers.rows import SubscriberRow, find_subscriber, keep_failure
from server.status_pages.subscribers.tokens import confirm_token, manage_token
from server.status_pages.subscribers.words import confirm_letter, known_letter, update_letter
from shared.domain.status.subscribing import wait_after
from shared.wire import routes

log = structlog.get_logger()
LETTER = Kind("status.letter", Priority.BULK)
DAY: Final = timedelta(days=1)
TOLD_FOR: Final = timedelta(hours=12)
AGAIN: Final = timedelta(minutes=1)
MOST_SHOWN: Final = 16
GIVES_UP: Final = timedelta(hours=1)
"""Whoever waits for so long has entered the address again, or gone."""


class LetterRow(Struct, frozen=True, kw_only=True):
    """An update to one subscriber."""

    id: str
    page_id: str
    event_id: str
    update_id: str
    subscriber_id: str
    state: str
    attempts: int


@dataclass(frozen=True)
class _Post:
    """What both handlers need: the way out, links, and the day's quota."""

    db: Database
    secrets: Secrets
    settings: Settings
    channels: Mapping[str, Channel]

    def links(self, content: SiteContent, subscriber: SubscriberRow) -> dict[str, str]:
        token = manage_token(self.secrets, subscriber.id)
        return {
            "manage": f"{content.address}manage?t={token}",
            "unsubscribe": f"{content.address}unsubscribe?t={token}",
        }

    async def has_room(self, now: datetime) -> bool:
        """Whether one more mail may leave today; then it is counted."""
        most = self.settings.status_mails_a_day
        if not most:
            return True
        return await take(self.db, f"status letters of {now:%Y-%m-%d}", most, until=tomorrow(now), now=now)

    async def leave(self, letter: Letter) -> DeliveryFailed | None:
        """Why it did not."""
        channel = self.channels.get("email")
        if not isinstance(channel, Email):
            return DeliveryFailed("not_configured", permanent=False)
        try:
            await channel.post(letter)
        except DeliveryFailed as failure:
            log.info("status_pages.letter_failed", id=letter.id, reason=failure.reason)
            return failure
        return None

    async def shell(self, page_id: str) -> SiteContent | None:
        return await load_shell(self.db, page_id, root=f"{self.settings.api_url}{routes.STATUS_SITES}")


def tomorrow(now: datetime) -> datetime:
    """When the day's mails are free again."""
    return datetime(now.year, now.month, now.day, tzinfo=UTC) + DAY


@handles(CONFIRM, at_once=2)
@dataclass(frozen=True)
class AskToConfirm(_Post):
    """Handler of `status.confirm`; who has gone meanwhile gets nothing."""

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        subscriber = await find_subscriber(self.db, claimed.ref)
        content = await self.shell(subscriber.page_id) if subscriber is not None else None
        if subscriber is None or subscriber.email is None or content is None:
            return Writes()
        if not await self.has_room(now):
            raise Postponed(tomorrow(now))
        view = SiteView(content, subscriber.language, now)
        id = f"{subscriber.id}-{claimed.fence}"
        if subscriber.confirmed_at is not None:
            letter = known_letter(view, id=id, to=subscriber.email, **self.links(content, subscriber))
        else:
            token = confirm_token(self.secrets, subscriber.id, now + CONFIRM_WITHIN)
            link = f"{content.address}confirm?t={token}"
            letter = confirm_letter(view, id=id, to=subscriber.email, link=link)
        failure = await self.leave(letter)
        if failure is not None and not failure.permanent and now - subscriber.asked_at < GIVES_UP:
            raise Postponed(now + AGAIN)
        return Writes()


class _Shown(Struct, frozen=True):
    """What letters about one event are made of, as it was at one revision of its page."""

    rev: int
    content: SiteContent
    event: LoadedEvent


@handles(LETTER, at_once=2)
@dataclass(frozen=True)
class SendLetter(_Post):
    """Handler of `status.letter`; what thousands of letters share is read once for each revision of the page."""

    shown: dict[str, _Shown] = field(default_factory=dict[str, _Shown], compare=False)

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes | Afterwards:
        row = await self.db.row(LetterRow, "SELECT <fields> FROM status_letter WHERE id = :id", id=claimed.ref)
        if row is None or row.state not in ("queued", "held"):
            return Writes()
        subscriber = await find_subscriber(self.db, row.subscriber_id)
        try:
            content, event = await self._shown(row)
            update = event.update(row.update_id)
        except NotFound:
            return _dropped(row)
        if subscriber is None or subscriber.email is None:
            return _dropped(row)
        if not await self.has_room(now):
            return await self._held(row, content, now)
        view = SiteView(content, subscriber.language, now)
        to = subscriber.email
        letter = update_letter(view, event, update, id=row.id, to=to, **self.links(content, subscriber))
        failure = await self.leave(letter)

        async def outcome(_: datetime) -> Writes:
            return _outcome(row, failure, now)

        return outcome

    async def _shown(self, row: LetterRow) -> tuple[SiteContent, LoadedEvent]:
        """Raises NotFound where the page or the event has gone."""
        rev = await revision(self.db, page_revision(row.page_id))
        known = self.shown.get(row.event_id)
        if known is not None and known.rev == rev:
            return known.content, known.event
        content = await self.shell(row.page_id)
        if content is None:
            raise NotFound
        event = await load_event(self.db, row.page_id, row.event_id)
        if len(self.shown) >= MOST_SHOWN:
            self.shown.clear()
        self.shown[row.event_id] = _Shown(rev, with_events(content, [event]), event)
        return self.shown[row.event_id].content, event

    async def _held(self, row: LetterRow, content: SiteContent, now: datetime) -> Writes:
        """It waits for tomorrow, and whoever published hears so once."""
        writes = Writes().sql("UPDATE status_letter SET state = 'held' WHERE id = :id", id=row.id)
        arm(writes, LETTER, row.id, at=tomorrow(now), now=now)
        quiet = f"status held {row.event_id}"
        if not await is_quiet(self.db, quiet, now):
            keep_quiet(writes, quiet, TOLD_FOR, now=now)
            by = await self.db.value("SELECT created_by FROM status_event WHERE id = :id", id=row.event_id)
            facts = HeldFacts(page=content.page.name, most=self.settings.status_mails_a_day)
            await send(self.db, writes, [by], partial(held_notice, facts), expires_at=now + TOLD_FOR, now=now)
        return writes


def _dropped(row: LetterRow) -> Writes:
    """Nobody wants it any more, or it says nothing any more."""
    return Writes().sql("UPDATE status_letter SET state = 'dropped' WHERE id = :id", id=row.id)


def _outcome(row: LetterRow, failure: DeliveryFailed | None, now: datetime) -> Writes:
    attempts = row.attempts + 1
    wait = None if failure is None or failure.permanent else wait_after(attempts)
    state = "sent" if failure is None else "queued" if wait is not None else "failed"
    writes = Writes().sql(
        "UPDATE status_letter SET state = :state, reason = :reason, attempts = :attempts, sent_at = :sent"
        " WHERE id = :id",
        state=state,
        reason=failure.reason[:120] if failure is not None else None,
        attempts=attempts,
        sent=now if failure is None else None,
        id=row.id,
    )
    if wait is not None:
        arm(writes, LETTER, row.id, at=now + wait, now=now)
    if failure is None:
        keep_failure(writes, row.subscriber_id, None)
    elif failure.dead_address:
        keep_failure(writes, row.subscriber_id, failure.reason[:120])
    return writes
