"""What saving a changed layer does: people join and leave at once, any other change starts a successor."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec import Struct, structs

from shared.domain.on_call.rota import Group, Layer, Member, Rota
from shared.domain.on_call.schedules import shifts, slots
from shared.domain.time import from_us, moment_reading, to_us, wall_reading, wall_text, zone

LONGEST_REST: Final = timedelta(days=31)
"""How far back whoever had the last turn is looked for."""


class Change(Struct, frozen=True, kw_only=True):
    """Hours in one role that a person gains or loses."""

    user_id: str
    role_id: str | None
    start: datetime
    end: datetime
    gains: bool


class _Now(NamedTuple):
    """The first reading that a change can touch, and the one from which people come and go."""

    reading: int
    effective: int

    @property
    def text(self) -> str:
        return wall_text(self.effective)

    def is_past(self, moment: str | None) -> bool:
        return moment is not None and (moment_reading(moment) or 0) < self.reading


def edit_layer(
    rota: Rota,
    before: Layer,
    after: Layer,
    *,
    successor_id: str,
    now: datetime,
    effective_at: datetime | None = None,
    anew: bool = False,
) -> tuple[Layer, ...]:
    """The layers that stand for `before` once `after` is saved; what was and what runs stays.

    A new name, a later end, and people who join or leave keep the layer; `after` may leave out who goes and
    list who comes, without dates. Otherwise `before` ends at `effective_at`, by default with its running
    slot, and `after` starts there as `successor_id`, its turns going on where they were if the groups are the same.
    A layer that hasn't started by then is simply replaced, to start from then on. With `anew` all of it waits for a
    successor, people and ends too.
    """
    clock = zone(before.time_zone or rota.schedule.time_zone)
    now_reading = clock.upcoming(to_us(now))
    effective = max(clock.upcoming(to_us(effective_at or now)), now_reading)
    if effective <= (wall_reading(before.start) or 0):
        start = max(wall_reading(after.start) or 0, _start(rota, after, effective, clock.name))
        return (structs.replace(after, id=before.id, start=wall_text(start)),)
    kept = None if anew else _kept(before, after, _Now(now_reading, effective))
    if kept is not None:
        return (kept,)
    cut = _cut(rota, before, now, effective_at)
    ended = structs.replace(before, end=_earlier(before.end, cut))
    start = _start(rota, after, cut, clock.name)
    if after.end is not None and (wall_reading(after.end) or 0) <= start:
        return (ended,)
    groups = _continued(rota, before, after, from_us(clock.at(cut)))
    if not groups:
        return (ended,)
    return ended, structs.replace(after, id=successor_id, start=wall_text(start), groups=groups)


def with_real_ends(layers: Sequence[Layer], before: Sequence[Layer]) -> tuple[Layer, ...]:
    """What somebody sends, in which `gone_at` says only what it says already: accounts end elsewhere."""
    kept = {layer.id: {member for group in layer.groups for member in group.members} for layer in before}

    def real(layer: Layer, group: Group) -> Group:
        known = kept.get(layer.id, set[Member]())
        members = (each if each in known else structs.replace(each, gone_at=None) for each in group.members)
        return structs.replace(group, members=tuple(members))

    return tuple(structs.replace(layer, groups=tuple(real(layer, group) for group in layer.groups)) for layer in layers)


def put_back(layers: Sequence[Layer], before: Sequence[Layer]) -> list[tuple[int, str]]:
    """Who is on call again in which layer of `layers`, only because a stay that had ended with an account was sent
    without its end.
    """
    kept = {layer.id: {member for group in layer.groups for member in group.members} for layer in before}
    found: list[tuple[int, str]] = []
    for place, layer in enumerate(layers):
        sent = {member for group in layer.groups for member in group.members}
        ended = {each for each in kept.get(layer.id, set[Member]()) - sent if each.gone_at is not None}
        lost = {structs.replace(each, gone_at=None) for each in ended} & sent - kept.get(layer.id, set[Member]())
        found += [(place, each.user_id) for each in lost]
    return sorted(found)


def _continued(rota: Rota, before: Layer, after: Layer, cut: datetime) -> tuple[Group, ...]:
    """The groups from the one on whose turn comes next; as they are if others were chosen.

    Stays that ended with an account are of the past: `before` keeps them.
    """
    groups = [group for group in map(_present, after.groups) if group.nobody or group.members]
    old = [_who(_present(group)) for group in before.groups]
    places = [place for place, (nobody, users) in enumerate(old) if nobody or users]
    if not groups or [_who(group) for group in groups] != [old[place] for place in places]:
        return tuple(groups)
    alone = structs.replace(rota, schedule=structs.replace(rota.schedule, layers=(before,)))
    begun = slots(alone, before.id, cut - LONGEST_REST, cut)
    held = [
        slot.group for slot in begun if slot.group is not None and (slot.end <= cut or shifts(alone, slot.start, cut))
    ]
    following = bisect_right(places, held[-1]) % len(groups) if held else 0
    return (*groups[following:], *groups[:following])


def _present(group: Group) -> Group:
    return structs.replace(group, members=tuple(each for each in group.members if each.gone_at is None))


def _who(group: Group) -> tuple[bool, frozenset[str]]:
    return group.nobody, frozenset(member.user_id for member in group.members)


def end_layer(rota: Rota, layer: Layer, *, now: datetime, effective_at: datetime | None = None) -> Layer | None:
    """A layer that is taken out, by default with its running slot; None if it had not begun by then."""
    cut = _cut(rota, layer, now, effective_at)
    if cut <= (wall_reading(layer.start) or 0):
        return None
    return structs.replace(layer, end=_earlier(layer.end, cut))


def _cut(rota: Rota, layer: Layer, now: datetime, effective_at: datetime | None) -> int:
    """The reading at which a change of a layer takes effect."""
    clock = zone(layer.time_zone or rota.schedule.time_zone)
    at = effective_at or end_of_slot(rota, layer, now) or now
    return max(clock.upcoming(to_us(at)), clock.upcoming(to_us(now)))


def _kept(before: Layer, after: Layer, now: _Now) -> Layer | None:
    """The changed layer where no successor is needed."""
    groups = _merged(before, after.groups, now)
    same = structs.replace(after, id=before.id, name=before.name, groups=before.groups, end=before.end)
    end_spares_past = before.end == after.end or not (now.is_past(before.end) or now.is_past(after.end))
    if groups is None or same != before or not end_spares_past:
        return None
    return structs.replace(after, id=before.id, groups=groups)


def _earlier(end: str | None, cut: int) -> str:
    return end if end is not None and (wall_reading(end) or 0) <= cut else wall_text(cut)


def _start(rota: Rota, after: Layer, end: int, name: str) -> int:
    """The same instant on the successor's clock."""
    own = after.time_zone or rota.schedule.time_zone
    return end if own == name else zone(own).upcoming(zone(name).at(end))


def end_of_slot(rota: Rota, layer: Layer, now: datetime) -> datetime | None:
    """When the running slot of a layer ends, or the layer with it; None where none runs."""
    alone = structs.replace(rota, schedule=structs.replace(rota.schedule, layers=(layer,)))
    running = slots(alone, layer.id, now, from_us(to_us(now) + 1))
    return running[0].end if running else None


def _merged(before: Layer, after: Sequence[Group], now: _Now) -> tuple[Group, ...] | None:
    """The old groups with joins and leaves dated; None if it isn't only that.

    Stored turns of `least_recent` name groups by their place, so there new groups come last.
    """
    places_stay = before.rotation.order == "least_recent"
    merged: list[Group] = []
    new: list[Group] = []
    joined: set[str] = set()
    left: set[str] = set()
    rest = list(before.groups)
    for group in after:
        place = next((index for index, old in enumerate(rest) if _same(old, group)), None)
        united = _unite(Group() if place is None else rest[place], group, now)
        if united is None or (place is None and group.nobody):
            return None
        if place is None:
            joined |= _users([group])
            (new if places_stay else merged).append(united)
            continue
        merged += [_leave(gone, now) for gone in rest[:place]]
        left |= _users(rest[:place])
        merged.append(united)
        del rest[: place + 1]
    merged += [_leave(gone, now) for gone in rest]
    left |= _users(rest)
    if joined & left or _nobodies(before.groups) != _nobodies(after):
        return None
    present = [group for group in merged if group.nobody or group.members]
    return None if places_stay and present != merged else (*present, *new)


def _nobodies(groups: Sequence[Group]) -> int:
    return sum(group.nobody for group in groups)


def _same(one: Group, other: Group) -> bool:
    return (one.nobody and other.nobody) or not _users([one]).isdisjoint(_users([other]))


def _users(groups: Sequence[Group]) -> set[str]:
    return {member.user_id for group in groups for member in group.members}


def _leave(group: Group, now: _Now) -> Group:
    members = tuple(left for member in group.members if (left := _gone(member, now)) is not None)
    return structs.replace(group, members=members)


def _gone(member: Member, now: _Now) -> Member | None:
    """A member who leaves now; None if the stay had not begun."""
    if member.gone_at is not None or now.is_past(member.until):
        return member
    if member.since is not None and not now.is_past(member.since):
        return None
    return structs.replace(member, until=now.text)


def _unite(old: Group, new: Group, now: _Now) -> Group | None:
    """One group with old and new members; None if a stay is changed in what has passed."""
    members: list[Member] = []
    wanted = list(new.members)
    for member in old.members:
        is_over = now.is_past(member.until) or member.gone_at is not None
        match = next((one for one in wanted if one == member or (not is_over and _is_stay(member, one))), None)
        if match is None:
            left = _gone(member, now)
            members += [] if left is None else [left]
            continue
        wanted.remove(match)
        if member.until != match.until and now.is_past(match.until):
            return None
        members.append(structs.replace(match, since=member.since))
    for one in wanted:
        if now.is_past(one.since):
            return None
        members.append(structs.replace(one, since=one.since or now.text, gone_at=None))
    return structs.replace(new, members=tuple(members))


def _is_stay(one: Member, other: Member) -> bool:
    """Whether `other` means the same stay; without `from` it means whichever there is."""
    same_since = one.since == other.since or other.since is None
    return (one.user_id, one.role_id) == (other.user_id, other.role_id) and same_since


def diff_shifts(before: Rota, after: Rota, start: datetime, end: datetime) -> list[Change]:
    """Who gains and who loses which hours in a window, whatever layer or override they come from."""
    was, will = _held(before, start, end), _held(after, start, end)
    changes: list[Change] = []
    for who in was.keys() | will.keys():
        old, new = was.get(who, []), will.get(who, [])
        for spans, gains in ((_without(new, old), True), (_without(old, new), False)):
            changes += [
                Change(user_id=who[0], role_id=who[1], start=opens, end=closes, gains=gains) for opens, closes in spans
            ]
    return sorted(changes, key=lambda c: (c.start, c.end, c.gains, c.user_id, c.role_id or ""))


Spans = list[tuple[datetime, datetime]]


def _held(rota: Rota, start: datetime, end: datetime) -> dict[tuple[str, str | None], Spans]:
    """The hours of each (user, role), disjoint and in order."""
    held: dict[tuple[str, str | None], Spans] = {}
    for shift in shifts(rota, start, end):
        spans = held.setdefault((shift.user_id, shift.role_id), [])
        if spans and shift.start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], shift.end)
        else:
            spans.append((shift.start, shift.end))
    return held


def _without(spans: Spans, taken: Spans) -> Spans:
    """What of the spans is in none of the taken ones; both disjoint and in order."""
    left: Spans = []
    index = 0
    for start, end in spans:
        while index < len(taken) and taken[index][1] <= start:
            index += 1
        at = index
        while at < len(taken) and taken[at][0] < end:
            if start < taken[at][0]:
                left.append((start, taken[at][0]))
            start = max(start, taken[at][1])
            at += 1
        if start < end:
            left.append((start, end))
    return left
