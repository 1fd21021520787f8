"""Page those who were called in beside the run."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from server.delivery.addresses import living_addresses
from server.escalation.runs import ASK
from server.incidents.paging.paged import load_paged
from server.incidents.write import decide
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, handles
from server.pages.plan import plan_pages, recipients_of
from server.pages.render import About
from shared.domain.incidents.timeline import Entry

WORTH = timedelta(minutes=15)


class _Asked(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    name: str
    asked_by: str


@handles(ASK)
@dataclass(frozen=True)
class PageResponders:
    """Handler of `run.ask`: whoever was called in and not paged yet, whatever the run does.

    Their steps count down from -1, so that no step of the run is theirs.
    """

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        incident = await load_paged(self.db, claimed.ref)
        if incident is None or incident.state == "resolved":
            return writes
        asked = await self.db.rows(
            _Asked,
            "SELECT incident_responder.id, incident_responder.user_id, user_account.name, asker.name AS asked_by"
            " FROM incident_responder JOIN user_account ON user_account.id = incident_responder.user_id"
            " JOIN user_account AS asker ON asker.id = incident_responder.asked_by"
            " WHERE incident_id = :incident AND step IS NULL AND user_account.deactivated_at IS NULL"
            " ORDER BY user_account.name",
            incident=incident.id,
        )
        if not asked:
            return writes
        text = "SELECT MIN(step) FROM notification WHERE incident_id = :id AND cycle = :cycle"
        step = min(0, await self.db.value(text, id=incident.id, cycle=incident.cycle) or 0) - 1
        reachable = await living_addresses(self.db, [each.user_id for each in asked])
        about = About(
            incident_id=incident.id,
            number=incident.number,
            title=incident.title,
            severity=incident.severity,
            service=incident.place,
            rev=incident.rev + 1,
            url=f"{self.app_url}/incidents/{incident.id}",
            next_at=now + WORTH,
            next_meant=(),
            is_fallback=False,
            asked_by=asked[0].asked_by,
        )
        paged = [each for each in asked if each.user_id in reachable]
        await plan_pages(
            self.db,
            writes,
            about,
            await recipients_of(self.db, [each.user_id for each in paged]),
            cycle=incident.cycle,
            step=step,
            waits=incident.state == "triggered",
            now=now,
        )
        for each in asked:
            writes.sql("UPDATE incident_responder SET step = :step WHERE id = :id", expect=1, step=step, id=each.id)
        entries = [Entry("responders_paged", {"people": [each.name for each in paged]})] if paged else []
        entries += [
            Entry("page_skipped", {"person": each.name, "reason": "no_address"})
            for each in asked
            if each.user_id not in reachable
        ]
        decide(writes, incident, entries, now=now, given=incident.facts)
        return writes
