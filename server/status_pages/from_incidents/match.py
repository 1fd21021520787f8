"""Rules over open incidents: what is right for one is published, proposed, or joins what the rule published last."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec
from msgspec import Struct

from server.accounts.access.names import names_of_people
from server.kernel.database import Database, Writes, living
from server.kernel.ids import new_id
from server.notices.send import send
from server.notices.status_approval import ApprovalFacts, approval_notice
from server.status_pages.events import event_flaws_of, publish
from server.status_pages.from_incidents.links import link, record_joined, record_publication
from server.status_pages.from_incidents.publish import event_of
from server.status_pages.from_incidents.rules import RuleRow
from server.status_pages.read import LoadedEvent, load_event
from server.status_pages.templates import load_templates
from server.tables.status_pages import StatusMatch, StatusPage, StatusProposal
from server.timeline.append import append
from shared.domain.alerts import Severity
from shared.domain.incidents.timeline import Entry
from shared.domain.status.publishing import IncidentOnCall, is_wanted
from shared.wire import status_pages as wire
from shared.wire.status_publishing import ProposalAnswer

MOST_LOOKED_AT: Final = 500
MOST_AT_ONCE: Final = 20
MOST_ALERTS: Final = 50
ANSWER_WITHIN: Final = timedelta(hours=4)


class OpenIncident(Struct, frozen=True, kw_only=True):
    """An incident that isn't resolved."""

    id: str
    number: int
    title: str
    service_id: str | None
    team_id: str
    severity: Severity
    triggered_at: datetime


class _Labelled(Struct, frozen=True):
    labels: dict[str, str]


async def match_rules(db: Database, writes: Writes, rules: Sequence[RuleRow], app_url: str, now: datetime) -> bool:
    """What rules make of open incidents; whether there is more than one turn takes."""
    incidents = await _open_incidents(db, rules)
    ids = tuple(each.id for each in incidents)
    text = "SELECT rule_id, incident_id FROM status_match WHERE incident_id IN :ids"
    known = {(rule, incident) for rule, incident in await db.values(text, ids=ids)}
    touched: set[str] = set()
    is_more = False
    for rule in rules:
        page = await db.row(wire.StatusPage, living(StatusPage, rule.page_id))
        if page is None:
            continue
        fresh = [each for each in incidents if each.triggered_at >= rule.since_at and (rule.id, each.id) not in known]
        matched = [each for each in fresh if await _is_right_for(db, rule, page, each)]
        if matched and page.id in touched:
            is_more = True
        elif matched:
            touched.add(page.id)
            is_more = is_more or len(matched) > MOST_AT_ONCE
            await _Turn(db, writes, rule, page, app_url, now).take(matched[:MOST_AT_ONCE])
    return is_more


async def _open_incidents(db: Database, rules: Sequence[RuleRow]) -> list[OpenIncident]:
    """The newest, the oldest of them first."""
    if not rules:
        return []
    found = await db.rows(
        OpenIncident,
        "SELECT <fields> FROM incident WHERE state IN ('triggered', 'acknowledged') AND merged_into IS NULL"
        " AND triggered_at >= :since ORDER BY triggered_at DESC LIMIT :limit",
        since=min(rule.since_at for rule in rules),
        limit=MOST_LOOKED_AT,
    )
    return found[::-1]


async def _is_right_for(db: Database, rule: RuleRow, page: wire.StatusPage, incident: OpenIncident) -> bool:
    """Labels are read for what is right otherwise."""
    facts = IncidentOnCall(service_id=incident.service_id, team_id=incident.team_id, severity=incident.severity)
    wanted = rule.wanted(page.team_id)
    if not wanted.labels or not is_wanted(msgspec.structs.replace(wanted, labels=()), facts):
        return is_wanted(wanted, facts)
    text = "SELECT <fields> FROM alert WHERE incident_id = :id ORDER BY id LIMIT :limit"
    alerts = await db.rows(_Labelled, text, id=incident.id, limit=MOST_ALERTS)
    return is_wanted(wanted, msgspec.structs.replace(facts, labels=tuple(each.labels for each in alerts)))


class _Turn(Struct, frozen=True):
    """One rule that is right for incidents, at one time."""

    db: Database
    writes: Writes
    rule: RuleRow
    page: wire.StatusPage
    app_url: str
    now: datetime

    async def take(self, incidents: Sequence[OpenIncident]) -> None:
        ids = [each.id for each in incidents]
        if (event := await self._open_event()) is not None:
            self._match(ids)
            link(self.writes, self.page, event.row, ids, by=self.rule.saved_by, rule=self.rule.id, now=self.now)
            for id in ids:
                record_joined(self.writes, self.page, event.row, id, now=self.now)
        elif (proposal := await self._asked()) is not None:
            self._match(ids, proposal)
        elif self.rule.approver_ids:
            await self._ask(incidents)
        else:
            await self._publish(ids)

    async def _publish(self, ids: Sequence[str]) -> None:
        """What the page can't show any more, such as components that are gone, is said on the incidents instead."""
        self._match(ids)
        event = await self._event()
        if event is None or await event_flaws_of(self.db, self.page, event, self.now):
            refused = Entry("status_not_published", {"page": self.page.name, "rule": self.rule.name})
            for id in ids:
                append(self.writes, id, [refused], now=self.now)
            return
        loaded = await publish(self.db, self.writes, self.page.id, event, by=self.rule.saved_by, now=self.now)
        link(self.writes, self.page, loaded.row, ids, by=self.rule.saved_by, rule=self.rule.id, now=self.now)
        record_publication(self.writes, self.page, loaded.row, ids, rule=self.rule.name, now=self.now)

    async def _event(self) -> wire.StatusEventInput | None:
        templates = await load_templates(self.db, self.page.id)
        template = next((each for each in templates if each.id == self.rule.template_id), None)
        return event_of(ProposalAnswer(), template, changes=self.rule.changes) if template is not None else None

    async def _ask(self, incidents: Sequence[OpenIncident]) -> None:
        first, now = incidents[0], self.now
        proposal = new_id(now)
        self.writes.insert(
            StatusProposal,
            id=proposal,
            page_id=self.page.id,
            rule_id=self.rule.id,
            incident_id=first.id,
            state="asked",
            event_id=None,
            made_at=now,
            decided_at=None,
            decided_by_name=None,
        )
        self._match([each.id for each in incidents], proposal)
        names = await names_of_people(self.db, self.rule.approver_ids)
        people = [names[id] for id in self.rule.approver_ids if id in names]
        asked = Entry("status_asked", {"page": self.page.name, "rule": self.rule.name, "people": people})
        append(self.writes, first.id, [asked], now=now)
        facts = ApprovalFacts(
            page=self.page.name, rule=self.rule.name, number=first.number, url=f"{self.app_url}/incidents/{first.id}"
        )
        wording = partial(approval_notice, facts)
        await send(self.db, self.writes, self.rule.approver_ids, wording, expires_at=now + ANSWER_WITHIN, now=now)

    def _match(self, ids: Sequence[str], proposal: str | None = None) -> None:
        for id in ids:
            self.writes.insert(
                StatusMatch,
                id=f"{self.rule.id} {id}",
                rule_id=self.rule.id,
                incident_id=id,
                proposal_id=proposal,
                matched_at=self.now,
            )

    async def _open_event(self) -> LoadedEvent | None:
        """What the rule published and is still open."""
        text = (
            "SELECT event_id FROM status_publication JOIN status_event ON status_event.id = event_id"
            " WHERE rule_id = :rule AND closed_at IS NULL AND archived_at IS NULL ORDER BY event_id DESC LIMIT 1"
        )
        id = await self.db.value(text, rule=self.rule.id)
        return None if id is None else await load_event(self.db, self.page.id, id)

    async def _asked(self) -> str | None:
        text = "SELECT id FROM status_proposal WHERE rule_id = :rule AND state = 'asked'"
        return await self.db.value(text, rule=self.rule.id)
