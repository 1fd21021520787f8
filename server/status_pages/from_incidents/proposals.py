"""What rules would publish, and a person's answer to it."""

from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import STATUS_EVENTS_EDIT
from server.accounts.audit.trail import About, audit
from server.kernel.clock import to_us
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, NotFound
from server.kernel.http import cut, decode_cursor
from server.status_pages.from_incidents.links import who
from server.status_pages.from_incidents.publish import event_of, publish_for
from server.status_pages.from_incidents.rules import RuleRow, load_rules
from server.status_pages.pages import owned_page
from server.status_pages.templates import load_templates
from server.tables.status_pages import StatusProposal as StatusProposalTable
from server.timeline.append import append
from shared.domain.incidents.timeline import Entry
from shared.domain.status.events import ComponentImpact
from shared.wire import status_pages as wire
from shared.wire.lists import Page, Ref
from shared.wire.status_publishing import ProposalAnswer, ProposalState, StatusProposal


class ProposalRow(Struct, frozen=True, kw_only=True):
    id: str
    page_id: str
    rule_id: str
    incident_id: str
    state: ProposalState
    event_id: str | None
    made_at: datetime
    decided_at: datetime | None
    decided_by_name: str | None


class _Named(Struct, frozen=True):
    id: str
    number: int
    title: str
    team_id: str


async def list_proposals(
    db: Database, actor: Actor, page_id: str, *, limit: int, cursor: str | None
) -> Page[StatusProposal]:
    """The last first, for those who may publish."""
    await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    made, id = decode_cursor(cursor, int, str) if cursor is not None else (1 << 62, "")
    rows = await db.rows(
        ProposalRow,
        "SELECT <fields> FROM status_proposal WHERE page_id = :page"
        " AND (made_at < :made OR (made_at = :made AND id < :id)) ORDER BY made_at DESC, id DESC LIMIT :limit",
        page=page_id,
        made=made,
        id=id,
        limit=limit + 1,
    )
    shown, more = cut(rows, limit, lambda row: (to_us(row.made_at), row.id))
    named = await db.rows(
        _Named,
        "SELECT <fields> FROM incident WHERE id IN :ids AND team_id IN :teams",
        ids=tuple(row.incident_id for row in shown),
        teams=tuple(actor.visible_ids),
    )
    incidents = {each.id: Ref(each.id, f"#{each.number} {each.title}") for each in named}
    rules = {each.id: each for each in await load_rules(db, page_id)}
    templates = {each.id: each for each in await load_templates(db, page_id)}
    return Page(items=[_as_wire(row, rules, templates, incidents) for row in shown], next_cursor=more)


def _as_wire(
    row: ProposalRow,
    rules: dict[str, RuleRow],
    templates: dict[str, wire.StatusTemplate],
    incidents: dict[str, Ref],
) -> StatusProposal:
    rule = rules.get(row.rule_id)
    template = templates.get(rule.template_id) if rule is not None else None
    changes: tuple[ComponentImpact, ...] = ()
    if rule is not None and template is not None:
        changes = rule.changes or template.changes
    return StatusProposal(
        id=row.id,
        rule_name=rule.name if rule is not None else None,
        incident=incidents.get(row.incident_id),
        state=row.state,
        title=template.title if template is not None else wire.Phrase(),
        body=template.body if template is not None else wire.Passage(),
        changes=changes,
        event_id=row.event_id,
        made_at=row.made_at,
        decided_at=row.decided_at,
        decided_by_name=row.decided_by_name,
    )


async def approve(
    db: Database, actor: Actor, page_id: str, proposal_id: str, data: ProposalAnswer, *, now: datetime
) -> tuple[Writes, wire.StatusEvent]:
    """Publish what the rule wanted to say, or what this person says instead, of all incidents it was right for."""
    page, row = await _asked(db, actor, page_id, proposal_id)
    rule = next((each for each in await load_rules(db, page_id) if each.id == row.rule_id), None)
    templates = {each.id: each for each in await load_templates(db, page_id)}
    template = templates.get(rule.template_id) if rule is not None else None
    event = event_of(data, template, changes=rule.changes if rule is not None else ())
    ids = await _incidents(db, row)
    writes, made = await publish_for(db, actor, page, event, ids, rule=row.rule_id, now=now)
    _decide(writes, row, "published", actor, event_id=made.id, now=now)
    return writes, made


async def decline(db: Database, actor: Actor, page_id: str, proposal_id: str, *, now: datetime) -> Writes:
    """Nothing is published, and the rule doesn't ask again about these incidents."""
    page, row = await _asked(db, actor, page_id, proposal_id)
    rule = next((each for each in await load_rules(db, page_id) if each.id == row.rule_id), None)
    name = rule.name if rule is not None else ""
    writes = Writes()
    _decide(writes, row, "declined", actor, event_id=None, now=now)
    entry = Entry("status_declined", {"page": page.name, "rule": name}, who(actor))
    append(writes, row.incident_id, [entry], now=now)
    audit(writes, actor, About("status_rule", row.rule_id, name, page.team_id), verb="declined", now=now)
    return writes


async def _asked(db: Database, actor: Actor, page_id: str, proposal_id: str) -> tuple[wire.StatusPage, ProposalRow]:
    page = await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    row = await db.row(
        ProposalRow,
        "SELECT <fields> FROM status_proposal WHERE id = :id AND page_id = :page",
        id=proposal_id,
        page=page_id,
    )
    if row is None:
        raise NotFound
    if row.state == "over":
        raise Conflict("what it is about is over", code="proposal_over")
    if row.state != "asked":
        raise Conflict("somebody has decided it already", code="proposal_decided")
    return page, row


async def _incidents(db: Database, row: ProposalRow) -> list[str]:
    """Those that the rule was right for until now."""
    rows = await db.values("SELECT incident_id FROM status_match WHERE proposal_id = :id ORDER BY id", id=row.id)
    return [id for (id,) in rows]


def _decide(
    writes: Writes, row: ProposalRow, state: ProposalState, actor: Actor, *, event_id: str | None, now: datetime
) -> None:
    given = {"id": row.id, "state": "asked"}
    writes.update(
        StatusProposalTable, given, state=state, event_id=event_id, decided_at=now, decided_by_name=actor.name
    )
