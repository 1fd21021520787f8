"""A schedule's calendar: days of a zone, lanes by role or layer, and where each shift stands in them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from msgspec import Struct, structs

from phone.base.weeks import DAYS, View, first_day, next_month, weeks_of
from phone.rotas.watches import roles_of
from shared.domain.on_call.rota import Override, Rota, TimeOff
from shared.domain.on_call.schedules import Gap, gaps, shifts
from shared.domain.on_call.shifts import Shift
from shared.domain.time import localized, zone

BEYOND: Final = timedelta(days=35)
BY_DESIGN: Final = frozenset({"masked", "restricted"})
EVERYBODY: Final = "everybody"


class Day(Struct, frozen=True, kw_only=True):
    """A local day: mostly 24 h; `offsets` are those of its beginning and its end."""

    date: date
    start: datetime
    end: datetime
    offsets: tuple[timedelta, timedelta]

    @property
    def changes_clocks(self) -> bool:
        """Whether the zone's offset is another at its end."""
        return self.offsets[0] != self.offsets[1]

    def share(self, at: datetime) -> float:
        """How much of the day has passed at an instant, from 0 to 1."""
        if self.end <= self.start:
            return 0.0
        return min(1.0, max(0.0, (at - self.start) / (self.end - self.start)))


class Lane(Struct, frozen=True, kw_only=True):
    """The shifts of one role or layer in as few rows as they need, and where nobody holds it while others do."""

    key: str
    name: str
    rows: tuple[tuple[Shift, ...], ...]
    gaps: tuple[Gap, ...] = ()


class Picture(Struct, frozen=True, kw_only=True):
    """What a calendar shows: whole weeks, lanes from top to bottom, and when nobody at all is on call.

    The lanes' shifts reach as far as `BEYOND` the weeks.
    """

    weeks: tuple[tuple[Day, ...], ...]
    lanes: tuple[Lane, ...]
    gaps: tuple[Gap, ...]
    time_off: tuple[TimeOff, ...]
    zone_name: str

    @property
    def start(self) -> datetime:
        return self.weeks[0][0].start

    @property
    def end(self) -> datetime:
        return self.weeks[-1][-1].end

    def is_away(self, shift: Shift, start: datetime, end: datetime) -> bool:
        """Whether the shift's holder has asked for time off in its part between two instants."""
        start, end = max(start, shift.start), min(end, shift.end)
        return any(off.user_id == shift.user_id and off.start < end and off.end > start for off in self.time_off)


def day_of(zone_name: str, day: date) -> Day:
    """A local day of a zone; one that the zone left out is empty."""
    start, end = zone(zone_name).day(day)
    before, after = localized(zone_name, start).utcoffset(), localized(zone_name, end).utcoffset()
    return Day(date=day, start=start, end=end, offsets=(before or timedelta(), after or timedelta()))


def moved(view: View, day: date, by: int) -> date:
    """The day that the view before or after is shown for."""
    if view == "month":
        return next_month(day.replace(day=1), by)
    return day + timedelta(days=by * DAYS * (1 if view == "week" else 2))


class Naming(Protocol):
    """How lanes are called."""

    def role(self, role_id: str) -> str: ...

    def layer(self, number: int) -> str: ...


def picture(rota: Rota, *, view: View, day: date, zone_name: str, by_layer: bool, naming: Naming) -> Picture:
    """Everything that the view containing `day` shows; layers without a name are numbered."""
    first = first_day(view, day)
    days = [day_of(zone_name, first + timedelta(days=n)) for n in range(weeks_of(view, day) * DAYS)]
    start, end = days[0].start, days[-1].end
    # Shifts are shown with their own ends, which may lie outside.
    found = touching(shifts(rota, start - BEYOND, end + BEYOND), start, end)
    nobody = gaps(rota, start, end)
    lanes = _by_layer(rota, found, naming) if by_layer else _by_role(rota, found, nobody, (start, end), naming)
    weeks = tuple(tuple(days[n : n + DAYS]) for n in range(0, len(days), DAYS))
    return Picture(weeks=weeks, lanes=lanes, gaps=tuple(nobody), time_off=rota.time_off, zone_name=zone_name)


def _by_role(
    rota: Rota,
    found: Sequence[Shift],
    nobody: Sequence[Gap],
    window: tuple[datetime, datetime],
    naming: Naming,
) -> tuple[Lane, ...]:
    roles = roles_of(rota) or [None]
    roles += [shift.role_id for shift in found if shift.role_id not in roles]
    lanes: list[Lane] = []
    for role in dict.fromkeys(roles):
        missing: list[Gap] = []
        if role is not None and len(roles) > 1:
            missing = [gap for gap in gaps(rota, *window, role_id=role) if not BY_DESIGN.issuperset(gap.causes)]
        lanes.append(
            Lane(
                key=role or EVERYBODY,
                name=naming.role(role) if role else "",
                rows=_rows([shift for shift in found if shift.role_id == role]),
                gaps=tuple(each for gap in missing for each in _without(gap, nobody)),
            )
        )
    return tuple(lanes)


def _by_layer(rota: Rota, found: Sequence[Shift], naming: Naming) -> tuple[Lane, ...]:
    """A layer and the successors that edits gave it share a lane: they share a name."""
    names = {layer.id: layer.name or naming.layer(n) for n, layer in enumerate(rota.schedule.layers, start=1)}
    lanes: list[Lane] = []
    for name in dict.fromkeys(names.values()):
        own = [shift for shift in found if shift.layer_id is not None and names.get(shift.layer_id) == name]
        lanes.append(Lane(key=name, name=name, rows=_rows(own)))
    rest = [shift for shift in found if shift.layer_id not in names]
    return tuple(lanes) if not rest else (*lanes, Lane(key=EVERYBODY, name="", rows=_rows(rest)))


def _rows(found: Sequence[Shift]) -> tuple[tuple[Shift, ...], ...]:
    """Shifts in as few rows as they fit without touching each other's time; one row at least."""
    rows: list[list[Shift]] = [[]]
    for shift in sorted(found, key=lambda each: (each.start, each.end, each.user_id)):
        free = next((row for row in rows if not row or row[-1].end <= shift.start), None)
        if free is None:
            rows.append([shift])
        else:
            free.append(shift)
    return tuple(tuple(row) for row in rows)


def _without(gap: Gap, others: Sequence[Gap]) -> list[Gap]:
    """The parts of a gap that lie in none of the others, which stand in order."""
    left: list[Gap] = []
    start = gap.start
    for other in others:
        if other.end <= start or other.start >= gap.end:
            continue
        if other.start > start:
            left.append(structs.replace(gap, start=start, end=other.start))
        start = max(start, other.end)
    return [*left, structs.replace(gap, start=start)] if start < gap.end else left


def touching(found: Sequence[Shift], start: datetime, end: datetime) -> list[Shift]:
    """Those that share time with `[start, end)`."""
    return [shift for shift in found if shift.start < end and shift.end > start]


def joined(rota: Rota, more: Sequence[Override]) -> Rota:
    """The rota with overrides that were read apart, the newer word about each of them."""
    known = {each.id: each for each in (*rota.overrides, *more)}
    return structs.replace(rota, overrides=tuple(known.values()))


def replaced(rota: Rota, override: Override) -> list[Shift]:
    """The shifts as they would be without this override, where it stands; empty where nobody would be on call."""
    others = tuple(each for each in rota.overrides if each.id != override.id)
    return shifts(structs.replace(rota, overrides=others), override.start, override.end)
