"""Events of the past from a table: looked at and kept as a whole, with what they do to uptime told beforehand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, cast

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import STATUS_EVENTS_EDIT
from server.accounts.audit.trail import audit
from server.kernel.database import Database, Writes
from server.kernel.errors import FieldError, Invalid
from server.kernel.reading.csv_table import read_table
from server.status_pages.components import ComponentRow, load_components
from server.status_pages.events import event_flaws_of, next_number, publish
from server.status_pages.pages import about, owned_page
from server.status_pages.read import load_published, spans_of
from shared.domain.status.events import (
    IMPACTS,
    ComponentImpact,
    EventKind,
    EventStatus,
    Impact,
    ImpactSpan,
    StatusEvent,
    Update,
    impact_spans,
)
from shared.domain.status.uptime import quarter, states, uptime
from shared.domain.visible import in_lines, one_line
from shared.wire import status_pages as wire
from shared.wire.status_moving_in import PastEventsImported, PastEventsTable, UptimeChange

COLUMNS: Final = ("event", "kind", "title", "at", "status", "component", "impact", "body")
NEEDED: Final = ("event", "title", "at", "status")
MOST_LINES: Final = 5_000
MOST_FLAWS: Final = 50


class ImportedEvents(Struct, frozen=True):
    """What the trail keeps."""

    events: int


class _Line(Struct, frozen=True):
    number: int
    cells: Mapping[str, str]

    @property
    def args(self) -> dict[str, int]:
        return {"line": self.number}

    def message(self, text: str) -> str:
        return f"line {self.number}: {text}"


async def import_past_events(
    db: Database, actor: Actor, page_id: str, data: PastEventsTable, *, now: datetime
) -> tuple[Writes, PastEventsImported]:
    """Raises Invalid naming the line of each flaw, and then keeps nothing."""
    page = await owned_page(db, actor, page_id, permission=STATUS_EVENTS_EDIT)
    components = [row for row in await load_components(db, page_id) if row.removed_at is None]
    events = _read(data.csv, components, page.language)
    flaws: list[FieldError] = []
    for first, event in events:
        flaws += [
            replace(each, field="csv", message=f"line {first.number}: {each.field} {each.message}",
                    args={**each.args, "line": first.number})
            for each in await event_flaws_of(db, page, event, now)
        ]  # fmt: skip
    if flaws:
        raise Invalid(flaws[:MOST_FLAWS])
    told = [event for _, event in events]
    found = PastEventsImported(
        events=len(told),
        updates=sum(len(event.updates) for event in told),
        uptime=await _uptimes(db, page, components, told, now),
    )
    writes = Writes()
    if not data.dry_run:
        number = await next_number(db, page_id)
        for n, event in enumerate(told):
            await publish(db, writes, page_id, event, by=actor.user_id, number=number + n, now=now)
        audit(writes, actor, about(page), after=ImportedEvents(len(told)), verb="events_imported", now=now)
    return writes, found


def _read(text: str, components: Sequence[ComponentRow], language: str) -> list[tuple[_Line, wire.StatusEventInput]]:
    """Events in the order in which they begin in the table, each with its first line."""
    columns, rows = read_table(text)
    if any(name not in columns for name in NEEDED) or any(name not in COLUMNS for name in columns):
        raise Invalid.one("csv", "no_header", f"must begin with the header {','.join(COLUMNS)}")
    lines = [_Line(number, cells) for number, cells in rows]
    if not lines:
        raise Invalid.one("csv", "empty", "has no line below its header")
    if len(lines) > MOST_LINES:
        raise Invalid.one("csv", "too_long", f"at most {MOST_LINES} lines at once", max=MOST_LINES)
    named = {name.casefold(): row.id for row in components for name in (row.name.en, row.name.zh) if name}
    flaws = [flaw for line in lines for flaw in _flaws(line, named)]
    if flaws:
        raise Invalid(flaws[:MOST_FLAWS])
    by_event: dict[str, list[_Line]] = {}
    for line in lines:
        by_event.setdefault(line.cells["event"], []).append(line)
    return [(found[0], _event(found, named, language)) for found in by_event.values()]


def _flaws(line: _Line, named: Mapping[str, str]) -> Iterable[FieldError]:
    cells = line.cells
    if cells.get("kind", "incident") not in ("", "incident", "maintenance"):
        yield FieldError("csv", "unknown_value", line.message("kind must be incident or maintenance"), line.args)
    if _instant(cells["at"]) is None:
        yield FieldError(
            "csv", "not_an_instant", line.message("at must be an instant such as 2026-11-21T03:12:00Z"), line.args
        )
    component, impact = cells.get("component", ""), cells.get("impact", "")
    if component and component.casefold() not in named:
        yield FieldError("csv", "unknown", line.message(f"there is no component {component[:80]!r}"), line.args)
    if bool(component) != bool(impact):
        yield FieldError("csv", "one_of", line.message("component and impact stand together"), line.args)
    if impact and impact not in {each for known in IMPACTS.values() for each in known}:
        yield FieldError("csv", "unknown_value", line.message(f"{impact[:40]!r} is no impact"), line.args)
    if len(cells["title"]) > 200 or len(cells.get("body", "")) > 10_000:
        yield FieldError(
            "csv", "too_long", line.message("a title has at most 200 letters, and a body 10,000"), line.args
        )


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _event(lines: Sequence[_Line], named: Mapping[str, str], language: str) -> wire.StatusEventInput:
    """Updates in the order of the table; what a line says besides is its first one's."""
    updates: dict[tuple[str, str], list[_Line]] = {}
    for line in lines:
        updates.setdefault((line.cells["at"], line.cells["status"]), []).append(line)
    kind = cast("EventKind", lines[0].cells.get("kind") or "incident")
    return wire.StatusEventInput(
        kind=kind,
        title=msgspec.convert({language: one_line(lines[0].cells["title"])}, wire.Phrase),
        updates=tuple(_update(found, named, language) for found in updates.values()),
        is_past=True,
    )


def _update(lines: Sequence[_Line], named: Mapping[str, str], language: str) -> wire.UpdateInput:
    body = next((line.cells["body"] for line in lines if line.cells.get("body")), "")
    return wire.UpdateInput(
        status=cast("EventStatus", lines[0].cells["status"]),
        body=msgspec.convert({language: in_lines(body)}, wire.Passage),
        at=_instant(lines[0].cells["at"]),
        changes=tuple(
            ComponentImpact(
                component_id=named[line.cells["component"].casefold()], impact=cast("Impact", line.cells["impact"])
            )
            for line in lines
            if line.cells.get("component")
        ),
    )


async def _uptimes(
    db: Database,
    page: wire.StatusPage,
    components: Sequence[ComponentRow],
    events: Sequence[wire.StatusEventInput],
    now: datetime,
) -> tuple[UptimeChange, ...]:
    before = spans_of(await load_published(db, page.id))
    after = [*before, *(span for n, event in enumerate(events) for span in _spans(n, event))]
    since, until = quarter(page.time_zone, now)
    return tuple(
        UptimeChange(
            component_id=row.id,
            before=uptime(states(row.measured, before, since, until)).percent,
            after=uptime(states(row.measured, after, since, until)).percent,
        )
        for row in components
    )


def _spans(n: int, event: wire.StatusEventInput) -> list[ImpactSpan]:
    updates = tuple(
        Update(id=f"{n}-{place:04}", at=each.at, status=each.status, changes=each.changes)
        for place, each in enumerate(event.updates)
        if each.at is not None
    )
    return impact_spans(StatusEvent(id=f"new {n}", kind=event.kind, updates=updates))
