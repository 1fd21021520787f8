"""Tell those anew who were told of something milder."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from server.delivery.enqueue import cancel
from server.escalation.people import who_is_meant
from server.escalation.runs import GRAVER, QUIET, load_run
from server.incidents.paging.covered import covered_until
from server.incidents.paging.paged import about_step, load_paged
from server.incidents.write import decide
from server.kernel.database import Database, Writes
from server.kernel.due import Claimed, arm, handles
from server.pages.plan import plan_pages, recipients_of
from server.pages.settle import HURRY
from shared.domain.alerts import Severity
from shared.domain.incidents.timeline import Entry
from shared.domain.paging.escalation import meant_next, place_of
from shared.domain.paging.notification import LOOK_AFTER, EarlierPage, paged_too_mildly


class _Page(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    name: str
    step: int
    severity: Severity


@handles(GRAVER)
@dataclass(frozen=True)
class PageAnew:
    """Handler of `run.graver`: the incident has become graver than what people were told, and nobody has answered.

    Each of them is paged by their rule for what it is now, as of the step that paged them last; what waits of the
    milder pages is taken back. Whoever was told of something as grave is left alone, so that a severity which goes
    up and down pages once.
    """

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        incident = await load_paged(self.db, claimed.ref)
        if incident is None or incident.state != "triggered":
            return writes
        run = await load_run(self.db, incident.id, incident.cycle)
        if run is None or run.state != "running" or run.next_at is None:
            return writes
        pages = await self._pages(incident.id, run.cycle)
        milder = paged_too_mildly(
            (EarlierPage(page.user_id, page.step, page.severity) for page in pages), Severity(incident.severity)
        )
        if not milder:
            return writes
        if await covered_until(self.db, incident.id, now) is not None:
            arm(writes, QUIET, incident.id, at=now, now=now)
            return writes
        cancel(writes, tuple(page.id for page in pages if page.user_id in milder), now=now)
        place = place_of(run.policy_json, run.position - 1)
        targets = [target for level in run.policy_json.levels for target in level.targets]
        meant = await who_is_meant(self.db, targets, now, team_id=incident.team_id)
        about = about_step(
            incident,
            next_meant=meant_next(run.policy_json, run.position, meant=meant),
            next_at=run.next_at,
            app_url=self.app_url,
            is_fallback=run.step > 0 and (run.levels_at is not None or place.is_fallback),
        )
        for step, found in groupby(sorted(milder, key=milder.__getitem__), milder.__getitem__):
            recipients = await recipients_of(self.db, list(found))
            await plan_pages(
                self.db,
                writes,
                about,
                recipients,
                cycle=run.cycle,
                step=step,
                waits=incident.state == "triggered",
                now=now,
            )
        args = {"people": _names(pages, milder), "severity": incident.severity}
        decide(writes, incident, [Entry("paged_anew", args)], now=now, given=incident.facts)
        if run.step > 0:
            arm(writes, HURRY, incident.id, at=min(now + LOOK_AFTER, run.next_at), now=now)
        return writes

    async def _pages(self, incident_id: str, cycle: int) -> list[_Page]:
        """Those of the cycle that were not taken back, to people who are here still and have not answered."""
        return await self.db.rows(
            _Page,
            "SELECT notification.id, notification.user_id, user_account.name, notification.step, severity"
            " FROM notification JOIN user_account ON user_account.id = notification.user_id"
            " JOIN delivery ON delivery.id = notification.id AND delivery.state <> 'cancelled'"
            " WHERE notification.incident_id = :incident AND cycle = :cycle AND deactivated_at IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM incident_responder AS asked WHERE asked.incident_id = :incident"
            " AND asked.user_id = notification.user_id AND asked.answered_at IS NOT NULL)"
            " ORDER BY notification.id",
            incident=incident_id,
            cycle=cycle,
        )


def _names(pages: list[_Page], people: Collection[str]) -> list[str]:
    return list(dict.fromkeys(page.name for page in pages if page.user_id in people))
