"""Who is on call, the slow way: walk the clock minute by minute and the slots from the layer's start.

Written from the definition and sharing nothing with the code but the structs. Readings are naive
datetimes. All times of a layer must be multiples of `tick`, in which its readings are walked.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from math import gcd, lcm
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.domain.on_call.rota import Layer, Override, Period, Rota

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
EARLIEST, LATEST = datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2200-01-01")
NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

Held = tuple[str, str | None, str | None, str | None]
"""User, role, layer, override."""


@lru_cache(maxsize=256)
def faces(zone: str, first: datetime, minutes: int) -> list[datetime]:
    """What the schedule clock reads in each minute from `first` on (UTC); a day before sets the start."""
    info, shown = ZoneInfo(zone), EARLIEST
    read: list[datetime] = []
    at, end = first - DAY, first + minutes * MINUTE
    while at < end:
        local = at.astimezone(info)
        even = local.utcoffset() == (at + HOUR).astimezone(info).utcoffset()
        for minute in range(60):
            face = local.replace(tzinfo=None) + minute * MINUTE
            if not even:
                face = (at + minute * MINUTE).astimezone(info).replace(tzinfo=None)
            shown = max(shown, face)
            read.append(shown)
        at += HOUR
    return read[1440 : 1440 + minutes]


class Clock:
    """The schedule clock of a zone over a window of whole minutes."""

    def __init__(self, zone: str, first: datetime, minutes: int) -> None:
        self.first = first.astimezone(UTC)
        self.reads = faces(zone, self.first, minutes)

    def reading(self, t: datetime) -> datetime:
        return self.reads[(t - self.first) // MINUTE]

    def at(self, wall: datetime) -> datetime:
        """The first minute that shows this or more, by looking at all of them in order."""
        low, high = 0, len(self.reads)
        while low < high:
            middle = (low + high) // 2
            if self.reads[middle] < wall:
                low = middle + 1
            else:
                high = middle
        return self.first + low * MINUTE


class Slot(NamedTuple):
    number: int
    start: datetime
    end: datetime
    turn: int | None
    group: int | None


class SlowLayer:
    """One layer walked from its start until a reading."""

    def __init__(self, layer: Layer, until: datetime, *, tick: int, gone: dict[str, datetime]) -> None:
        self.layer, self.tick = layer, timedelta(minutes=tick)
        self.start = datetime.fromisoformat(layer.start)
        self.end = None if layer.end is None else datetime.fromisoformat(layer.end)
        self.gone = gone
        self._duty: dict[tuple[int, int, int], bool] = {}
        rotation = layer.rotation
        handoff = rotation.handoff_time or f"{self.start:%H:%M}"
        self.cut = clock_time(handoff) if layer.continuous else timedelta()
        self.slots = self._give_turns(self._walk(until))

    def masked(self, reading: datetime) -> bool:
        day = (reading - self.cut).weekday()
        return self.layer.date_mask is None or NAMES[day] in self.layer.date_mask

    def duty(self, reading: datetime) -> bool:
        key = reading.weekday(), reading.hour, reading.minute
        if key not in self._duty:
            self._duty[key] = self._is_duty(reading)
        return self._duty[key]

    def _is_duty(self, reading: datetime) -> bool:
        restriction = self.layer.restriction
        if restriction.kind == "none":
            return self.masked(reading)
        for period in restriction.periods:
            begins = [
                start
                for back in range(8)
                if (start := midnight(reading - back * DAY) + clock_time(period.start)) <= reading
                and period.start_weekday in (None, NAMES[start.weekday()])
            ]
            if any(reading < end_of(period, start) and self.masked(start) for start in begins):
                return True
        return False

    def _walk(self, until: datetime) -> list[tuple[datetime, datetime]]:
        rotation = self.layer.rotation
        unit = rotation.unit
        if unit == "month":
            return self._months(until)
        cycle = {"hour": HOUR, "day": DAY, "week": WEEK}[unit] * rotation.every
        if unit == "week" or (unit == "day" and rotation.every % 7 == 0):
            return self._weeks(until, cycle)
        return self._masked_time(until, cycle)

    def _months(self, until: datetime) -> list[tuple[datetime, datetime]]:
        starts = [self.start]
        year, month = self.start.year, self.start.month
        while starts[-1] < until:
            for _ in range(self.layer.rotation.every):
                year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            day = min(self.start.day, monthrange(year, month)[1])
            starts.append(self.start.replace(year=year, month=month, day=day))
        return list(pairwise(starts))

    def _weeks(self, until: datetime, cycle: timedelta) -> list[tuple[datetime, datetime]]:
        anchor, rotation = self.start, self.layer.rotation
        while rotation.handoff_weekday is not None and (NAMES[anchor.weekday()], f"{anchor:%H:%M}") != (
            rotation.handoff_weekday,
            rotation.handoff_time,
        ):
            anchor -= self.tick
        starts = [self.start]
        while starts[-1] < until:
            anchor += cycle
            starts.append(anchor)
        return list(pairwise(starts))

    def _masked_time(self, until: datetime, cycle: timedelta) -> list[tuple[datetime, datetime]]:
        starts, passed, reading = [self.start], timedelta(), self.start
        repeats = False
        while starts[-1] < until or not repeats:
            if self.masked(reading):
                if passed == cycle:
                    starts.append(reading)
                    repeats = repeats or self._pattern(starts) < len(starts)
                    passed = timedelta()
                passed += self.tick
            reading += self.tick
        return list(pairwise(starts))

    def _pattern(self, starts: list[datetime]) -> int:
        """After how many slots that of slots 1, 2, … comes back; more than there are if not seen yet."""
        for slot in range(2, len(starts)):
            if (starts[slot] - starts[1]) % WEEK == timedelta():
                return slot - 1
        return len(starts)

    def _has_duty(self, start: datetime, end: datetime) -> bool:
        reading = start
        while reading < end:
            if self.duty(reading):
                return True
            reading += self.tick
        return False

    def places(self, bounds: list[tuple[datetime, datetime]]) -> int:
        rotation = self.layer.rotation
        if rotation.unit == "month":
            return 12 // gcd(12, rotation.every)
        if rotation.unit == "week" or (rotation.unit == "day" and rotation.every % 7 == 0):
            return 1
        count = self._pattern([start for start, _ in bounds] + [bounds[-1][1]])
        return sum(self._has_duty(*bounds[slot]) for slot in range(1, count + 1))

    def active(self, group: int, slot_start: datetime) -> list[tuple[str, str | None]]:
        found: list[tuple[str, str | None]] = []
        for member in self.layer.groups[group].members:
            since = datetime.fromisoformat(member.since) if member.since else EARLIEST
            until = datetime.fromisoformat(member.until) if member.until else LATEST
            until = min(until, self.gone.get(member.user_id, until))
            if since <= slot_start < until:
                found.append((member.user_id, member.role_id))
        return found

    def _give_turns(self, bounds: list[tuple[datetime, datetime]]) -> list[Slot]:
        fair = self.layer.rotation.order == "fair"
        places = self.places(bounds) if fair else 1
        slots: list[Slot] = []
        ring: list[int] | None = None
        last, place, taken, turn = -1, 0, 0, 0
        for number, (start, end) in enumerate(bounds):
            if not self._has_duty(start, end):
                slots.append(Slot(number, start, end, None, None))
                continue
            now = [g for g, group in enumerate(self.layer.groups) if group.nobody or self.active(g, start)]
            if now != ring:
                ring, taken = now, 0
                later = [group for group in now if group > last]
                place = now.index(later[0]) if later else 0
            group = None
            if ring:
                group = last = ring[place % len(ring)]
                place += 1
                taken += 1
                if fair and gcd(len(ring), places) > 1 and taken % lcm(len(ring), places) == 0:
                    place += 1
            slots.append(Slot(number, start, end, turn, group))
            turn += 1
        return slots

    def roles(self, reading: datetime) -> set[str | None]:
        """The roles of those who are members in the turn that runs, else of the last that had any."""
        members = [member for group in self.layer.groups for member in group.members]
        given = {m.role_id for m in members if not m.since or datetime.fromisoformat(m.since) <= self.start}
        for slot in self.slots:
            if slot.turn is not None and slot.start <= reading:
                given = {
                    m.role_id
                    for m in members
                    if (not m.since or datetime.fromisoformat(m.since) <= slot.start)
                    and (not m.until or slot.start < datetime.fromisoformat(m.until))
                } or given
        return given or {None}

    def lives(self, reading: datetime) -> bool:
        return self.start <= reading and (self.end is None or reading < self.end)

    def given(self, reading: datetime) -> list[tuple[str, str | None]]:
        if not self.lives(reading) or not self.duty(reading):
            return []
        slot = next(slot for slot in self.slots if slot.start <= reading < slot.end)
        return [] if slot.group is None else self.active(slot.group, slot.start)


class SlowSchedule:
    """A schedule over a window of whole minutes."""

    def __init__(self, rota: Rota, first: datetime, end: datetime, *, tick: int) -> None:
        self.rota = rota
        self.ends = {p.user_id: p.deactivated_at for p in rota.people if p.deactivated_at is not None}
        minutes = (end - first) // MINUTE + 1
        self.layers: list[tuple[Clock, SlowLayer]] = []
        for layer in rota.schedule.layers:
            clock = Clock(layer.time_zone or rota.schedule.time_zone, first - DAY, minutes + 2 * 1440)
            gone = {user: clock.reading(x - MINUTE) + MINUTE for user, x in self.ends.items() if first < x < end}
            gone |= {user: EARLIEST for user, x in self.ends.items() if x <= first}
            walked = SlowLayer(layer, clock.reading(end) + DAY, tick=tick, gone=gone)
            self.layers.append((clock, walked))

    def on_call(self, t: datetime) -> set[Held]:
        """Everyone in the minute that begins at `t`."""
        forces = [o for o in sorted(self.rota.overrides, key=lambda o: (o.created_at, o.id)) if self._holds(o, t)]
        sets: list[list[Held]] = []
        for clock, layer in self.layers:
            reading = clock.reading(t)
            held: list[Held] = [
                (user, role, layer.layer.id, None) for user, role in layer.given(reading) if self._here(user, t)
            ]
            mine = [o for o in forces if o.scope.kind == "layer" and o.scope.layer_id == layer.layer.id]
            if mine and layer.lives(reading):
                held = [(mine[-1].user_id, role, layer.layer.id, mine[-1].id) for role in layer.roles(reading)]
            sets.append(held)
        was = next((each for each in self.rota.schedule.former if t < each.until), self.rota.schedule)
        counting = self.layers
        if was is not self.rota.schedule:
            counting = [each for each in self.layers if each[1].layer.id in was.layers]
            ids = [layer.layer.id for _, layer in self.layers]
            sets = [sets[ids.index(id)] for id in was.layers if isinstance(id, str)]
        if was.overlap == "top_layer":
            now = set(next((held for held in sets if held), []))
        else:
            now = {one for held in sets for one in held}
        for override in forces:
            now = self._apply(override, now, counting, t)
        return now

    def _here(self, user: str, t: datetime) -> bool:
        return user not in self.ends or t < self.ends[user]

    def _holds(self, override: Override, t: datetime) -> bool:
        cancelled = override.cancelled_at is not None and override.cancelled_at <= t
        begins = max(override.start, override.created_at)
        return begins <= t < override.end and not cancelled and self._here(override.user_id, t)

    def _apply(
        self, override: Override, now: set[Held], counting: list[tuple[Clock, SlowLayer]], t: datetime
    ) -> set[Held]:
        scope, user = override.scope, override.user_id
        if scope.kind == "all":
            alive = [(layer, clock.reading(t)) for clock, layer in counting if layer.lives(clock.reading(t))]
            roles = {role for layer, reading in alive for role in layer.roles(reading)} or {None}
            return {(user, role, None, override.id) for role in roles}
        if scope.kind == "role" and all(role != scope.role_id for _, role, _, _ in now):
            return {*now, (user, scope.role_id, None, override.id)}
        replaced: set[Held] = set()
        for one in now:
            by_role = scope.kind == "role" and one[1] == scope.role_id
            by_person = scope.kind == "person" and one[0] == scope.user_id
            replaced.add((user, one[1], one[2], override.id) if by_role or by_person else one)
        return replaced


@cache
def clock_time(text: str) -> timedelta:
    return timedelta(hours=int(text[:2]), minutes=int(text[3:]))


def midnight(reading: datetime) -> datetime:
    return reading.replace(hour=0, minute=0)


def end_of(period: Period, start: datetime) -> datetime:
    """The first end after a start of this period."""
    for day in range(9):
        end = midnight(start) + day * DAY + clock_time(period.end)
        eve = end - DAY if period.end == "24:00" else end
        if end > start and period.end_weekday in (None, NAMES[eve.weekday()]):
            return end
    raise AssertionError(period)
