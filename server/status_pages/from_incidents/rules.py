"""Rules that publish incidents of on call: kept per page, by those who manage it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor, load_actor
from server.accounts.access.ownership import refuse_taken
from server.accounts.access.permissions import STATUS_EVENTS_EDIT, STATUS_PAGES_EDIT
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Writes, delete, select
from server.kernel.due import arm
from server.kernel.errors import FieldError, Flaws, NotFound
from server.kernel.ids import new_id
from server.kernel.refusals import require_rev
from server.services.kinds import Services
from server.status_pages.components import component_ids
from server.status_pages.event_checks import as_field_errors
from server.status_pages.from_incidents.links import ALL, FOLLOW
from server.status_pages.from_incidents.publish import template_of
from server.status_pages.pages import owned_page, unsaid, visible_page
from server.tables.status_pages import StatusRule
from shared.domain.alerts import Severity
from shared.domain.status.events import ComponentImpact, Update, update_flaws
from shared.domain.status.publishing import WantedIncident, WantedLabel
from shared.wire import status_pages as wire
from shared.wire.status_publishing import StatusRule as StatusRuleWire
from shared.wire.status_publishing import StatusRuleInput


class RuleRow(Struct, frozen=True, kw_only=True):
    id: str
    page_id: str
    name: str
    service_ids: tuple[str, ...]
    labels: tuple[WantedLabel, ...]
    severity: Severity
    template_id: str
    changes: tuple[ComponentImpact, ...]
    approver_ids: tuple[str, ...]
    resolves_by_itself: bool
    is_active: bool
    since_at: datetime
    saved_by: str
    rev: int

    def as_wire(self) -> StatusRuleWire:
        return StatusRuleWire(**{name: getattr(self, name) for name in StatusRuleWire.__struct_fields__})

    def wanted(self, team_id: str) -> WantedIncident:
        return WantedIncident(team_id=team_id, service_ids=self.service_ids, labels=self.labels, severity=self.severity)


async def list_rules(db: Database, actor: Actor, page_id: str) -> list[StatusRuleWire]:
    await visible_page(db, actor, page_id)
    return [row.as_wire() for row in await load_rules(db, page_id)]


async def load_rules(db: Database, page_id: str) -> list[RuleRow]:
    return await db.rows(
        RuleRow, select(StatusRule).where(StatusRule.page_id == page_id).order_by(StatusRule.name, StatusRule.id)
    )


async def save_rule(
    db: Database,
    actor: Actor,
    page_id: str,
    data: StatusRuleInput,
    *,
    id: str | None,
    rev: int | None,
    now: datetime,
) -> tuple[Writes, StatusRuleWire]:
    """Make a rule, or change the one with this id and rev; it is right for incidents from now on."""
    page = await owned_page(db, actor, page_id, permission=STATUS_PAGES_EDIT)
    others = await load_rules(db, page_id)
    before = _one_of(others, id, rev) if id is not None else None
    await _check(db, actor, page, data, now)
    names = [each.name for each in others if each.id != id]
    refuse_taken(data.name, names, "another rule of this page", was=before.name if before else None)
    begins = before is None or (data.is_active and not before.is_active)
    values = {name: getattr(data, name) for name in data.__struct_fields__}
    values["labels"] = tuple(WantedLabel(label=each.label, value=each.value) for each in data.labels)
    values["since_at"] = now if before is None or begins else before.since_at
    values["saved_by"] = actor.user_id
    row = RuleRow(id=id or new_id(now), page_id=page_id, rev=(rev or 0) + 1, **values)
    writes = Writes()
    if before is None:
        writes.insert(StatusRule, id=row.id, page_id=page_id, rev=1, **values)
    else:
        writes.update(StatusRule, {"id": row.id, "rev": rev}, rev=row.rev, **values)
    arm(writes, FOLLOW, ALL, at=now, now=now)
    saved = row.as_wire()
    audit(writes, actor, _about(row, page), before=before.as_wire() if before else None, after=saved, now=now)
    return writes, saved


async def remove_rule(db: Database, actor: Actor, page_id: str, rule_id: str, *, rev: int, now: datetime) -> Writes:
    """What it published stays; what it asked for is over."""
    page = await owned_page(db, actor, page_id, permission=STATUS_PAGES_EDIT)
    before = _one_of(await load_rules(db, page_id), rule_id, rev)
    writes = Writes().query(delete(StatusRule).where(StatusRule.id == rule_id, StatusRule.rev == rev), expect=1)
    text = "UPDATE status_proposal SET state = 'over', decided_at = :now WHERE rule_id = :id AND state = 'asked'"
    writes.sql(text, id=rule_id, now=now)
    audit(writes, actor, _about(before, page), before=before.as_wire(), now=now)
    return writes


async def _check(db: Database, actor: Actor, page: wire.StatusPage, data: StatusRuleInput, now: datetime) -> None:
    flaws = Flaws()
    if not data.service_ids and not data.labels:
        flaws.add("service_ids", "empty", "name services or labels")
    flaws.found += await _service_flaws(db, actor, data.service_ids)
    flaws.found += await _approver_flaws(db, page, data.approver_ids)
    with flaws.gathered():
        template = await template_of(db, page.id, data.template_id)
        if template is not None and unsaid("title", template.title, page.language):
            flaws.add("template_id", "untitled", "has no title in the page's language")
    said = Update(id="", at=now, status="investigating", changes=data.changes)
    known = await component_ids(db, page.id)
    flaws.found += as_field_errors(update_flaws("incident", said, before=None, after=None, components=known, now=now))
    flaws.refuse()


async def _service_flaws(db: Database, actor: Actor, ids: Sequence[str]) -> list[FieldError]:
    flaws: list[FieldError] = []
    for n, id in enumerate(ids):
        place = await Services().find(db, id)
        if place is None or place.team_id not in actor.visible_ids:
            flaws.append(FieldError(f"service_ids[{n}]", "unknown", "there is no such service"))
        elif id in ids[:n]:
            flaws.append(FieldError(f"service_ids[{n}]", "repeated", "it is named already"))
    return flaws


async def _approver_flaws(db: Database, page: wire.StatusPage, ids: Sequence[str]) -> list[FieldError]:
    flaws: list[FieldError] = []
    for n, id in enumerate(ids):
        person = await load_actor(db, id)
        if person is None:
            flaws.append(FieldError(f"approver_ids[{n}]", "unknown", "there is no such person"))
        elif page.team_id not in person.visible_ids or not person.may_in(
            STATUS_EVENTS_EDIT, page.team_id, page.id, own=True
        ):
            flaws.append(FieldError(f"approver_ids[{n}]", "may_not_publish", "may not publish on this page"))
        elif id in ids[:n]:
            flaws.append(FieldError(f"approver_ids[{n}]", "repeated", "it is named already"))
    return flaws


def _one_of(rules: Sequence[RuleRow], id: str, rev: int | None) -> RuleRow:
    found = next((each for each in rules if each.id == id), None)
    if found is None:
        raise NotFound
    require_rev(found.rev, rev)
    return found


def _about(rule: RuleRow, page: wire.StatusPage) -> About:
    return About("status_rule", rule.id, rule.name, page.team_id)
