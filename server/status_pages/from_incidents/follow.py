"""Look at open incidents: rules publish some, and what was published is followed to its end.

Nothing that pages anybody knows of this: it reads what is committed, in its own time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Final

from msgspec import Struct

from server.kernel.database import Database, Writes, living
from server.kernel.due import Claimed, arm_again, handles
from server.kernel.ids import new_id
from server.notices.send import send
from server.notices.status_follow_up import FollowUpFacts, follow_up_notice
from server.status_pages.from_incidents.links import FOLLOW, record_update
from server.status_pages.from_incidents.match import match_rules
from server.status_pages.from_incidents.rules import RuleRow
from server.status_pages.read import load_event
from server.status_pages.subscribers.notify import notify_of
from server.status_pages.templates import words_for
from server.status_pages.timers import arm_timer
from server.status_pages.write import NewUpdate, put_update
from server.tables.status_pages import StatusPage
from shared.domain.status.publishing import IncidentState
from shared.wire import status_pages as wire

EVERY: Final = timedelta(seconds=3)
WORTH: Final = timedelta(hours=12)


class FollowedRow(Struct, frozen=True, kw_only=True):
    """An incident behind an event that is still open."""

    event_id: str
    page_id: str
    incident_id: str
    rule_id: str | None
    published_by: str
    is_told: bool
    state: IncidentState
    number: int


@handles(FOLLOW, at_once=1)
@dataclass(frozen=True)
class FollowIncidents:
    """Handler of `status.follow`; it comes again as long as there is a rule, or an event to follow."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        rules = await self.db.rows(
            RuleRow,
            "SELECT status_rule.id, page_id, status_rule.name, service_ids, labels, severity, template_id, changes,"
            " approver_ids, resolves_by_itself, is_active, since_at, saved_by, status_rule.rev FROM status_rule"
            " JOIN status_page ON status_page.id = page_id WHERE is_active AND archived_at IS NULL"
            " ORDER BY status_rule.id",
        )
        is_more = await match_rules(self.db, writes, rules, self.app_url, now)
        is_followed = await self._follow(writes, {rule.id: rule for rule in rules}, now)
        _end_proposals(writes, now)
        if rules or is_followed:
            arm_again(writes, claimed, at=now if is_more else now + EVERY)
        return writes

    async def _follow(self, writes: Writes, rules: Mapping[str, RuleRow], now: datetime) -> bool:
        """See to events whose incidents have ended; whether any event is still followed."""
        rows = await self.db.rows(
            FollowedRow,
            "SELECT event_id, status_publication.page_id, incident_id, rule_id, published_by, is_told, incident.state,"
            " incident.number FROM status_publication JOIN status_event ON status_event.id = event_id"
            " JOIN incident ON incident.id = incident_id"
            " WHERE closed_at IS NULL AND archived_at IS NULL ORDER BY event_id, incident_id",
        )
        for event_id, found in groupby(rows, key=lambda row: row.event_id):
            behind = list(found)
            is_over = all(row.state == "resolved" for row in behind)
            is_told = all(row.is_told for row in behind)
            if is_over != is_told:
                text = "UPDATE status_publication SET is_told = :told WHERE event_id = :id"
                writes.sql(text, told=is_over, id=event_id)
            if is_over and not is_told:
                await self._end(writes, behind, rules, now)
        return bool(rows)

    async def _end(
        self, writes: Writes, behind: Sequence[FollowedRow], rules: Mapping[str, RuleRow], now: datetime
    ) -> None:
        """Say that it is over, where its rule does that, or tell whoever published it."""
        first = behind[0]
        page = await self.db.row(wire.StatusPage, living(StatusPage, first.page_id))
        if page is None:
            return
        loaded = await load_event(self.db, page.id, first.event_id)
        rule = rules.get(first.rule_id or "")
        if rule is None or not rule.resolves_by_itself:
            facts = FollowUpFacts(
                page=page.name, number=first.number, url=f"{self.app_url}/incidents/{first.incident_id}"
            )
            wording = partial(follow_up_notice, facts)
            await send(self.db, writes, [first.published_by], wording, expires_at=now + WORTH, now=now)
            return
        body = await words_for(self.db, page.id, "incident", "resolved")
        at = max(now, loaded.updates[-1].at)
        said = NewUpdate(id=new_id(now), at=at, status="resolved", body=body, is_notified=True)
        after = put_update(writes, loaded, said)
        arm_timer(writes, after.row, now=now)
        notify_of(writes, [said], now=now)
        await record_update(self.db, writes, page, after.row, now=now)


def _end_proposals(writes: Writes, now: datetime) -> None:
    """Nobody need approve what is over."""
    writes.sql(
        "UPDATE status_proposal SET state = 'over', decided_at = :now WHERE state = 'asked' AND NOT EXISTS"
        " (SELECT 1 FROM status_match JOIN incident ON incident.id = incident_id"
        " WHERE proposal_id = status_proposal.id AND incident.state <> 'resolved')",
        now=now,
    )
