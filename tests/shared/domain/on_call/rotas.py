"""Short ways to write schedules down in tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.on_call.rota import (
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
    TimeOff,
)
from shared.domain.on_call.schedules import shifts

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
WEEKEND = ("sat", "sun")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def people(names: str) -> tuple[Group, ...]:
    """One group per word; `a+b` share a turn, `-` is nobody."""
    return tuple(
        Group(nobody=True) if word == "-" else Group(members=tuple(Member(user_id=name) for name in word.split("+")))
        for word in names.split()
    )


def layer(rotation: str, start: str, groups: str | tuple[Group, ...] = "a", **fields: Any) -> Layer:
    """`rotation` reads like `2 day fair mon 10:00`."""
    every, unit, *rest = rotation.split()
    order = rest.pop(0) if rest and rest[0] in ("fair", "listed", "least_recent") else "listed"
    handoff = {"handoff_weekday": rest[0], "handoff_time": rest[1]} if rest else {}
    made: dict[str, Any] = {"unit": unit, "every": int(every), "order": order, **handoff}
    fields.setdefault("id", "L")
    return Layer(
        start=start,
        rotation=Rotation(**made),
        groups=people(groups) if isinstance(groups, str) else groups,
        **fields,
    )


def daily(*periods: str) -> Restriction:
    return Restriction(kind="daily", periods=tuple(_period(text) for text in periods))


def weekly(*periods: str) -> Restriction:
    return Restriction(kind="weekly", periods=tuple(_period(text) for text in periods))


def _period(text: str) -> Period:
    """`22:00 06:00` or `mon 09:00 fri 18:00`."""
    words: Any = text.split()
    if len(words) == 2:
        return Period(start=words[0], end=words[1])
    return Period(start_weekday=words[0], start=words[1], end_weekday=words[2], end=words[3])


def rota(*layers: Layer, zone: str = "UTC", overlap: Any = "union", **fields: Any) -> Rota:
    return Rota(schedule=Schedule(time_zone=zone, overlap=overlap, layers=layers), **fields)


def override(user: str, start: str, end: str, scope: str = "all", **fields: Any) -> Override:
    """`scope` is `all`, `layer L`, `role primary` or `person ana`."""
    kind, _, target = scope.partition(" ")
    names = {"layer": "layer_id", "role": "role_id", "person": "user_id"}
    made: dict[str, Any] = {"kind": kind} | ({names[kind]: target} if target else {})
    fields.setdefault("id", f"{user}-{start}")
    fields.setdefault("created_at", utc("2026-01-01"))
    return Override(user_id=user, start=utc(start), end=utc(end), scope=Scope(**made), **fields)


def off(user: str, start: str, end: str) -> TimeOff:
    return TimeOff(user_id=user, start=utc(start), end=utc(end))


def gone(user: str, when: str) -> Person:
    return Person(user_id=user, deactivated_at=utc(when))


def told(rota: Rota, start: str, end: str) -> list[str]:
    """The shifts of a window as `a 03-28T01:30 - 03-29T01:00`, the role after the user where there is one."""
    lines: list[str] = []
    for shift in shifts(rota, utc(start), utc(end)):
        who = shift.user_id + (f":{shift.role_id}" if shift.role_id else "")
        lines.append(f"{who} {shift.start:%m-%dT%H:%M} - {shift.end:%m-%dT%H:%M}")
    return lines


def days_of(rota: Rota, start: str, count: int) -> str:
    """Who is on call at noon UTC of each of these days; `.` where nobody is."""
    first = utc(start) + timedelta(hours=12)
    days = (first + timedelta(days=day) for day in range(count))
    return " ".join("+".join(s.user_id for s in shifts(rota, t, t + timedelta(minutes=1))) or "." for t in days)
