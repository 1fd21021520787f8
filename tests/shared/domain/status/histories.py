"""Random histories of status pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.domain.status.events import IMPACTS, ComponentImpact, EventKind, StatusEvent, Update
from shared.domain.status.uptime import Measured

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
)
COMPONENTS = ("a", "b", "c")
NOWS = tuple(
    datetime(*parts, tzinfo=UTC)
    for parts in (
        (2026, 11, 30, 9, 45),
        (2026, 3, 29, 23, 30),
        (2026, 4, 5, 15, 0),
        (2011, 12, 31, 12, 0),
        (2018, 2, 18, 6, 15),
        (2010, 11, 7, 12, 0),
        (2026, 1, 1, 0, 0),
    )
)
"""Some days after clocks went forward, back, or left a day out."""


@st.composite
def events(draw: Any, id: str, *, now: datetime, span: timedelta, tick: timedelta) -> StatusEvent:
    """Legal in its order; told at whole ticks, some of them at one instant, and perhaps still open."""
    kind: EventKind = draw(st.sampled_from(("incident", "maintenance")))
    steps = span // tick
    at = sorted(draw(st.lists(st.integers(0, steps), min_size=1, max_size=6)))
    if kind == "incident":
        statuses = draw(
            st.lists(st.sampled_from(("investigating", "identified", "monitoring")), min_size=len(at), max_size=len(at))
        )
    else:
        orders = st.lists(st.integers(0, 1), min_size=len(at), max_size=len(at))
        statuses = [("scheduled", "in_progress")[each] for each in sorted(draw(orders))]
    if len(at) > 1 and draw(st.booleans()):
        statuses[-1] = "resolved" if kind == "incident" else "completed"
    updates: list[Update] = []
    for n, (step, status) in enumerate(zip(at, statuses, strict=True)):
        chosen: list[str] = draw(st.lists(st.sampled_from(COMPONENTS), unique=True, max_size=3))
        ends = status in ("resolved", "completed")
        impacts = ("operational",) if ends else IMPACTS[kind]
        changes = tuple(ComponentImpact(component_id=each, impact=draw(st.sampled_from(impacts))) for each in chosen)
        instant = now - span + step * tick
        updates.append(Update(id=f"{id}{n}", at=min(instant, now), status=status, changes=changes))
    return StatusEvent(id=id, kind=kind, updates=tuple(draw(st.permutations(updates))))


@st.composite
def histories(draw: Any, *, days: int, tick: timedelta) -> tuple[list[Measured], list[StatusEvent], str, datetime]:
    """Components, events, a zone and an instant, all at whole ticks."""
    now: datetime = draw(st.sampled_from(NOWS)) - tick * draw(st.integers(0, 5))
    span = timedelta(days=days + 2)
    steps = span // tick
    components: list[Measured] = []
    for id in COMPONENTS:
        since = now - span + tick * draw(st.one_of(st.just(0), st.integers(0, steps)))
        removed = draw(st.none() | st.integers(0, steps))
        components.append(
            Measured(id=id, available_since=since, removed_at=None if removed is None else now - span + tick * removed)
        )
    count = draw(st.integers(0, 5))
    told = [draw(events(f"e{n}", now=now, span=span, tick=tick)) for n in range(count)]
    return components, told, draw(st.sampled_from(ZONES)), now
