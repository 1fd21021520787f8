"""Publish an incident of on call on a status page, and show what was published of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import STATUS_EVENTS_EDIT
from server.accounts.audit.trail import audit
from server.incidents.current import load_incident
from server.kernel.database import Database, Writes, living
from server.kernel.errors import Conflict, Invalid, NotFound
from server.status_pages.events import about_event, event_flaws_of, publish
from server.status_pages.from_incidents.links import link, record_publication, who
from server.status_pages.pages import owned_page
from server.status_pages.read import load_event
from server.status_pages.templates import load_templates, words_for
from server.tables.status_pages import StatusPage
from shared.domain.status.publishing import IncidentState, next_status
from shared.wire import status_pages as wire
from shared.wire.lists import Ref
from shared.wire.status_publishing import ProposalAnswer, Publication, PublishInput

BEGINNING = "updates[0]."


async def publish_incident(
    db: Database, actor: Actor, incident_id: str, data: PublishInput, *, now: datetime
) -> tuple[Writes, wire.StatusEvent]:
    """Say on a page what customers are to know; raises Conflict while the page says something of it already."""
    incident = await load_incident(db, incident_id)
    actor.require_visible(incident.team_id)
    page = await _page(db, actor, data.status_page_id)
    if await _is_published(db, incident_id, page.id):
        raise Conflict("the page says something of this incident already", code="published_from_already")
    event = event_of(data, await template_of(db, page.id, data.template_id), next_update_at=data.next_update_at)
    writes, made = await publish_for(db, actor, page, event, [incident_id], now=now)
    writes.sql(
        "UPDATE status_proposal SET state = 'over', decided_at = :now"
        " WHERE page_id = :page AND incident_id = :incident AND state = 'asked'",
        page=page.id,
        incident=incident_id,
        now=now,
    )
    return writes, made


async def publish_for(
    db: Database,
    actor: Actor,
    page: wire.StatusPage,
    event: wire.StatusEventInput,
    incident_ids: Sequence[str],
    *,
    rule: str | None = None,
    now: datetime,
) -> tuple[Writes, wire.StatusEvent]:
    """Publish an event that is about these incidents; raises Invalid with the fields of a `PublishInput`."""
    if flaws := await event_flaws_of(db, page, event, now):
        raise Invalid([replace(each, field=each.field.removeprefix(BEGINNING)) for each in flaws])
    writes = Writes()
    loaded = await publish(db, writes, page.id, event, by=actor.user_id, now=now)
    link(writes, page, loaded.row, incident_ids, by=actor.user_id, rule=rule, now=now)
    record_publication(writes, page, loaded.row, incident_ids, by=who(actor), now=now)
    made = loaded.as_wire(now)
    audit(writes, actor, about_event(page, made.id, made.title), after=made, verb="published", now=now)
    return writes, made


async def _page(db: Database, actor: Actor, page_id: str) -> wire.StatusPage:
    try:
        return await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    except NotFound:
        raise Invalid.one("status_page_id", "unknown", "there is no such status page") from None


async def template_of(db: Database, page_id: str, template_id: str | None) -> wire.StatusTemplate | None:
    """Raises Invalid for what isn't a template of the page for incidents."""
    if template_id is None:
        return None
    found = next((each for each in await load_templates(db, page_id) if each.id == template_id), None)
    if found is None:
        raise Invalid.one("template_id", "unknown", "the page has no such template")
    if found.kind != "incident":
        raise Invalid.one("template_id", "not_of_this_event", "is a template of maintenance")
    return found


def event_of(
    said: PublishInput | ProposalAnswer,
    template: wire.StatusTemplate | None,
    *,
    changes: wire.Changes = (),
    next_update_at: datetime | None = None,
) -> wire.StatusEventInput:
    """What was said, with the template's words where nothing was."""
    begins = template or wire.StatusTemplate(
        id="", name="", kind="incident", status=None, title=wire.Phrase(), body=wire.Passage(), changes=(), rev=0
    )
    update = wire.UpdateInput(
        status=said.status,
        body=said.body if said.body is not None else begins.body,
        changes=said.changes if said.changes is not None else changes or begins.changes,
        next_update_at=next_update_at,
        notify=said.notify,
    )
    return wire.StatusEventInput(
        kind="incident", title=said.title if said.title is not None else begins.title, updates=(update,)
    )


async def _is_published(db: Database, incident_id: str, page_id: str) -> bool:
    text = (
        "SELECT 1 FROM status_publication JOIN status_event ON status_event.id = event_id"
        " WHERE incident_id = :incident AND status_publication.page_id = :page"
        " AND closed_at IS NULL AND archived_at IS NULL"
    )
    return await db.value(text, incident=incident_id, page=page_id) is not None


class _PublicationRow(Struct, frozen=True):
    event_id: str
    page_id: str
    rule_name: str | None


class _StateRow(Struct, frozen=True):
    event_id: str
    state: IncidentState


async def list_publications(db: Database, actor: Actor, incident_id: str, now: datetime) -> list[Publication]:
    """The events that are about an incident, on pages that the actor sees, the last first."""
    actor.require_visible((await load_incident(db, incident_id)).team_id)
    rows = await db.rows(
        _PublicationRow,
        "SELECT event_id, status_publication.page_id, status_rule.name AS rule_name FROM status_publication"
        " JOIN status_event ON status_event.id = event_id LEFT JOIN status_rule ON status_rule.id = rule_id"
        " WHERE incident_id = :id AND archived_at IS NULL ORDER BY event_id DESC",
        id=incident_id,
    )
    states = await _states(db, [row.event_id for row in rows])
    found: list[Publication] = []
    for row in rows:
        page = await db.row(wire.StatusPage, living(StatusPage, row.page_id))
        if page is None or page.team_id not in actor.visible_ids:
            continue
        loaded = await load_event(db, page.id, row.event_id)
        following = next_status(loaded.row.status, states.get(row.event_id, ()))
        proposed = None
        if following is not None:
            body = await words_for(db, page.id, "incident", following)
            proposed = wire.UpdateInput(status=following, body=body)
        found.append(Publication(status_page=Ref(page.id, page.name), event=loaded.as_wire(now),
                                 rule_name=row.rule_name, proposed=proposed))  # fmt: skip
    return found


async def _states(db: Database, event_ids: Sequence[str]) -> dict[str, list[IncidentState]]:
    rows = await db.rows(
        _StateRow,
        "SELECT event_id, state FROM status_publication JOIN incident ON incident.id = incident_id"
        " WHERE event_id IN :ids",
        ids=tuple(event_ids),
    )
    found: dict[str, list[IncidentState]] = {}
    for row in rows:
        found.setdefault(row.event_id, []).append(row.state)
    return found
