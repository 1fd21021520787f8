"""Status events: where an incident or a maintenance may stand, what its updates do to components, what is refused."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from shared.domain.flaws import Flaw, flaw

EventKind = Literal["incident", "maintenance"]
EventStatus = Literal["investigating", "identified", "monitoring", "resolved", "scheduled", "in_progress", "completed"]
Impact = Literal["operational", "degraded_performance", "partial_outage", "full_outage", "under_maintenance"]

STATUSES: Final[Mapping[EventKind, tuple[EventStatus, ...]]] = {
    "incident": ("investigating", "identified", "monitoring", "resolved"),
    "maintenance": ("scheduled", "in_progress", "completed"),
}
IMPACTS: Final[Mapping[EventKind, tuple[Impact, ...]]] = {
    "incident": ("operational", "degraded_performance", "partial_outage", "full_outage"),
    "maintenance": ("operational", "under_maintenance"),
}
CLOSED: Final[Mapping[EventKind, EventStatus]] = {"incident": "resolved", "maintenance": "completed"}
BY_GRAVITY: Final[tuple[Impact, ...]] = (
    "operational",
    "under_maintenance",
    "degraded_performance",
    "partial_outage",
    "full_outage",
)
"""From what troubles customers least to what troubles them most."""
FEWEST_PAST_UPDATES: Final = 2


class ComponentImpact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an update makes of one component, until another update or the end of the event."""

    component_id: str
    impact: Impact


class Update(Struct, frozen=True, kw_only=True):
    """What was said of an event at an instant; of several at one instant the `id` decides which came first."""

    id: str
    at: datetime
    status: EventStatus
    changes: tuple[ComponentImpact, ...] = ()


class StatusEvent(Struct, frozen=True, kw_only=True):
    """An event with its updates, in whichever order; whether it was told live makes no difference."""

    id: str
    kind: EventKind
    updates: tuple[Update, ...]


class Standing(Struct, frozen=True, kw_only=True):
    """Where an event stands: `impacts` hold now, `named` is what its updates say of components, held or not."""

    status: EventStatus
    is_open: bool
    impacts: dict[str, Impact]
    named: dict[str, Impact]


class ImpactSpan(Struct, frozen=True, kw_only=True):
    """A component was so because of one event, in `[start, end)`; without an end it still is."""

    component_id: str
    impact: Impact
    start: datetime
    end: datetime | None
    event_id: str


def in_order(updates: Iterable[Update]) -> list[Update]:
    return sorted(updates, key=lambda each: (each.at, each.id))


def is_closed(kind: EventKind, status: EventStatus) -> bool:
    return status == CLOSED[kind]


def standing(event: StatusEvent, *, at: datetime) -> Standing | None:
    """None before the first update."""
    said = [each for each in in_order(event.updates) if each.at <= at]
    if not said:
        return None
    status = said[-1].status
    named = _named(said)
    return Standing(
        status=status,
        is_open=not is_closed(event.kind, status),
        impacts=named if _holds(event.kind, status) else {},
        named=named,
    )


def impact_spans(event: StatusEvent) -> list[ImpactSpan]:
    """When which component was what because of this event; what is operational has no span.

    A maintenance that is only scheduled touches nothing yet, and whatever closes an event returns all its components.
    """
    updates = in_order(event.updates)
    spans: list[ImpactSpan] = []
    since: dict[str, tuple[Impact, datetime]] = {}
    for n, update in enumerate(updates):
        held = _named(updates[: n + 1]) if _holds(event.kind, update.status) else {}
        impacts: dict[str, Impact] = {id: impact for id, impact in held.items() if impact != "operational"}
        for id, (impact, start) in list(since.items()):
            if impacts.get(id) != impact:
                spans += _span(event.id, id, impact, start, update.at)
                del since[id]
        for id, impact in impacts.items():
            since.setdefault(id, (impact, update.at))
    for id, (impact, start) in since.items():
        spans += _span(event.id, id, impact, start, None)
    return spans


def _span(event_id: str, id: str, impact: Impact, start: datetime, end: datetime | None) -> list[ImpactSpan]:
    if end == start:
        return []
    return [ImpactSpan(component_id=id, impact=impact, start=start, end=end, event_id=event_id)]


def _holds(kind: EventKind, status: EventStatus) -> bool:
    """Whether what an event says of components is so while it stands there."""
    return status == "in_progress" if kind == "maintenance" else status != "resolved"


def _named(said: Sequence[Update]) -> dict[str, Impact]:
    return {change.component_id: change.impact for update in said for change in update.changes}


def worst(impacts: Iterable[Impact]) -> Impact:
    return BY_GRAVITY[max((BY_GRAVITY.index(each) for each in impacts), default=0)]


def update_flaws(
    kind: EventKind,
    update: Update,
    *,
    before: EventStatus | None,
    after: EventStatus | None,
    components: frozenset[str],
    now: datetime,
    field: str = "",
) -> list[Flaw]:
    """What is wrong with an update between two others; `components` are those that the page has.

    `field` begins the names of fields, such as `updates[1].`.
    """
    if update.status not in STATUSES[kind]:
        return [_not_of_kind(f"{field}status", kind, STATUSES[kind])]
    flaws = _order_flaws(kind, before, update.status, after, f"{field}status")
    if update.at > now:
        flaws.append(flaw(f"{field}at", "in_the_future", "must not lie in the future"))
    seen = set[str]()
    for n, change in enumerate(update.changes):
        place = f"{field}changes[{n}]"
        if change.component_id not in components:
            flaws.append(flaw(f"{place}.component_id", "unknown", "there is no such component"))
        if change.component_id in seen:
            flaws.append(flaw(f"{place}.component_id", "repeated", "this component is named already"))
        if change.impact not in IMPACTS[kind]:
            flaws.append(_not_of_kind(f"{place}.impact", kind, IMPACTS[kind]))
        elif is_closed(kind, update.status) and change.impact != "operational":
            flaws.append(
                flaw(f"{place}.impact", "closed_is_operational", "what ends leaves every component operational")
            )
        seen.add(change.component_id)
    return flaws


def _not_of_kind(field: str, kind: EventKind, known: Sequence[str]) -> Flaw:
    return flaw(field, "not_of_this_event", f"of {_A[kind]} must be one of {', '.join(known)}", known=list(known))


_A: Final[Mapping[EventKind, str]] = {"incident": "an incident", "maintenance": "a maintenance"}


def _order_flaws(
    kind: EventKind, before: EventStatus | None, status: EventStatus, after: EventStatus | None, field: str
) -> list[Flaw]:
    if before is not None and not may_follow(kind, before, status):
        return [flaw(field, "out_of_order", f"can't come after {before}", other=before)]
    if after is not None and not may_follow(kind, status, after):
        return [flaw(field, "out_of_order", f"can't come before {after}", other=after)]
    return []


def may_follow(kind: EventKind, before: EventStatus, after: EventStatus) -> bool:
    """What is closed stays closed, and a maintenance only goes on; an incident may turn out to be otherwise."""
    if kind == "incident":
        return before != "resolved" or after == "resolved"
    order = STATUSES["maintenance"]
    return before in order and after in order and order.index(before) <= order.index(after)


def past_flaws(kind: EventKind, updates: Sequence[Update], *, components: frozenset[str], now: datetime) -> list[Flaw]:
    """What is wrong with an event that is told afterwards: its updates in order, the last of them closing it."""
    if len(updates) < FEWEST_PAST_UPDATES:
        return [flaw("updates", "too_few", "needs at least how it began and how it ended", min=FEWEST_PAST_UPDATES)]
    flaws: list[Flaw] = []
    for n, update in enumerate(updates):
        before = updates[n - 1] if n else None
        place = f"updates[{n}]."
        flaws += update_flaws(
            kind,
            update,
            before=before.status if before else None,
            after=None,
            components=components,
            now=now,
            field=place,
        )
        if before is not None and update.at < before.at:
            flaws.append(flaw(f"{place}at", "out_of_order", "must not lie before the update above it"))
    if not flaws and not is_closed(kind, updates[-1].status):
        field = f"updates[{len(updates) - 1}].status"
        flaws.append(flaw(field, "not_closed", f"the last one must be {CLOSED[kind]}", other=CLOSED[kind]))
    if not flaws and is_closed(kind, updates[0].status):
        flaws.append(flaw("updates[0].status", "closed_at_once", "the first one can't be the end"))
    return flaws
