"""The groups and components of a page, saved as a whole."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import audit
from server.kernel.database import Database, Writes, select
from server.kernel.errors import Conflict, FieldError, Invalid
from server.kernel.ids import new_id
from server.kernel.settings import Settings
from server.status_pages.event_checks import local_instants
from server.status_pages.pages import about, owned_page, unsaid, visible_page
from server.status_pages.read import current_impacts, load_published
from server.status_pages.revisions import touch_page
from server.tables.status_pages import StatusComponent, StatusGroup, StatusPage
from shared.domain.status.events import Impact
from shared.domain.status.uptime import Measured
from shared.wire import status_pages as wire


class GroupRow(Struct, frozen=True, kw_only=True):
    id: str
    name: wire.Phrase | None
    position: int
    is_uptime_hidden: bool


class ComponentRow(Struct, frozen=True, kw_only=True):
    id: str
    group_id: str
    name: wire.Phrase
    description: wire.Phrase
    position: int
    available_since_at: datetime
    is_uptime_hidden: bool
    removed_at: datetime | None

    @property
    def measured(self) -> Measured:
        return Measured(id=self.id, available_since=self.available_since_at, removed_at=self.removed_at)


class _Structure(Struct, frozen=True):
    """What the trail keeps."""

    groups: tuple[wire.GroupInput, ...]


async def load_groups(db: Database, page_id: str) -> list[GroupRow]:
    return await db.rows(
        GroupRow, select(StatusGroup).where(StatusGroup.page_id == page_id).order_by(StatusGroup.position)
    )


async def load_components(db: Database, page_id: str) -> list[ComponentRow]:
    """In their order within their group; those that were removed too."""
    return await db.rows(
        ComponentRow,
        select(StatusComponent)
        .where(StatusComponent.page_id == page_id)
        .order_by(StatusComponent.position)
        .order_by(StatusComponent.id),
    )


async def read_components(db: Database, actor: Actor, page_id: str, now: datetime) -> wire.Components:
    """Those of the page in their order, each with what it is now."""
    page = await visible_page(db, actor, page_id)
    impacts = current_impacts(await load_published(db, page_id), now)
    return as_wire(await load_groups(db, page_id), await load_components(db, page_id), impacts, page.rev)


async def component_ids(db: Database, page_id: str) -> frozenset[str]:
    """Of the components that the page has now."""
    rows = await load_components(db, page_id)
    return frozenset(row.id for row in rows if row.removed_at is None)


def as_wire(
    groups: Iterable[GroupRow], components: Iterable[ComponentRow], impacts: Mapping[str, Impact], rev: int
) -> wire.Components:
    living = [each for each in components if each.removed_at is None]
    return wire.Components(
        groups=tuple(
            wire.Group(
                id=group.id,
                name=group.name,
                is_uptime_hidden=group.is_uptime_hidden,
                components=tuple(_component(each, impacts) for each in living if each.group_id == group.id),
            )
            for group in groups
        ),
        rev=rev,
    )


def _component(row: ComponentRow, impacts: Mapping[str, Impact]) -> wire.Component:
    return wire.Component(
        id=row.id,
        name=row.name,
        description=row.description,
        available_since=row.available_since_at,
        is_uptime_hidden=row.is_uptime_hidden,
        impact=impacts.get(row.id, "operational"),
    )


async def save_components(
    db: Database, actor: Actor, page_id: str, data: wire.ComponentsInput, settings: Settings, *, rev: int, now: datetime
) -> Writes:
    """Make, change, order and remove groups and components of the page at this rev.

    What is removed is shown no more; what it was counts in what is past. Raises Invalid naming each wrong field.
    """
    page = await owned_page(db, actor, page_id, rev)
    groups = {each.id: each for each in await load_groups(db, page_id)}
    all_rows = await load_components(db, page_id)
    components = {each.id: each for each in all_rows if each.removed_at is None}
    flaws = _flaws(data, frozenset(groups), frozenset(components), page.language, now)
    if flaws:
        raise Invalid(flaws)
    most, wanted = settings.status_components, sum(len(group.components) for group in data.groups)
    if most and wanted > max(most, len(components)):
        raise Conflict(f"a status page may have {most} components", code="too_many_components")
    writes = Writes().update(StatusPage, {"id": page_id, "rev": rev}, rev=rev + 1)
    kept: set[str] = set()
    writes.sql("DELETE FROM status_group WHERE page_id = :page", page=page_id)
    for place, group in enumerate(data.groups):
        group_id = group.id or new_id(now)
        writes.insert(
            StatusGroup,
            id=group_id,
            page_id=page_id,
            name=group.name,
            position=place,
            is_uptime_hidden=group.is_uptime_hidden,
        )
        for n, each in enumerate(group.components):
            kept.add(_save(writes, page_id, group_id, n, each, components.get(each.id or ""), now))
    for id in components.keys() - kept:
        writes.update(StatusComponent, {"id": id}, removed_at=now)
    touch_page(writes, page_id)
    before = _as_given(groups.values(), components.values())
    audit(writes, actor, about(page), before=before, after=_Structure(data.groups), now=now)
    return writes


def _save(
    writes: Writes,
    page_id: str,
    group_id: str,
    position: int,
    data: wire.ComponentInput,
    before: ComponentRow | None,
    now: datetime,
) -> str:
    values: dict[str, Any] = {
        "group_id": group_id,
        "name": data.name,
        "description": data.description,
        "position": position,
        "available_since_at": data.available_since or (before.available_since_at if before else now),
        "is_uptime_hidden": data.is_uptime_hidden,
    }
    if before is not None:
        writes.update(StatusComponent, {"id": before.id}, **values)
        return before.id
    id = new_id(now)
    writes.insert(StatusComponent, id=id, page_id=page_id, created_at=now, removed_at=None, **values)
    return id


def _flaws(
    data: wire.ComponentsInput, groups: frozenset[str], components: frozenset[str], language: str, now: datetime
) -> list[FieldError]:
    flaws: list[FieldError] = []
    seen: set[str] = set()
    for g, group in enumerate(data.groups):
        flaws += _id_flaws(f"groups[{g}].id", group.id, groups, seen)
        if group.name is not None:
            flaws += unsaid(f"groups[{g}].name", group.name, language)
        for c, each in enumerate(group.components):
            place = f"groups[{g}].components[{c}]"
            flaws += _id_flaws(f"{place}.id", each.id, components, seen)
            flaws += unsaid(f"{place}.name", each.name, language)
            if wrong := local_instants(each, ("available_since",), f"{place}."):
                flaws += wrong
            elif each.available_since is not None and each.available_since > now:
                flaws.append(FieldError(f"{place}.available_since", "in_the_future", "must not lie in the future"))
    return flaws


def _id_flaws(field: str, id: str | None, known: frozenset[str], seen: set[str]) -> list[FieldError]:
    if id is None:
        return []
    if id not in known:
        return [FieldError(field, "unknown", "the page has nothing with this id")]
    if id in seen:
        return [FieldError(field, "repeated", "it is named already")]
    seen.add(id)
    return []


def _as_given(groups: Iterable[GroupRow], components: Iterable[ComponentRow]) -> _Structure:
    rows = list(components)
    return _Structure(
        tuple(
            wire.GroupInput(
                id=group.id,
                name=group.name,
                is_uptime_hidden=group.is_uptime_hidden,
                components=tuple(
                    wire.ComponentInput(
                        id=each.id,
                        name=each.name,
                        description=each.description,
                        available_since=each.available_since_at,
                        is_uptime_hidden=each.is_uptime_hidden,
                    )
                    for each in rows
                    if each.group_id == group.id
                ),
            )
            for group in sorted(groups, key=lambda each: each.position)
        )
    )
