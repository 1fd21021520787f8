"""Who is on call, worked out on the device as the server does it: cached schedules and an instant in, answers out."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import structs

from shared.domain.on_call.overrides import handed_out
from shared.domain.on_call.rota import Rota
from shared.domain.on_call.schedules import next_handoff, next_on_call, on_call_at, shifts
from shared.domain.on_call.shifts import Shift, held_since
from shared.domain.time import is_zone_name, zone_rules_version
from shared.wire.lists import Ref
from shared.wire.on_call import MyOnCall, MyWatch, NextWatch, OnCallNow, OnCallPerson
from shared.wire.schedules import MyShift, MyShifts, ScheduleRota

LOOK_BACK: Final = timedelta(days=35)
LOOK_AHEAD: Final = timedelta(days=30)


def is_answerable(each: ScheduleRota) -> bool:
    """Whether this device knows the clocks of every zone in it."""
    schedule = each.rota.schedule
    zones = {schedule.time_zone, *(layer.time_zone for layer in schedule.layers if layer.time_zone)}
    return all(is_zone_name(name) for name in zones)


def concerns(rota: Rota, user_id: str) -> bool:
    """Whether the person is named in it at all: nobody else's shifts have to be looked through."""
    members = (member for layer in rota.schedule.layers for group in layer.groups for member in group.members)
    return any(each.user_id == user_id for each in (*members, *rota.overrides))


def person(each: ScheduleRota, user_id: str) -> Ref:
    """Somebody of the schedule by name."""
    return Ref(user_id, each.people.get(user_id, ""))


def on_call_now(rotas: Iterable[ScheduleRota], now: datetime) -> list[OnCallNow]:
    """Every schedule with its people."""
    return [_now(each, now) for each in rotas]


def _now(each: ScheduleRota, now: datetime) -> OnCallNow:
    entries = on_call_at(each.rota, now)
    handoff = next_handoff(each.rota, now)
    following = next_on_call(each.rota, now) if not entries else None
    return OnCallNow(
        schedule=each.schedule,
        team=each.team,
        people=[
            OnCallPerson(
                user=person(each, entry.user_id), role=entry.role_id, until=handoff.at if handoff is not None else None
            )
            for entry in entries
        ],
        gap_until=following.at if following is not None else None,
    )


def my_on_call(
    rotas: Iterable[ScheduleRota],
    me: str,
    now: datetime,
    *,
    held: Sequence[MyShift] = (),
    unreachable: str | None = None,
) -> MyOnCall:
    """My running watches and the next one, with those that I hold on schedules that I don't see.

    Only the server knows whether a page would arrive.
    """
    watches: list[MyWatch] = []
    ahead: list[NextWatch] = []
    for each in rotas:
        if not concerns(each.rota, me):
            continue
        found = [shift for shift in shifts(each.rota, now - LOOK_BACK, now + LOOK_AHEAD) if shift.user_id == me]
        watches += [
            _watch(each, shift, me, held_since(shift, found), now) for shift in found if shift.start <= now < shift.end
        ]
        ahead += [
            NextWatch(schedule=each.schedule, start=shift.start, end=shift.end) for shift in found if shift.start > now
        ]
    for mine in held_within(held, now - LOOK_BACK, now + LOOK_AHEAD):
        shift = mine.shift
        if shift.start > now:
            ahead.append(NextWatch(schedule=mine.schedule, start=shift.start, end=shift.end))
        elif shift.end > now:
            until = None if shift.continues_after else shift.end
            watches.append(
                MyWatch(schedule=mine.schedule, team=None, role=shift.role_id, since=shift.start, until=until, then=[])
            )
    return MyOnCall(
        watches=sorted(watches, key=lambda watch: watch.schedule.name),
        next=min(ahead, key=lambda watch: watch.start, default=None),
        unreachable=unreachable,
    )


def _watch(each: ScheduleRota, shift: Shift, me: str, since: datetime, now: datetime) -> MyWatch:
    handoff = next_handoff(each.rota, now)
    then = [person(each, entry.user_id) for entry in handoff.entries] if handoff is not None else []
    goes_on = shift.continues_after and shift.end >= now + LOOK_AHEAD
    return MyWatch(
        schedule=each.schedule,
        team=each.team,
        role=shift.role_id,
        since=since,
        until=None if goes_on else shift.end,
        then=[ref for ref in then if ref.id != me],
    )


def held_within(held: Iterable[MyShift], start: datetime, end: datetime) -> list[MyShift]:
    """Those that touch a window, cut to it."""
    return [
        structs.replace(
            each,
            shift=structs.replace(
                each.shift,
                start=max(each.shift.start, start),
                end=min(each.shift.end, end),
                starts_before=each.shift.starts_before or each.shift.start < start,
                continues_after=each.shift.continues_after or each.shift.end > end,
            ),
        )
        for each in held
        if each.shift.start < end and start < each.shift.end
    ]


def my_shifts(
    rotas: Sequence[ScheduleRota],
    me: str,
    start: datetime,
    end: datetime,
    *,
    held: Sequence[MyShift] = (),
    now: datetime,
) -> MyShifts:
    """My shifts of a window on every schedule, in order, and where I am on call now.

    `held` are those on schedules that I don't see.
    """
    mine = [each for each in rotas if concerns(each.rota, me)]
    items = [
        MyShift(schedule=each.schedule, shift=shift)
        for each in mine
        for shift in shifts(each.rota, start, end)
        if shift.user_id == me
    ]
    items += held_within(held, start, end)
    running = [each.schedule for each in mine if any(entry.user_id == me for entry in on_call_at(each.rota, now))]
    unseen = dict.fromkeys(each.schedule for each in held if each.shift.start <= now < each.shift.end)
    return MyShifts(
        on_call_now=sorted([*running, *unseen], key=lambda each: each.name) if unseen else running,
        items=sorted(
            items, key=lambda each: (each.shift.start, each.shift.end, each.schedule.name, each.shift.role_id or "")
        ),
        zone_rules=zone_rules_version(),
    )


def roles_of(rota: Rota) -> list[str | None]:
    """The roles that the schedule hands out, in the order of its layers."""
    return list(dict.fromkeys(role for layer in rota.schedule.layers for role in handed_out(layer)))
