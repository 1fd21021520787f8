"""Addresses that nobody confirmed are forgotten, and so are letters of long ago."""

from datetime import timedelta

from server.kernel.database import Writes
from server.kernel.due import Claimed
from server.kernel.ids import new_id
from server.paging_health.prune import Prune
from server.status_pages.subscribers.rows import NewSubscriber, insert_subscriber
from server.tables.status_pages import StatusLetter
from shared.domain.status.subscribing import Scope
from tests.kit.world import World


async def test_what_nobody_confirmed_goes_after_two_days_and_letters_after_a_quarter(world: World) -> None:
    writes, now = Writes(), world.clock.now()
    for email, is_confirmed in (("asked@example.com", False), ("known@example.com", True)):
        new = NewSubscriber(page_id="p", scope=Scope(), language="en", email=email, is_confirmed=is_confirmed)
        insert_subscriber(writes, new, now=now)
    about = {"page_id": "p", "event_id": "e", "update_id": "u", "subscriber_id": "s", "label": "k…@example.com"}
    came = {"state": "sent", "reason": None, "attempts": 1, "made_at": now, "sent_at": now}
    writes.insert(StatusLetter, id=new_id(now), **about, **came)
    await world.db.apply(writes)

    async def left(days: int) -> tuple[list[str], int]:
        claimed = Claimed(id="p", kind="prune", ref="all", due_at=now, fence=1, attempts=1)
        await world.db.apply(await Prune(world.db, None)(claimed, now + timedelta(days=days)))
        rows = await world.db.values("SELECT email FROM status_subscriber ORDER BY email")
        return [email for (email,) in rows], await world.db.value("SELECT COUNT(*) FROM status_letter")

    assert await left(1) == (["asked@example.com", "known@example.com"], 1)
    assert await left(3) == (["known@example.com"], 1)
    assert await left(91) == (["known@example.com"], 0)
