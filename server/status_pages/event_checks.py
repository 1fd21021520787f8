"""What is wrong with what somebody wants to publish, with the fields named as the request has them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from server.kernel.database import Database
from server.kernel.errors import FieldError
from server.kernel.refusals import no_offset
from server.status_pages.pages import unsaid
from server.status_pages.write import NewUpdate
from shared.domain.flaws import Flaw
from shared.domain.status.events import EventKind, Update, is_closed, past_flaws, update_flaws
from shared.domain.status.maintenance import window_flaws
from shared.domain.time import FIRST_INSTANT, LAST_INSTANT
from shared.wire import status_pages as wire


def as_field_errors(flaws: Iterable[Flaw]) -> list[FieldError]:
    return [FieldError(each.field, each.code, each.message, each.args) for each in flaws]


def local_instants(given: Any, names: Sequence[str], place: str = "") -> list[FieldError]:
    """Instants that say no offset, or lie before there were pages to show or after all that is planned."""
    flaws: list[FieldError] = []
    for name in names:
        at: datetime | None = getattr(given, name)
        if at is not None and at.tzinfo is None:
            flaws.append(no_offset(f"{place}{name}"))
        elif at is not None and not FIRST_INSTANT <= at < LAST_INSTANT:
            flaws.append(FieldError(f"{place}{name}", "out_of_range", "must be in 2000 to 2099"))
    return flaws


def instants_of(data: wire.StatusEventInput | wire.StatusEventChange) -> list[FieldError]:
    flaws = local_instants(data, ("starts_at", "ends_at", "publish_at"))
    if isinstance(data, wire.StatusEventInput):
        for n, each in enumerate(data.updates):
            flaws += local_instants(each, ("at", "next_update_at"), f"updates[{n}].")
    return flaws


def event_flaws(
    data: wire.StatusEventInput, said: Sequence[NewUpdate], *, language: str, components: frozenset[str], now: datetime
) -> list[FieldError]:
    """Of a new event; its instants have been looked at."""
    flaws = unsaid("title", data.title, language)
    flaws += _past_event(data, said, components, now) if data.is_past else _live(data, said, components, now)
    return flaws + hours_flaws(data.kind, data, is_past=data.is_past)


def hours_flaws(
    kind: EventKind, data: wire.StatusEventInput | wire.StatusEventChange, *, is_past: bool
) -> list[FieldError]:
    """Of the hours of a maintenance, which an incident has none of; one that is over may go without."""
    given = [name for name in ("starts_at", "ends_at") if getattr(data, name) is not None]
    if kind == "incident":
        return [FieldError(name, "not_of_this_event", "an incident has no hours that were planned") for name in given]
    if is_past and not given:
        return []
    flaws = as_field_errors(window_flaws(data.starts_at, data.ends_at))
    if not flaws and data.publish_at is not None and data.starts_at is not None and data.publish_at > data.starts_at:
        flaws.append(FieldError("publish_at", "after_start", "must not lie after the beginning"))
    return flaws


def _past_event(
    data: wire.StatusEventInput, said: Sequence[NewUpdate], components: frozenset[str], now: datetime
) -> list[FieldError]:
    flaws = [
        FieldError(f"updates[{n}].at", "required", "must be given")
        for n, each in enumerate(data.updates)
        if each.at is None
    ]
    if data.publish_at is not None:
        flaws.append(FieldError("publish_at", "not_of_the_past", "what is over is published at once"))
    return flaws or as_field_errors(
        past_flaws(data.kind, [as_update(each) for each in said], components=components, now=now)
    )


def _live(
    data: wire.StatusEventInput, said: Sequence[NewUpdate], components: frozenset[str], now: datetime
) -> list[FieldError]:
    if len(said) > 1:
        return [FieldError("updates", "too_many", "begin with one, or say is_past", {"max": 1})]
    if data.kind == "maintenance" and data.ends_at is not None and data.ends_at <= now:
        return [FieldError("ends_at", "past", "lies in the past; say is_past of what is over")]
    if data.publish_at is not None and data.updates[0].at is not None:
        return [FieldError("updates[0].at", "not_with_publish_at", "is said when it is published")]
    flaws = as_field_errors(
        update_flaws(
            data.kind,
            as_update(said[0]),
            before=None,
            after=None,
            components=components,
            now=max(now, data.publish_at or now),
            field="updates[0].",
        )
    )
    if not flaws and is_closed(data.kind, said[0].status):
        flaws.append(FieldError("updates[0].status", "closed_at_once", "the first one can't be the end"))
    return flaws + promise_flaws(said[0], "updates[0].")


def promise_flaws(said: NewUpdate, place: str = "") -> list[FieldError]:
    if said.next_update_at is None or said.next_update_at > said.at:
        return []
    return [FieldError(f"{place}next_update_at", "not_after_start", "must lie after the update")]


def as_update(said: NewUpdate) -> Update:
    return Update(id=said.id, at=said.at, status=said.status, changes=said.changes)


async def link_flaws(db: Database, page_id: str, ids: Sequence[str], *, own: str | None = None) -> list[FieldError]:
    """Of events that an event names: others of its page, each once."""
    if not ids:
        return []
    found = await db.values(
        "SELECT id FROM status_event WHERE page_id = :page AND archived_at IS NULL AND id IN :ids",
        page=page_id,
        ids=tuple(ids),
    )
    known = {id for (id,) in found} - {own}
    flaws = [
        FieldError(f"linked_event_ids[{n}]", "unknown", "there is no such event on this page")
        for n, id in enumerate(ids)
        if id not in known
    ]
    return flaws + [
        FieldError(f"linked_event_ids[{n}]", "repeated", "it is named already")
        for n, id in enumerate(ids)
        if id in ids[:n]
    ]
