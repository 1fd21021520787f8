"""Random schedules: every unit, mask, restriction, joins and leaves, overrides, in zones about to change."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from hypothesis import strategies as st

from shared.domain.on_call.rota import (
    Arrangement,
    Group,
    Layer,
    Member,
    Override,
    Period,
    Person,
    Restriction,
    Rota,
    Rotation,
    Schedule,
    Scope,
)
from shared.domain.time import zone

TICK = 30
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ROLES = ("primary", "backup", None)
USERS = tuple("abcdefgh")


def _everywhere() -> list[tuple[str, datetime]]:
    """In a soak, some recent changes of every zone."""
    if "SOAK_EXAMPLES" not in os.environ:
        return []
    years = range(2005, 2035)
    return [
        (name, change.replace(hour=0, minute=0))
        for name in sorted(available_timezones() - {"localtime"})
        for change in [c for c in zone(name).changes() if c.year in years][::3] or [datetime(2026, 5, 4, tzinfo=UTC)]
    ]


PLACES = (
    ("UTC", datetime(2026, 5, 4, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 3, 14, tzinfo=UTC)),
    ("America/Santiago", datetime(2027, 4, 4, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2026, 10, 25, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 5, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 4, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ("Antarctica/Casey", datetime(2020, 10, 3, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 10, 25, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 2, 15, tzinfo=UTC)),
    *_everywhere(),
)
HALF_HOURS = st.integers(0, 47).map(lambda n: f"{n // 2:02}:{n % 2 * 30:02}")


def walls(center: datetime, before: int, after: int) -> st.SearchStrategy[str]:
    """Wall times in half hours, some days around a date."""
    first = center.replace(tzinfo=None) - timedelta(days=before)
    slots = st.integers(0, (before + after) * 48)
    return slots.map(lambda n: (first + n * timedelta(minutes=30)).isoformat(timespec="minutes"))


def instants(center: datetime, before: int, after: int) -> st.SearchStrategy[datetime]:
    """Instants in ten minutes, some days around a date."""
    first = center - timedelta(days=before)
    return st.integers(0, (before + after) * 144).map(lambda n: first + n * timedelta(minutes=10))


@st.composite
def rotations(draw: st.DrawFn) -> Rotation:
    unit: Any = draw(st.sampled_from(("hour", "day", "day", "week", "month")))
    every = draw(st.one_of(st.integers(1, 3), st.integers(1, 30), st.sampled_from((7, 14, 12))))
    order: Any = draw(st.sampled_from(("listed", "fair")))
    handoff: dict[str, Any] = {}
    if (unit == "week" or (unit == "day" and every % 7 == 0)) and draw(st.booleans()):
        handoff = {"handoff_weekday": draw(st.sampled_from(DAYS)), "handoff_time": draw(HALF_HOURS)}
    return Rotation(unit=unit, every=every, order=order, **handoff)


@st.composite
def restrictions(draw: st.DrawFn, *, weekly: bool) -> Restriction:
    """Disjoint periods made from an even number of cuts of the day or the week."""
    kind: Any = draw(st.sampled_from(("none", "daily", "weekly") if weekly else ("none", "daily")))
    if kind == "none":
        return Restriction()
    span = 48 if kind == "daily" else 336
    cuts = sorted(draw(st.sets(st.integers(0, span - 1), min_size=2, max_size=6)))
    cuts = cuts[: len(cuts) // 2 * 2]
    if draw(st.booleans()):
        cuts = [*cuts[1:], cuts[0]]
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    return Restriction(kind=kind, periods=tuple(_period(kind, start, end) for start, end in pairs))


def _period(kind: str, start: int, end: int) -> Period:
    texts = [f"{cut % 48 // 2:02}:{cut % 2 * 30:02}" for cut in (start, end)]
    if kind == "daily":
        return Period(start=texts[0], end="24:00" if end == 0 else texts[1])
    days: Any = [DAYS[start // 48], DAYS[end // 48]]
    if end % 48 == 0:
        return Period(start_weekday=days[0], start=texts[0], end_weekday=DAYS[end // 48 - 1], end="24:00")
    return Period(start_weekday=days[0], start=texts[0], end_weekday=days[1], end=texts[1])


@st.composite
def groups(draw: st.DrawFn, center: datetime) -> tuple[Group, ...]:
    made: list[Group] = []
    for index in range(draw(st.integers(1, 5))):
        if index and draw(st.integers(0, 5)) == 0:
            made.append(Group(nobody=True))
            continue
        users = draw(st.lists(st.sampled_from(USERS), min_size=1, max_size=2, unique=True))
        made.append(Group(members=tuple(draw(_members(user, center)) for user in users)))
    return tuple(made)


@st.composite
def _members(draw: st.DrawFn, user: str, center: datetime) -> Member:
    since = draw(st.none() | walls(center, 10, 10)) if draw(st.booleans()) else None
    until = draw(st.none() | walls(center, 10, 10)) if draw(st.booleans()) else None
    if since and until and since >= until:
        since, until = until, since if since > until else None
    return Member(user_id=user, role_id=draw(st.sampled_from(ROLES)), since=since, until=until)


@st.composite
def layers(draw: st.DrawFn, center: datetime, number: int, zone: str) -> Layer:
    mask: Any = draw(st.none() | st.sets(st.sampled_from(DAYS), min_size=1).map(lambda d: tuple(sorted(d))))
    return Layer(
        id=f"L{number}",
        start=draw(walls(center, 25, 3)),
        end=draw(st.none() | walls(center + timedelta(days=4), 0, 8)),
        time_zone=draw(st.sampled_from((None, None, zone, "UTC", "Asia/Kolkata"))),
        rotation=draw(rotations()),
        date_mask=mask,
        continuous=mask is not None and draw(st.booleans()),
        restriction=draw(restrictions(weekly=mask is None)),
        groups=draw(groups(center)),
    )


@st.composite
def overrides(draw: st.DrawFn, center: datetime, number: int, layer_count: int) -> Override:
    kind: Any = draw(st.sampled_from(("all", "layer", "role", "person")))
    start = draw(instants(center, 6, 6))
    long_ago = st.integers(1, 3).map(lambda day: datetime(2011, 1, day, tzinfo=UTC))
    created_at = draw(instants(center, 6, 6) if draw(st.integers(0, 3)) == 0 else long_ago)
    return Override(
        id=f"o{number}",
        start=start,
        end=start + timedelta(minutes=10 * draw(st.integers(1, 500))),
        user_id=draw(st.sampled_from((*USERS, "x", "y"))),
        scope=Scope(
            kind=kind,
            layer_id=f"L{draw(st.integers(0, layer_count - 1))}" if kind == "layer" else None,
            role_id=draw(st.sampled_from(("primary", "backup"))) if kind == "role" else None,
            user_id=draw(st.sampled_from(USERS)) if kind == "person" else None,
        ),
        created_at=created_at,
        cancelled_at=draw(st.none() | instants(center, 6, 6)) if draw(st.booleans()) else None,
    )


@st.composite
def arrangements(draw: st.DrawFn, center: datetime, layer_count: int) -> tuple[Arrangement, ...]:
    """Mostly none: few schedules were rearranged."""
    ends = sorted(draw(st.sets(instants(center, 6, 6), max_size=2))) if draw(st.integers(0, 3)) == 0 else []
    ids = [f"L{number}" for number in range(layer_count)]
    return tuple(
        Arrangement(
            until=end,
            overlap=draw(st.sampled_from(("union", "top_layer"))),
            layers=tuple(draw(st.lists(st.sampled_from(ids), unique=True))),
        )
        for end in ends
    )


@st.composite
def rotas(draw: st.DrawFn, *, max_overrides: int = 4) -> tuple[Rota, datetime]:
    """A rota and the date around which something happens."""
    zone, center = draw(st.sampled_from(PLACES))
    count = draw(st.integers(1, 3))
    overlap: Any = draw(st.sampled_from(("union", "top_layer")))
    made = tuple(draw(layers(center, number, zone)) for number in range(count))
    ended = draw(st.dictionaries(st.sampled_from(USERS), instants(center, 6, 6), max_size=2))
    replaced = draw(st.integers(0, max_overrides))
    rota = Rota(
        schedule=Schedule(time_zone=zone, overlap=overlap, layers=made, former=draw(arrangements(center, count))),
        overrides=tuple(draw(overrides(center, number, count)) for number in range(replaced)),
        people=tuple(Person(user_id=user, deactivated_at=when) for user, when in ended.items()),
    )
    return rota, center
