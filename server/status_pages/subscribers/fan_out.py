"""An update goes to its subscribers, a slice at a time: a letter each, or a notice by a member's own ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from msgspec import Struct

from server.accounts.access.actors import load_actor
from server.channels.email import Address, Email
from server.kernel.database import Database, Priority, Writes, living
from server.kernel.due import Claimed, Postponed, arm, handles, waiting
from server.kernel.errors import NotFound
from server.kernel.settings import Settings
from server.notices.send import send
from server.notices.status_update import UpdateFacts, update_notice
from server.status_pages.read import LoadedEvent, UpdateRow, load_event
from server.status_pages.site.markdown import as_text
from server.status_pages.subscribers.letters import LETTER
from server.status_pages.subscribers.notify import NOTIFY, UpdateRef
from server.status_pages.subscribers.rows import SubscriberRow, confirmed_after
from server.tables.status_pages import StatusLetter, StatusPage
from shared.domain.status.subscribing import DEAD_AFTER, is_for
from shared.wire import routes
from shared.wire import status_pages as wire

SLICE: Final = 50
MOST_WAITING: Final = 100
WAITS: Final = timedelta(seconds=1)
"""While so many letters wait to leave, no more are written: they would leave no sooner."""
WORTH: Final = timedelta(hours=12)


class _Place(Struct, frozen=True):
    page_id: str
    event_id: str


@handles(NOTIFY, at_once=1)
@dataclass(frozen=True)
class NotifySubscribers:
    """Handler of `status.notify`."""

    db: Database
    settings: Settings

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        if await waiting(self.db, LETTER, most=MOST_WAITING, now=now) >= MOST_WAITING:
            raise Postponed(now + WAITS)
        ref, writes = NOTIFY.read(claimed.ref), Writes()
        text = "SELECT page_id, event_id FROM status_update WHERE id = :id"
        place = await self.db.row(_Place, text, id=ref.update_id)
        page = await self.db.row(wire.StatusPage, living(StatusPage, place.page_id)) if place is not None else None
        if place is None or page is None:
            return writes
        try:
            event = await load_event(self.db, page.id, place.event_id)
        except NotFound:
            return writes
        named = {change.component_id for each in event.updates for change in each.changes}
        found = await confirmed_after(self.db, page.id, ref.after, SLICE)
        served = await self._served(ref.update_id, [each.id for each in found])
        update = event.update(ref.update_id)
        wanting = [
            each
            for each in found
            if each.id not in served
            and each.failures < DEAD_AFTER
            and is_for(each.scope, event_id=event.row.id, component_ids=named)
        ]
        writes.extend_side_by_side([await self._to(each, page, event, update, now) for each in wanting])
        if len(found) == SLICE:
            arm(writes, NOTIFY, UpdateRef(ref.update_id, found[-1].id), at=now, now=now)
        return writes

    async def _served(self, update_id: str, subscriber_ids: Sequence[str]) -> set[str]:
        """Those to whom it went already."""
        text = "SELECT subscriber_id FROM status_letter WHERE id IN :ids"
        ids = tuple(f"{update_id} {each}" for each in subscriber_ids)
        return {id for (id,) in await self.db.values(text, ids=ids)}

    async def _to(
        self, to: SubscriberRow, page: wire.StatusPage, event: LoadedEvent, update: UpdateRow, now: datetime
    ) -> Writes:
        id, writes = f"{update.id} {to.id}", Writes()
        label = Email.label(Address(email=to.email)) if to.email is not None else ""
        if to.user_id is not None:
            person = await load_actor(self.db, to.user_id)
            if person is None or page.team_id not in person.visible_ids:
                return writes
            label = person.name
            await self._notice(writes, to.user_id, page, event, update, now)
        state = "queued" if to.email is not None else "sent"
        writes.insert(
            StatusLetter,
            id=id,
            page_id=page.id,
            event_id=event.row.id,
            update_id=update.id,
            subscriber_id=to.id,
            label=label,
            state=state,
            reason=None,
            attempts=0,
            made_at=now,
            sent_at=None if to.email is not None else now,
        )
        if to.email is not None:
            arm(writes, LETTER, id, at=now, now=now)
        return writes

    async def _notice(
        self,
        writes: Writes,
        user_id: str,
        page: wire.StatusPage,
        event: LoadedEvent,
        update: UpdateRow,
        now: datetime,
    ) -> None:
        facts = UpdateFacts(
            page=page.name,
            title={"en": event.row.title.said("en", page.language), "zh": event.row.title.said("zh", page.language)},
            status=update.status,
            body={
                "en": as_text(update.body.said("en", page.language)),
                "zh": as_text(update.body.said("zh", page.language)),
            },
            url=f"{self.settings.api_url}{routes.STATUS_SITES}/{page.slug}/events/{event.row.number}.html",
        )
        await send(
            self.db,
            writes,
            [user_id],
            partial(update_notice, facts),
            expires_at=now + WORTH,
            now=now,
            priority=Priority.BULK,
        )
