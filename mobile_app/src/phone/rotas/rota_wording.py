"""Sentences about schedules: who, in which role, when and why; shifts, gaps and overrides in, catalogue texts out."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from msgspec import Struct

from phone.base import moments
from phone.base.i18n import Words
from phone.base.people import Reader
from phone.rotas.picture import Picture, replaced
from shared.domain.on_call.rota import Override, Rota, Scope
from shared.domain.on_call.schedules import Gap
from shared.domain.on_call.shifts import Shift
from shared.wire.lists import Ref
from shared.wire.on_call import OnCallNow
from shared.wire.schedules import ScheduleRota

A_WEEK: Final = timedelta(days=7)


class LaneNames(Struct, frozen=True):
    """What the lanes of a schedule are called; equal ones name alike."""

    words: Words
    roles: dict[str, str]

    def role(self, role_id: str) -> str:
        return role_name(self.words, self.roles, role_id)

    def layer(self, number: int) -> str:
        return self.words("schedule.layer_number", number=number)


def person(words: Words, item: ScheduleRota, user_id: str | None) -> Ref:
    """A person of the schedule by name."""
    return Ref(user_id or "", item.people.get(user_id or "") or words("schedule.somebody"))


def role_name(words: Words, roles: dict[str, str], role_id: str) -> str:
    """The built-in roles in the reader's language, the account's own as they were named."""
    return words.first(f"on_call_role.{role_id}", "on_call_role.other", role=roles.get(role_id, role_id))


def role_beside(words: Words, item: ScheduleRota | None, role_id: str | None, schedule: str) -> str:
    """The role as it stands beside a schedule's name: not at all where "Payments primary" says it already."""
    if role_id is None:
        return ""
    named = role_name(words, item.roles if item is not None else {}, role_id)
    return "" if any(each.lower() in schedule.lower() for each in (named, role_id)) else named


def layer_name(words: Words, rota: Rota, layer_id: str) -> str:
    """A layer's name, or its place."""
    for number, layer in enumerate(rota.schedule.layers, start=1):
        if layer.id == layer_id:
            return layer.name or words("schedule.layer_number", number=number)
    return words("schedule.former_layer")


def hours(words: Words, shift: Shift, zone: tzinfo) -> str:
    """From and to; what is cut says that it goes on there."""
    if shift.starts_before and shift.continues_after:
        return words("mine.whole_range")
    if shift.starts_before:
        return words("mine.until", end=moments.exact(words, shift.end, zone))
    if shift.continues_after:
        return words("mine.from", start=moments.exact(words, shift.start, zone))
    return moments.stretch(words, shift.start, shift.end, zone)


def hours_and_length(words: Words, shift: Shift, zone: tzinfo) -> str:
    """The same with how long it lasts, where both ends are known."""
    told = hours(words, shift, zone)
    if shift.starts_before or shift.continues_after:
        return told
    return words("slot.when", when=told, length=moments.hours(words, shift.end - shift.start))


def hours_of_day(words: Words, shift: Shift, zone: tzinfo) -> str:
    """The same under the day on which it begins, which is not said again: "09:00 to Sat 09:00, 24 h"."""
    length = shift.end - shift.start
    ends_that_day = shift.starts_before and shift.start.astimezone(zone).date() == shift.end.astimezone(zone).date()
    if ends_that_day and not shift.continues_after:
        return words("mine.until", end=moments.clock(shift.end, zone))
    if shift.starts_before or shift.continues_after or length >= A_WEEK:
        return hours_and_length(words, shift, zone)
    same = shift.start.astimezone(zone).date() == shift.end.astimezone(zone).date()
    end = moments.clock(shift.end, zone) if same else moments.day_clock(words, shift.end, zone)
    told = words("time.stretch", start=moments.clock(shift.start, zone), end=end)
    return words("slot.when", when=told, length=moments.hours(words, length))


def shift_label(reader: Reader, item: ScheduleRota, shift: Shift, zone: tzinfo, *, is_away: bool) -> str:
    """One shift as a screen reader says it: "Ana Ruiz, Primary, Mon 9 Nov 09:00 to Tue 10 Nov 09:00"."""
    words = reader.words
    parts = [reader.alone(person(words, item, shift.user_id))]
    if shift.role_id is not None:
        parts.append(role_name(words, item.roles, shift.role_id))
    parts.append(hours(words, shift, zone))
    marks = {"schedule.override": shift.override_id is not None, "schedule.off": is_away}
    parts += [words(key) for key, holds in marks.items() if holds]
    return words.names(parts, last="names.more")


def gap_label(words: Words, gap: Gap, zone: tzinfo, lane: str = "") -> str:
    """Nobody, when; with a lane's name, nobody in that role."""
    when = moments.stretch(words, gap.start, gap.end, zone)
    return words("schedule.gap_role_when", role=lane, when=when) if lane else words("schedule.gap_when", when=when)


def causes(words: Words, gap: Gap) -> str:
    """Why nobody is on call, as far as the layers tell."""
    return " ".join(words(f"gap_cause.{cause}") for cause in gap.causes)


def why(reader: Reader, item: ScheduleRota, rota: Rota, shift: Shift) -> str:
    """What put the person there: an override, by whom and what for, or a layer."""
    words = reader.words
    override = next((each for each in rota.overrides if each.id == shift.override_id), None)
    if override is not None:
        told = words(
            "schedule.why_override",
            who=reader.person(person(words, item, override.created_by)),
            scope=scope(reader, item, rota, override.scope),
        )
        return words("schedule.with_reason", told=told, reason=override.reason) if override.reason else told
    if shift.layer_id is not None:
        return words("schedule.why_layer", layer=layer_name(words, rota, shift.layer_id))
    return words("schedule.why_former")


def scope(reader: Reader, item: ScheduleRota, rota: Rota, given: Scope) -> str:
    """For what an override stands."""
    words = reader.words
    if given.kind == "layer" and given.layer_id is not None:
        return words("override.for_layer", layer=layer_name(words, rota, given.layer_id))
    if given.kind == "role" and given.role_id is not None:
        return words("override.for_role", role=role_name(words, item.roles, given.role_id))
    if given.kind == "person":
        return words("override.for_person", who=reader.person(person(words, item, given.user_id)))
    return words("override.for_all")


def instead_of(reader: Reader, item: ScheduleRota, rota: Rota, override: Override) -> str:
    """Whom an override that is being made would relieve, or that nobody would be on call without it."""
    words = reader.words
    before = [each for each in replaced(rota, override) if _is_meant(override.scope, each)]
    people = list(dict.fromkeys(each.user_id for each in before if each.user_id != override.user_id))
    if people:
        refs = [person(words, item, each) for each in people]
        return words("override.instead", who=reader.people(refs))
    return words("override.instead_same") if before else words("override.instead_nobody")


def _is_meant(given: Scope, shift: Shift) -> bool:
    wanted = {"layer": (given.layer_id, shift.layer_id), "role": (given.role_id, shift.role_id)}
    wanted["person"] = given.user_id, shift.user_id
    left, right = wanted.get(given.kind, (None, None))
    return left == right


def now_line(reader: Reader, entry: OnCallNow, *, now: datetime, zone: tzinfo, there: str) -> str:
    """Who is on call and until when, in the reader's zone and, where its clock shows another time, the schedule's."""
    words = reader.words
    if not entry.people:
        if entry.gap_until is None:
            return words("schedule.nobody")
        return words(
            "schedule.nobody_until", until=both_clocks(words, entry.gap_until, now=now, zone=zone, there=there)
        )
    who = reader.people([each.user for each in entry.people])
    until = entry.people[0].until
    if until is None:
        return words("schedule.now", who=who)
    return words("schedule.now_until", who=who, until=both_clocks(words, until, now=now, zone=zone, there=there))


def both_clocks(words: Words, at: datetime, *, now: datetime, zone: tzinfo, there: str) -> str:
    """An instant on the reader's clock, and on that of a zone by name where it shows another time."""
    mine, theirs = moments.moment(words, at, now=now, zone=zone), moments.zone_of(there)
    if at.astimezone(zone).utcoffset() == at.astimezone(theirs).utcoffset():
        return mine
    place = there.rpartition("/")[2].replace("_", " ")
    return words("schedule.both", mine=mine, theirs=moments.moment(words, at, now=now, zone=theirs), place=place)


def zone_line(words: Words, drawn: Picture) -> str:
    """The calendar's zone with its offset, and on which day that becomes another."""
    place = drawn.zone_name.replace("_", " ")
    first = drawn.weeks[0][0]
    told = words("calendar.zone", zone=place, offset=moments.offset(first.offsets[0]))
    change = next((day for week in drawn.weeks for day in week if day.changes_clocks), None)
    if change is None:
        return told
    when = moments.day_date(words, change.date)
    return words("calendar.zone_changes", zone=told, day=when, offset=moments.offset(change.offsets[1]))


def total(found: list[Shift]) -> timedelta:
    """How long shifts last together."""
    return sum((each.end - each.start for each in found), timedelta())
