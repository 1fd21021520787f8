"""A layer as a sentence: how often it is handed over, on which days and hours, and to whom in turn."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from phone.base.i18n import Words
from phone.console.form.kind import Known
from phone.console.layers.layers import has_left, has_mixed_roles, is_whole_weeks, role_of
from shared.domain.on_call.rota import Group, Layer, Member, Period, Rotation
from shared.domain.time import WEEKDAYS

SHOWN: Final = 5
RUN: Final = 3
BUILT_IN: Final = ("primary", "backup")


def layer_sentence(known: Known, layer: Layer, zone: str) -> str:
    """ "Every week, handoff Mon 10:00: Ana, Bo and Cid"."""
    words = known.words
    clauses = [cycle(words, layer.rotation), *_handoff(words, layer)]
    role = role_of(layer)
    if role is not None and not has_mixed_roles(layer):
        clauses.append(words("layer.as_role", role=role_name(known, role)))
    clauses += _days(words, layer)
    clauses += [period_text(words, each) for each in layer.restriction.periods]
    if layer.rotation.order != "listed":
        clauses.append(words(f"layer.order_{layer.rotation.order}"))
    return words("layer.sentence", clauses=words("layer.comma").join(clauses), people=_people(known, layer, zone))


def role_name(known: Known, role_id: str | None) -> str:
    """What the reader calls an on-call role."""
    if role_id is None:
        return known.words("on_call_role.none")
    if role_id in BUILT_IN:
        return known.words(f"on_call_role.{role_id}")
    return known.name("on-call-roles", role_id)


def cycle(words: Words, rotation: Rotation) -> str:
    """How long a turn lasts: "Every week", "Every 2 days"."""
    every = rotation.every
    unit = rotation.unit
    if every == 1:
        return words(f"layer.every_{unit}")
    return words(f"layer.every_{unit}s", count=every or "…")


def _handoff(words: Words, layer: Layer) -> list[str]:
    rotation, start = layer.rotation, layer.start
    clock = rotation.handoff_time or start[11:]
    if is_whole_weeks(rotation):
        day = rotation.handoff_weekday
        name = day_name(words, day) if day else _weekday(words, start)
        return [words("layer.handoff_week", day=name, clock=clock)]
    if rotation.unit == "month":
        return [words("layer.handoff_month", day=int(start[8:10]), clock=clock)]
    if rotation.unit == "day":
        return [words("layer.handoff_day", clock=clock)]
    return []


def _weekday(words: Words, wall: str) -> str:
    return words(f"day.{date.fromisoformat(wall[:10]).weekday()}")


def day_name(words: Words, day: str) -> str:
    """A weekday by its short name."""
    return words(f"day.{WEEKDAYS.index(day)}")


def day_names(words: Words, days: Sequence[str]) -> str:
    """Weekdays in a row, runs of three and more as "Mon to Fri"."""
    places = sorted(WEEKDAYS.index(day) for day in days)
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    names: list[str] = []
    for run in runs:
        if len(run) >= RUN:
            names.append(words("layer.day_run", first=words(f"day.{run[0]}"), last=words(f"day.{run[-1]}")))
        else:
            names += [words(f"day.{place}") for place in run]
    return words.names(names)


def _days(words: Words, layer: Layer) -> list[str]:
    mask = layer.date_mask
    if mask is None:
        return []
    return [words("layer.only_days", days=day_names(words, mask)) if mask else words("layer.no_days")]


def period_text(words: Words, period: Period) -> str:
    """A period of a day or of a week."""
    start, end = period.start, period.end
    if period.start_weekday:
        start = words("time.day_clock", day=day_name(words, period.start_weekday), clock=start)
        end = words("time.day_clock", day=day_name(words, period.end_weekday or "sun"), clock=end)
    return words("layer.period", start=start, end=end)


def _people(known: Known, layer: Layer, zone: str) -> str:
    words = known.words
    own = layer.time_zone or zone
    turns = [name for group in layer.groups if (name := group_name(known, layer, group, own))]
    if not turns:
        return words("layer.nobody_yet")
    if len(turns) > SHOWN:
        return words("layer.more_turns", names=words("layer.list").join(turns[:SHOWN]), count=len(turns) - SHOWN)
    return words.names(turns)


def group_name(known: Known, layer: Layer, group: Group, zone: str) -> str:
    """Who hold one turn together; empty when all of them have left."""
    if group.nobody:
        return known.words("layer.nobody")
    mixed = has_mixed_roles(layer)
    stays = [stay for stay in group.members if not has_left(stay, zone, known.now)]
    return " + ".join(_stay_name(known, stay, mixed=mixed) for stay in stays)


def _stay_name(known: Known, stay: Member, *, mixed: bool) -> str:
    words, name = known.words, person_name(known, stay.user_id)
    notes = [role_name(known, stay.role_id)] if mixed and stay.role_id else []
    notes += stay_notes(known, stay)
    return words("layer.noted", name=name, notes=words("layer.comma").join(notes)) if notes else name


def stay_notes(known: Known, stay: Member) -> list[str]:
    """From when and until when somebody takes part, where that is still to come."""
    words, today = known.words, known.now.astimezone(known.reader.zone).date().isoformat()
    notes: list[str] = []
    if stay.since and stay.since[:10] > today:
        notes.append(words("layer.from", when=wall_text(words, stay.since)))
    if stay.until:
        notes.append(words("layer.until", when=wall_text(words, stay.until)))
    return notes


def person_name(known: Known, user_id: str) -> str:
    """A person by name; the reader is "you"."""
    return known.person(user_id).said(known.words)


def wall_text(words: Words, wall: str) -> str:
    """A wall time or a date: "6 Nov", "6 Nov, 09:00"."""
    day = date.fromisoformat(wall[:10])
    told = words("time.date", day=day.day, month=words(f"month.{day.month}"))
    return told if wall[11:] in ("", "00:00") else words("time.date_clock", date=told, clock=wall[11:])
