"""Words to begin with when something is published."""

from datetime import datetime
from pathlib import Path
from typing import Final

from server.accounts.access.actors import Actor
from server.accounts.access.ownership import Use, refuse_taken, require_free
from server.accounts.access.permissions import STATUS_PAGES_EDIT
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Writes, delete, select
from server.kernel.errors import FieldError, Flaws, NotFound
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.kernel.refusals import require_rev
from server.status_pages.components import component_ids
from server.status_pages.event_checks import as_field_errors
from server.status_pages.pages import owned_page, visible_page
from server.tables.status_pages import StatusTemplate
from shared.domain.status.events import STATUSES, EventKind, EventStatus, Update, update_flaws
from shared.wire import status_pages as wire

LOCALE = Path(__file__).parent / "locale"
BY_ITSELF: Final[frozenset[EventStatus]] = frozenset({"in_progress", "completed", "resolved"})
"""What an event may come to without anybody who finds words for it."""


async def list_templates(db: Database, actor: Actor, page_id: str) -> list[wire.StatusTemplate]:
    await visible_page(db, actor, page_id)
    return await load_templates(db, page_id)


async def load_templates(db: Database, page_id: str) -> list[wire.StatusTemplate]:
    return await db.rows(
        wire.StatusTemplate,
        select(StatusTemplate)
        .where(StatusTemplate.page_id == page_id)
        .order_by(StatusTemplate.name)
        .order_by(StatusTemplate.id),
    )


async def words_for(db: Database, page_id: str, kind: EventKind, status: EventStatus) -> wire.Passage:
    """What the page says when an event comes to this status: its template for it, or else a sentence of ours."""
    for each in await load_templates(db, page_id):
        if (each.kind, each.status) == (kind, status):
            return each.body
    if status not in BY_ITSELF:
        return wire.Passage()
    sentence, words = f"by_itself.{status}", catalogue(LOCALE)
    return wire.Passage(en=words.text("en", sentence), zh=words.text("zh", sentence))


async def save_template(
    db: Database,
    actor: Actor,
    page_id: str,
    data: wire.StatusTemplateInput,
    *,
    id: str | None,
    rev: int | None,
    now: datetime,
) -> tuple[Writes, wire.StatusTemplate]:
    """Make a template of a page, or change the one with this id and rev."""
    page = await owned_page(db, actor, page_id, permission=STATUS_PAGES_EDIT)
    others = await load_templates(db, page_id)
    before = _one_of(others, id, rev) if id is not None else None
    flaws = Flaws()
    flaws.found += await _flaws(db, page_id, data, now)
    flaws.refuse()
    names = [each.name for each in others if each.id != id]
    refuse_taken(data.name, names, "another template of this page", was=before.name if before else None)
    values = {name: getattr(data, name) for name in data.__struct_fields__}
    saved = wire.StatusTemplate(id=id or new_id(now), rev=(rev or 0) + 1, **values)
    writes = Writes()
    if before is None:
        writes.insert(StatusTemplate, id=saved.id, page_id=page_id, created_at=now, rev=1, **values)
    else:
        writes.update(StatusTemplate, {"id": saved.id, "rev": rev}, rev=saved.rev, **values)
    audit(writes, actor, _about(saved, page.team_id), before=before, after=saved, now=now)
    return writes, saved


async def _flaws(db: Database, page_id: str, data: wire.StatusTemplateInput, now: datetime) -> list[FieldError]:
    """A template says nothing that an update could not."""
    update = Update(id="", at=now, status=data.status or STATUSES[data.kind][0], changes=data.changes)
    known = await component_ids(db, page_id)
    found = update_flaws(data.kind, update, before=None, after=None, components=known, now=now)
    return as_field_errors(found)


async def remove_template(
    db: Database, actor: Actor, page_id: str, template_id: str, *, rev: int, now: datetime
) -> Writes:
    page = await owned_page(db, actor, page_id, permission=STATUS_PAGES_EDIT)
    before = _one_of(await load_templates(db, page_id), template_id, rev)
    text = "SELECT 'status_rule' AS kind, id, name FROM status_rule WHERE template_id = :id ORDER BY name"
    require_free(actor, await db.rows(Use, text, id=template_id))
    writes = Writes().query(
        delete(StatusTemplate).where(StatusTemplate.id == template_id, StatusTemplate.rev == rev), expect=1
    )
    audit(writes, actor, _about(before, page.team_id), before=before, now=now)
    return writes


def _one_of(templates: list[wire.StatusTemplate], id: str, rev: int | None) -> wire.StatusTemplate:
    found = next((each for each in templates if each.id == id), None)
    if found is None:
        raise NotFound
    require_rev(found.rev, rev)
    return found


def _about(template: wire.StatusTemplate, team_id: str) -> About:
    return About("status_template", template.id, template.name, team_id)
